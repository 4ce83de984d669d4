// SPDX-License-Identifier: Apache-2.0
#include "cli/reach.h"

#include <cctype>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace mpm {
namespace {

constexpr std::string_view kIntoTheGroup =
    "Who is in the group mpm-operator may have the hand make what is proposed: sudo usermod "
    "--append --groups mpm-operator $USER, and log in anew.";

constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::seconds kLongPatience{60};

// Another agent may see other servers, as from outside of a container.
Error unanswered(Presence found, std::string why) {
  why.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(why.front())));
  return {found == Presence::Denied ? Error::Kind::Denied : Error::Kind::Unreachable,
          why + "; leave out --agent to have one started for this command."};
}

}  // namespace

Result<Presence> presence(const std::string& socket_path, std::string_view option) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.empty() || socket_path.size() >= sizeof address.sun_path)
    return fail(Error::Kind::Usage,
                fmt::format("{}: the path of a Unix socket has 1 to {} characters and this one "
                            "has {}.",
                            option, sizeof address.sun_path - 1, socket_path.size()));
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
  std::string way_in;
  // Root has rights of its own, and needs to ask nobody for them.
  if (options.may_use_hand && ::geteuid() != 0) {
    const auto found = presence(options.hand, "--hand");
    if (!found) return fail(found.error());
    if (*found == Presence::Answers)
      return Reached{options.hand, fmt::format("the hand at {} is used", options.hand), true, "",
                     kLongPatience};
    if (*found == Presence::Denied) way_in = kIntoTheGroup;
  }
  if (!options.no_daemon) {
    const auto found = presence(options.agent, "--agent");
    if (!found) return fail(found.error());
    if (*found == Presence::Answers)
      return Reached{options.agent, fmt::format("the agent at {} is used", options.agent), false,
                     "", kPatience};
    why = *found == Presence::Denied ? fmt::format("this user may not connect to {}", options.agent)
                                     : fmt::format("no agent answers at {}", options.agent);
    if (options.agent_named) return fail(unanswered(*found, std::move(why)));
  }
  auto socket = ephemeral.start();
  if (!socket) {
    if (!way_in.empty()) socket.error().what += " " + way_in;
    return fail(std::move(socket.error()));
  }
  return Reached{*socket,
                 fmt::format("an agent of its own is used at {}, because {}", *socket, why), false,
                 std::move(way_in), kLongPatience};
}

}  // namespace mpm
