// SPDX-License-Identifier: Apache-2.0
#include "agent/service/service_notice.h"

#include <cstddef>
#include <cstdlib>
#include <ctime>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "agent/base/fd.h"

namespace mpm {
namespace {

std::string socket_of_environment() {
  const char* const named = std::getenv("NOTIFY_SOCKET");
  return named == nullptr ? "" : named;
}

}  // namespace

ServiceNotice::ServiceNotice() : socket_(socket_of_environment()) {}

void ServiceNotice::reloading() const {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.tv_sec * 1'000'000 + now.tv_nsec / 1000));
}

void ServiceNotice::tell(const std::string& lines) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.size() < 2 || socket_.size() >= sizeof address.sun_path) return;
  socket_.copy(address.sun_path, socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  (void)::sendto(socket.get(), lines.data(), lines.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), size);
}

}  // namespace mpm
