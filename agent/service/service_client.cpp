// SPDX-License-Identifier: Apache-2.0
#include "agent/service/service_client.h"

#include <cstddef>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include "schema/codec/problem.h"

namespace mpm {
namespace {

// The longest message is a proposal with its evidence, of some ten thousand bytes.
constexpr std::size_t kMostBytes = std::size_t{4} << 20;
constexpr int kFine = 200;

// nullopt: the kernel does not say.
std::optional<uid_t> listener_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return std::nullopt;
  return credentials.uid;
}

bool is_believed(const ServiceDoor& door, std::optional<uid_t> listener) {
  if (!door.user) return true;
  return listener && (*listener == 0 || *listener == *door.user);
}

}  // namespace

Result<std::string> ask_service(const ServiceDoor& door, const std::string& path,
                                std::chrono::milliseconds patience) {
  httplib::Client service(door.socket, 80);
  service.set_address_family(AF_UNIX);
  service.set_default_headers({{"Host", "localhost"}});
  service.set_connection_timeout(patience);
  service.set_read_timeout(patience);
  int wire = -1;
  service.set_socket_options([&wire](int socket) { wire = socket; });
  std::optional<uid_t> listener;
  bool is_stranger = false;
  std::string body;
  const auto answer = service.Get(
      path,
      [&](const httplib::Response&) {
        listener = listener_of(wire);
        is_stranger = !is_believed(door, listener);
        return !is_stranger;
      },
      [&body](const char* bytes, std::size_t count) {
        if (body.size() + count > kMostBytes) return false;
        body.append(bytes, count);
        return true;
      });
  if (is_stranger)
    return fail(Error::Kind::Denied,
                fmt::format("{}: who listens there is user {}, and not the agent's own user; start "
                            "the agent as its unit does.",
                            door.socket, listener ? fmt::format("{}", *listener) : "unknown"));
  if (!answer && answer.error() == httplib::Error::Canceled)
    return fail(Error::Kind::Malformed,
                fmt::format("{}: the answer to {} has more than {} bytes, so it is no agent's.",
                            door.socket, path, kMostBytes));
  if (!answer)
    return fail(Error::Kind::Unreachable, fmt::format("No agent answers at {}.", door.socket));
  if (answer->status == kFine) return body;
  const auto problem = from_json<Problem>(body);
  return fail(problem ? to_error(*problem) : problem.error());
}

}  // namespace mpm
