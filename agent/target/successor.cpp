// SPDX-License-Identifier: Apache-2.0
#include "agent/target/successor.h"

#include <utility>

#include "agent/base/file.h"
#include "agent/proc/proc_parse.h"
#include "agent/target/discover.h"
#include "agent/target/scoreboard_probe.h"
#include "agent/target/server_command.h"

namespace mpm {

std::optional<Target> successor_of(const Target& ended, const ProcFs& proc,
                                   const std::string& pid_file) {
  const MemoryProbe probe(proc);
  if (!pid_file.empty()) {
    const auto text = read_file(pid_file);
    const auto pid = text ? parse_number(*text) : std::nullopt;
    // A stale file may name any process.
    if (pid && *pid > 0) {
      auto named = target_of(proc, probe, static_cast<std::int32_t>(*pid));
      if (named && named->pid == *pid && named->binary == ended.binary) return std::move(*named);
    }
  }
  const auto wanted = start_arguments(ended.binary, ended.arguments);
  auto all = discover(proc, probe);
  if (!all) return std::nullopt;
  for (Target& other : *all)
    if (other.binary == ended.binary && start_arguments(other.binary, other.arguments) == wanted)
      return std::move(other);
  return std::nullopt;
}

}  // namespace mpm
