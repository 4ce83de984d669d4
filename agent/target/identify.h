// SPDX-License-Identifier: Apache-2.0
//
// Whether a process belongs to an httpd, and how surely we know.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/proc/proc_fs.h"

namespace mpm {

enum class Proof : std::uint8_t {
  None,     // it is something else
  Name,     // it is called like an httpd, and more may not be read
  Content,  // it maps a scoreboard and an MPM, or its binary is an httpd's
};

struct Identity {
  Proof proof = Proof::None;
  std::int32_t parent = 0;  // its parent process
  std::string program;      // what tells one server's program from another's
};

// An MPM module or an httpd executable, and shared writable memory beside it.
Identity identify(const ProcFs& proc, std::int32_t pid);

// Whether shared memory that may be a scoreboard is mapped, from the text of /proc/PID/maps.
bool maps_shared_memory(std::string_view maps);

// Whether a process of this name is likely an httpd: "apache2", "httpd", "httpd-prefork".
bool called_like_httpd(std::string_view name);

}  // namespace mpm
