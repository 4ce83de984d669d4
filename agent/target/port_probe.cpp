// SPDX-License-Identifier: Apache-2.0
#include "agent/target/port_probe.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "agent/base/fd.h"

namespace mpm {
namespace {

using Steady = std::chrono::steady_clock;

struct Address {
  sockaddr_storage bytes{};
  socklen_t length = 0;
};

Address address_of(const ListenAddress& listener) {
  Address address;
  const auto port = htons(static_cast<std::uint16_t>(listener.port));
  if (listener.address.find(':') == std::string::npos) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = port;
    const bool any =
        listener.address.empty() || listener.address == "0.0.0.0" || listener.address == "*";
    if (::inet_pton(AF_INET, any ? "127.0.0.1" : listener.address.c_str(), &four.sin_addr) != 1)
      return address;
    std::memcpy(&address.bytes, &four, sizeof four);
    address.length = sizeof four;
    return address;
  }
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = port;
  const char* text = listener.address == "::" ? "::1" : listener.address.c_str();
  if (::inet_pton(AF_INET6, text, &six.sin6_addr) != 1) return address;
  std::memcpy(&address.bytes, &six, sizeof six);
  address.length = sizeof six;
  return address;
}

bool wait_until(const UniqueFd& socket, short events, Steady::time_point end) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now());
    pollfd wait{socket.get(), events, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace

bool port_answers(const ListenAddress& listener, std::chrono::milliseconds deadline) {
  const auto end = Steady::now() + deadline;
  const Address address = address_of(listener);
  if (address.length == 0) return false;
  const UniqueFd socket(
      ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return false;
  const auto* where = reinterpret_cast<const sockaddr*>(&address.bytes);
  if (::connect(socket.get(), where, address.length) != 0) {
    if (errno != EINPROGRESS || !wait_until(socket, POLLOUT, end)) return false;
  }
  constexpr std::string_view kQuestion = "OPTIONS * HTTP/1.0\r\n\r\n";
  if (::send(socket.get(), kQuestion.data(), kQuestion.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(kQuestion.size()))
    return false;
  char byte = 0;
  return wait_until(socket, POLLIN, end) && ::recv(socket.get(), &byte, 1, 0) == 1;
}

}  // namespace mpm
