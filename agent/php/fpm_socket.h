// SPDX-License-Identifier: Apache-2.0
//
// Sockets as both sides name them: php-fpm where it listens ("/run/php.sock", "9000",
// "10.0.0.5:9000"), and httpd where it passes requests to (mod_proxy_fcgi:
// "proxy:unix:/run/php.sock|fcgi://localhost", "fcgi://127.0.0.1:9000"). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mpm {

struct FpmSocket {
  std::string path;       // of a unix socket
  std::string host;       // else: "127.0.0.1", "::1" without its brackets, "" for all addresses
  std::int32_t port = 0;  // 0: it is a unix socket
  bool operator==(const FpmSocket&) const = default;

  bool is_relative() const { return port == 0 && !path.empty() && path.front() != '/'; }
};

// By php-fpm's rule: with a colon it is a host and a port, of digits alone a port, else a path.
FpmSocket listened_at(std::string_view listen);

// Those that a directive's arguments name.
std::vector<FpmSocket> sockets_named(std::string_view args);

// Whether what connects to `named` comes to who listens at `listened`, in one network of one host:
// the same path; or the same port, and the same address, or one of the loopback where it listens at
// all of them. Another address may be another host's, also where it listens at all.
bool reaches(const FpmSocket& named, const FpmSocket& listened);

}  // namespace mpm
