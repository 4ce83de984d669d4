// SPDX-License-Identifier: Apache-2.0
//
// A server's parent process as something to send a signal to: held by a descriptor of the process
// itself, so that a signal never reaches another one that has its pid by now.
#pragma once

#include <cstdint>

#include "agent/base/fd.h"
#include "agent/proc/proc_fs.h"
#include "schema/model/result.h"

namespace mpm {

// Not safe from two threads at once.
class ServerProcess {
 public:
  // NotFound: it has ended.
  static Result<ServerProcess> of(const ProcFs& proc, std::int32_t pid);

  std::int32_t pid() const { return pid_; }
  // False once it has ended, also while nobody has reaped it.
  bool is_alive() const;
  // Denied: the agent may not. NotFound: it has ended.
  Result<void> send(int signal) const;

 private:
  ServerProcess(ProcFs proc, std::int32_t pid, std::uint64_t started)
      : proc_(std::move(proc)), pid_(pid), started_(started) {}

  ProcFs proc_;
  std::int32_t pid_;
  std::uint64_t started_;  // ticks after boot
  UniqueFd pidfd_;         // none where the kernel has none
};

}  // namespace mpm
