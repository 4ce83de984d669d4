// SPDX-License-Identifier: Apache-2.0
//
// Sockets that the agent listens on.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

#include "agent/base/fd.h"
#include "schema/model/result.h"

namespace mpm {

struct Endpoint {
  std::string address;  // and not a name: what a name means may change between two starts
  int port = 0;

  bool is_loopback() const;
};
// "127.0.0.1:9117" or "[::1]:9117". Usage: it is no such text.
Result<Endpoint> parse_endpoint(const std::string& text);

// A Unix socket at `path`, mode 0660, of that group, replacing a socket that nobody serves.
// Conflict when an agent answers there; Denied or NotFound when the path cannot be made.
Result<UniqueFd> listen_on_path(const std::string& path, std::optional<gid_t> group);

// The socket that systemd listens on for us and passed on, as sd_listen_fds(3) has it; nothing when
// it passed none. Usage: it passed several, or one that is no listening Unix socket. To be asked
// once, before there is another thread: it takes the words of that out of the environment.
Result<std::optional<UniqueFd>> passed_socket();

// Whether somebody answers on a Unix socket. Denied: we may not ask. Unreachable: nobody does.
Result<void> reaches(const std::string& path);

// Conflict or Denied: the port is taken, or may not be.
Result<UniqueFd> listen_on_port(const std::string& endpoint);

}  // namespace mpm
