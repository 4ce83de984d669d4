// SPDX-License-Identifier: Apache-2.0
//
// One look at a server: its scoreboard counted, the kernel's side of its listeners, the host,
// and when asked the memory of every process. What cannot be read is left out and named;
// only a scoreboard that no source yields is an error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/proc/proc_fs.h"
#include "agent/scoreboard/fallback.h"
#include "schema/model/result.h"
#include "schema/model/sample.h"
#include "schema/model/target.h"

namespace mpm {

enum class Sweep : std::uint8_t {
  None,    // leave the memory of the processes out: reading it walks their page tables
  Memory,  // read it
};

// Not safe from two threads at once: it keeps the scoreboard of the look before.
class Sampler {
 public:
  Sampler(Target target, FallbackSource source, ProcFs proc);

  // `at` is the time of this look. NotFound: the server has ended.
  Result<Sample> look(Instant at, Sweep sweep);

  // The scoreboard of the last look; nullopt before the first.
  const std::optional<Scoreboard>& scoreboard() const { return before_; }
  // What the source has summed up besides, at the last look that worked.
  ServerTotals totals() const { return source_.totals(); }
  std::vector<SourceStatus> sources() const { return source_.statuses(); }
  // What the last look could not read, one sentence each.
  const std::vector<std::string>& losses() const { return losses_; }
  const Target& target() const { return target_; }

 private:
  void look_at_host(Sample& sample);
  void sweep_memory(Sample& sample);

  Target target_;
  FallbackSource source_;
  ProcFs proc_;
  std::optional<Scoreboard> before_;
  std::vector<std::string> losses_;
};

}  // namespace mpm
