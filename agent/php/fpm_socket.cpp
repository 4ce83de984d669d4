// SPDX-License-Identifier: Apache-2.0
#include "agent/php/fpm_socket.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "agent/apache/directives.h"

namespace mpm {
namespace {

// What ends a path or an address in httpd's arguments.
constexpr std::string_view kEnds = "|/\"' \t";
constexpr std::string_view kPathEnds = "|\"' \t";

std::optional<std::int32_t> port_in(std::string_view text) {
  std::int32_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (port < 1 || port > 65535) return std::nullopt;
  return port;
}

// "127.0.0.1:9000" or "[::1]:9000"; nullopt: it has no port.
std::optional<FpmSocket> address_in(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = port_in(text.substr(colon + 1));
  if (!port) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  return FpmSocket{{}, std::string(host), *port};
}

// What a host's name stands for.
struct Host {
  bool v4 = false;  // families that it may be of
  bool v6 = false;
  bool is_loopback = false;
  bool is_all = false;
  std::string address{};  // in one notation; else the name
};

Host host_of(const std::string& name) {
  // A port alone is php-fpm's for all addresses of both families, as [::] is.
  if (name.empty()) return {.v4 = true, .v6 = true, .is_all = true};
  if (same_name(name, "localhost"))
    return {.v4 = true, .v6 = true, .is_loopback = true, .address = "localhost"};
  in_addr v4{};
  if (::inet_pton(AF_INET, name.c_str(), &v4) == 1) {
    const std::uint32_t number = ntohl(v4.s_addr);
    return {.v4 = true,
            .is_loopback = number >> 24 == IN_LOOPBACKNET,
            .is_all = number == INADDR_ANY,
            .address = name};
  }
  in6_addr v6{};
  if (::inet_pton(AF_INET6, name.c_str(), &v6) == 1) {
    const bool is_all = IN6_IS_ADDR_UNSPECIFIED(&v6) != 0;
    std::string text(INET6_ADDRSTRLEN, '\0');
    ::inet_ntop(AF_INET6, &v6, text.data(), INET6_ADDRSTRLEN);
    text.resize(text.find('\0'));
    return {.v4 = is_all,
            .v6 = true,
            .is_loopback = IN6_IS_ADDR_LOOPBACK(&v6) != 0,
            .is_all = is_all,
            .address = text};
  }
  return {.v4 = true, .v6 = true, .address = name};
}

bool reaches(const Host& named, const Host& listened) {
  const bool share_a_family = (named.v4 && listened.v4) || (named.v6 && listened.v6);
  if (!share_a_family) return false;
  if (listened.is_all) return named.is_loopback || named.is_all;
  const bool is_localhost = named.address == "localhost" || listened.address == "localhost";
  if (named.is_loopback && listened.is_loopback && is_localhost) return true;
  return same_name(named.address, listened.address);
}

}  // namespace

FpmSocket listened_at(std::string_view listen) {
  if (listen.find(':') != std::string_view::npos) return address_in(listen).value_or(FpmSocket());
  if (const auto port = port_in(listen)) return {{}, {}, *port};
  return {std::string(listen), {}, 0};
}

std::vector<FpmSocket> sockets_named(std::string_view args) {
  constexpr std::string_view kUnix = "unix:";
  constexpr std::string_view kAddress = "fcgi://";
  std::vector<FpmSocket> found;
  for (std::size_t at = 0; at < args.size();) {
    const std::string_view rest = args.substr(at);
    if (rest.starts_with(kUnix)) {
      const std::string_view path =
          rest.substr(kUnix.size(), rest.find_first_of(kPathEnds, kUnix.size()) - kUnix.size());
      if (path.starts_with('/')) found.push_back({std::string(path), {}, 0});
      at += kUnix.size() + path.size();
      // The address behind a path is for its name alone.
      if (args.substr(at).starts_with('|'))
        at = std::min(args.find_first_of(" \t\"'", at), args.size());
    } else if (rest.starts_with(kAddress)) {
      const std::string_view address = rest.substr(
          kAddress.size(), rest.find_first_of(kEnds, kAddress.size()) - kAddress.size());
      if (auto socket = address_in(address)) found.push_back(std::move(*socket));
      at += kAddress.size() + address.size();
    } else {
      ++at;
    }
  }
  return found;
}

bool reaches(const FpmSocket& named, const FpmSocket& listened) {
  if (named.port != listened.port) return false;
  if (named.port == 0) return !named.path.empty() && named.path == listened.path;
  return reaches(host_of(named.host), host_of(listened.host));
}

}  // namespace mpm
