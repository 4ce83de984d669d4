// SPDX-License-Identifier: Apache-2.0
#include "tests/support/loopback.h"

#include <array>
#include <cstdlib>
#include <random>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace mpm {
namespace {

// Below the range from which Linux takes the ports of connections (32768 to 60999 by default,
// ip_local_port_range): a server that is down for a moment must find its port free again.
constexpr int kFirstPort = 20000;
constexpr int kLastPort = 32767;

sockaddr_in address_of(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

UniqueFd tcp_socket() {
  return UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

}  // namespace

std::uint16_t free_port() {
  static std::mt19937 random{std::random_device{}()};
  std::uniform_int_distribution<int> any(kFirstPort, kLastPort);
  for (int tried = 0; tried < 1000; ++tried) {
    const auto port = static_cast<std::uint16_t>(any(random));
    const UniqueFd socket = tcp_socket();
    const sockaddr_in address = address_of(port);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0)
      return port;
  }
  std::abort();
}

UniqueFd connect_to(std::uint16_t port) {
  UniqueFd socket = tcp_socket();
  const sockaddr_in address = address_of(port);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    return {};
  return socket;
}

void send_text(const UniqueFd& socket, const std::string& text) {
  (void)!::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

std::string receive(const UniqueFd& socket, std::chrono::milliseconds deadline) {
  pollfd wait{socket.get(), POLLIN, 0};
  if (::poll(&wait, 1, static_cast<int>(deadline.count())) <= 0) return {};
  std::array<char, 65536> block;
  const ssize_t got = ::recv(socket.get(), block.data(), block.size(), 0);
  return got > 0 ? std::string(block.data(), static_cast<std::size_t>(got)) : std::string();
}

int get_status(std::uint16_t port, const std::string& path, std::chrono::milliseconds deadline) {
  const UniqueFd socket = connect_to(port);
  if (!socket) return 0;
  send_text(socket, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string answer = receive(socket, deadline);
  return answer.size() > 12 ? std::atoi(answer.c_str() + 9) : 0;
}

HeldRequests::HeldRequests(std::uint16_t port, int count) {
  for (int i = 0; i < count; ++i) {
    sockets_.push_back(connect_to(port));
    send_text(sockets_.back(), "GET / HTTP/1.1\r\nHost: localhost\r\n");
  }
}

IdleConnections::IdleConnections(std::uint16_t port, int count) {
  using namespace std::chrono_literals;
  std::vector<const UniqueFd*> unanswered;
  sockets_.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    sockets_.push_back(connect_to(port));
    send_text(sockets_.back(), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    // Once one was not answered in its time, the others are waited for together.
    const auto patience = unanswered.empty() ? 1000ms : 0ms;
    if (receive(sockets_.back(), patience).empty()) unanswered.push_back(&sockets_.back());
  }
  const auto answered_late = [](const UniqueFd* socket) { return !receive(*socket, 0ms).empty(); };
  const auto deadline = std::chrono::steady_clock::now() + 1s;
  while (!unanswered.empty() && std::chrono::steady_clock::now() < deadline) {
    std::erase_if(unanswered, answered_late);
    std::this_thread::sleep_for(10ms);
  }
  answered_ = count - static_cast<int>(unanswered.size());
}

}  // namespace mpm
