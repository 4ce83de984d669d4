// SPDX-License-Identifier: Apache-2.0
#include "tests/support/raw_server.h"

#include <utility>

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace mpm::test {
namespace {

constexpr char kTlsHandshake = 0x16;

UniqueFd listen_on_free_port(int& port) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd.get(), raw, size) != 0 || ::listen(fd.get(), 8) != 0 ||
      ::getsockname(fd.get(), raw, &size) != 0) {
    return {};
  }
  port = ntohs(address.sin_port);
  return fd;
}

std::string read_head(int fd) {
  std::string head;
  char byte = 0;
  while (head.find("\r\n\r\n") == std::string::npos && ::recv(fd, &byte, 1, 0) == 1) {
    head += byte;
    if (head[0] == kTlsHandshake) break;
  }
  return head;
}

}  // namespace

RawServer::RawServer(Script script)
    : script_(std::move(script)), listener_(listen_on_free_port(port_)) {
  thread_ = std::thread([this] { serve(); });
}

RawServer::~RawServer() {
  ::shutdown(listener_.get(), SHUT_RDWR);
  thread_.join();
}

std::string RawServer::url(std::string_view target) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, target);
}

void RawServer::serve() {
  while (true) {
    const UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    const std::string request = read_head(client.get());
    script_(client.get(), request);
    // Unread input would turn the close into a reset, and the client might lose the answer.
    ::shutdown(client.get(), SHUT_WR);
    char rest[256];
    while (::recv(client.get(), rest, sizeof rest, 0) > 0) {
    }
  }
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

RawServer::Script says(std::string bytes) {
  return [bytes = std::move(bytes)](int fd, const std::string&) { send_all(fd, bytes); };
}

RawServer::Script answers(int status, std::string_view body) {
  return says(
      fmt::format("HTTP/1.1 {} Whatever\r\nDate: Mon, 23 Nov 2026 09:35:44 GMT\r\n"
                  "Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{}",
                  status, body.size(), body));
}

RawServer::Script silence() {
  return [](int fd, const std::string&) {
    char byte = 0;
    while (::recv(fd, &byte, 1, 0) == 1) {
    }
  };
}

int closed_port() {
  int port = 0;
  listen_on_free_port(port);
  return port;
}

}  // namespace mpm::test
