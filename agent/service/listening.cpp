// SPDX-License-Identifier: Apache-2.0
#include "agent/service/listening.h"

#include <cerrno>
#include <charconv>
#include <cstdlib>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/base/file.h"

namespace mpm {
namespace {

constexpr int kBacklog = 511;

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return fail(Error::Kind::Usage,
                fmt::format("{}: a socket's path may have at most {} bytes; choose a shorter one",
                            path, sizeof address.sun_path - 1));
  path.copy(address.sun_path, path.size());
  return address;
}

// As passed on: descriptors from this one on.
constexpr int kFirstPassed = 3;

std::string taken_from_environment(const char* name) {
  const char* const value = std::getenv(name);
  std::string text = value == nullptr ? "" : value;
  ::unsetenv(name);
  return text;
}

bool has_value(int socket, int option, int value) {
  int found = 0;
  socklen_t size = sizeof found;
  return ::getsockopt(socket, SOL_SOCKET, option, &found, &size) == 0 && found == value;
}

// Whether somebody serves the socket. One whose server died refuses.
bool answers(const sockaddr_un& address) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return fd &&
         (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
          errno == EAGAIN);
}

Result<void> make_room(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode))
    return fail(Error::Kind::Conflict,
                path + ": is there and is no socket; remove it or choose another path");
  if (answers(address))
    return fail(Error::Kind::Conflict, path + ": an agent answers there already");
  if (::unlink(path.c_str()) != 0) return fail(system_error(errno, path));
  return {};
}

struct InternetAddress {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

std::optional<InternetAddress> internet_address(const Endpoint& endpoint) {
  InternetAddress address;
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = htons(static_cast<std::uint16_t>(endpoint.port));
  if (::inet_pton(AF_INET, endpoint.address.c_str(), &four.sin_addr) == 1) {
    address.size = sizeof four;
    new (&address.bytes) sockaddr_in(four);
    return address;
  }
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(static_cast<std::uint16_t>(endpoint.port));
  if (::inet_pton(AF_INET6, endpoint.address.c_str(), &six.sin6_addr) != 1) return std::nullopt;
  address.size = sizeof six;
  new (&address.bytes) sockaddr_in6(six);
  return address;
}

}  // namespace

bool Endpoint::is_loopback() const {
  return address.starts_with("127.") || address == "::1";
}

Result<Endpoint> parse_endpoint(const std::string& text) {
  const auto colon = text.rfind(':');
  Endpoint endpoint;
  if (colon != std::string::npos) {
    endpoint.address = text.substr(0, colon);
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + colon + 1, end, endpoint.port);
    if (read.ec != std::errc{} || read.ptr != end) endpoint.port = 0;
  }
  if (endpoint.address.size() > 2 && endpoint.address.front() == '[' &&
      endpoint.address.back() == ']')
    endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
  if (!internet_address(endpoint) || endpoint.port < 1 || endpoint.port > 65535)
    return fail(Error::Kind::Usage,
                fmt::format("\"{}\" is no place to listen: give an address and a port, as in "
                            "127.0.0.1:9117",
                            text));
  return endpoint;
}

Result<void> reaches(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return fail(address.error());
  if (answers(*address)) return {};
  const bool is_denied = errno == EACCES || errno == EPERM;
  return fail(is_denied ? Error::Kind::Denied : Error::Kind::Unreachable,
              path + ": nobody answers there");
}

Result<std::optional<UniqueFd>> passed_socket() {
  const std::string pid = taken_from_environment("LISTEN_PID");
  const std::string count = taken_from_environment("LISTEN_FDS");
  ::unsetenv("LISTEN_FDNAMES");
  if (count.empty() || pid != std::to_string(::getpid())) return std::optional<UniqueFd>();
  const bool is_ours = count == "1" && has_value(kFirstPassed, SO_DOMAIN, AF_UNIX) &&
                       has_value(kFirstPassed, SO_TYPE, SOCK_STREAM) &&
                       has_value(kFirstPassed, SO_ACCEPTCONN, 1);
  if (!is_ours)
    return fail(Error::Kind::Usage,
                fmt::format("systemd passed {} sockets on; give the unit one, a ListenStream= with "
                            "a path and without Accept=yes",
                            count));
  UniqueFd socket(kFirstPassed);
  ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC);
  ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
  return std::optional<UniqueFd>(std::move(socket));
}

Result<UniqueFd> listen_on_path(const std::string& path, std::optional<gid_t> group) {
  const auto address = address_of(path);
  if (!address) return fail(address.error());
  if (auto room = make_room(path, *address); !room) return fail(std::move(room.error()));
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return fail(system_error(errno, "listening on " + path));
  // The socket must never be open to others, not even between bind and chmod.
  const mode_t before = ::umask(0117);
  const int bound =
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address);
  const int why = errno;
  ::umask(before);
  if (bound != 0) return fail(system_error(why, "listening on " + path));
  if (group && ::chown(path.c_str(), static_cast<uid_t>(-1), *group) != 0)
    return fail(system_error(errno, fmt::format("giving {} to group {}", path, *group)));
  if (::listen(socket.get(), kBacklog) != 0)
    return fail(system_error(errno, "listening on " + path));
  return socket;
}

Result<UniqueFd> listen_on_port(const std::string& endpoint) {
  const auto place = parse_endpoint(endpoint);
  if (!place) return fail(place.error());
  const auto address = internet_address(*place);
  UniqueFd socket(
      ::socket(address->bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return fail(system_error(errno, "listening on " + endpoint));
  // And not SO_REUSEPORT, with which a second agent would share the port unseen.
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address->bytes), address->size) !=
          0 ||
      ::listen(socket.get(), kBacklog) != 0) {
    if (errno == EADDRINUSE)
      return fail(Error::Kind::Conflict,
                  endpoint + ": somebody listens there already; choose another port");
    return fail(system_error(errno, "listening on " + endpoint));
  }
  return socket;
}

}  // namespace mpm
