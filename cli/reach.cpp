// SPDX-License-Identifier: Apache-2.0
#include "cli/reach.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace mpm {

Result<Presence> presence(const std::string& socket_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.empty() || socket_path.size() >= sizeof address.sun_path)
    return fail(Error::Kind::Usage,
                fmt::format("--agent: the path of a Unix socket has 1 to {} characters and this "
                            "one has {}.",
                            sizeof address.sun_path - 1, socket_path.size()));
  std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
  // Not blocking: a full backlog (EAGAIN) means that somebody is there.
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0)
    return fail(Error::Kind::Internal,
                "A socket could not be made: " + std::generic_category().message(errno) + ".");
  const int rc = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = rc == 0 ? 0 : errno;
  close(probe);
  if (error == 0 || error == EAGAIN) return Presence::Answers;
  return error == EACCES || error == EPERM ? Presence::Denied : Presence::Absent;
}

Result<Reached> reach(const Options& options, EphemeralAgent& ephemeral) {
  std::string why = "--no-daemon asks for it";
  if (!options.no_daemon) {
    const auto found = presence(options.agent);
    if (!found) return fail(found.error());
    if (*found == Presence::Answers)
      return Reached{options.agent, fmt::format("the agent at {} is used", options.agent)};
    why = *found == Presence::Denied ? fmt::format("this user may not connect to {}", options.agent)
                                     : fmt::format("no agent answers at {}", options.agent);
  }
  auto socket = ephemeral.start();
  if (!socket) return fail(std::move(socket.error()));
  return Reached{*socket,
                 fmt::format("an agent of its own is used at {}, because {}", *socket, why)};
}

}  // namespace mpm
