// SPDX-License-Identifier: Apache-2.0
//
// Processes as /proc shows them, below a root that tests can point at a tree of their own.
// A process may end between two reads: that is NotFound, and normal.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/proc/proc_parse.h"
#include "schema/model/result.h"
#include "schema/model/sample.h"
#include "schema/model/units.h"

namespace mpm {

// Safe from any thread; a copy is cheap.
class ProcFs {
 public:
  explicit ProcFs(std::string root = "/proc") : root_(std::move(root)) {}
  const std::string& root() const { return root_; }

  Result<std::vector<std::int32_t>> processes() const;  // sorted
  Result<std::vector<std::int32_t>> children(std::int32_t pid) const;

  Result<ProcStat> stat(std::int32_t pid) const;
  Result<ProcStatus> status(std::int32_t pid) const;
  Result<std::vector<std::string>> command_line(std::int32_t pid) const;
  Result<std::vector<std::string>> environment(std::int32_t pid) const;  // "NAME=value"
  Result<std::string> exe(std::int32_t pid) const;                       // without " (deleted)"
  Result<std::string> maps(std::int32_t pid) const;
  Result<Instant> started(std::int32_t pid) const;

  // Memory, threads and CPU of one process; pid is filled, generation and requests are not. Of a
  // process with many threads only some are asked how long they waited for a processor.
  // Where smaps_rollup may not be read, unique is RssAnon, pss is as large as rss, and the loss
  // is told in `losses` once.
  Result<ProcessUsage> usage(std::int32_t pid, std::vector<std::string>& losses) const;

  // The text of a file below the root: "4711/cgroup", "meminfo".
  Result<std::string> text(const std::string& name) const;

 private:
  std::string root_;
};

}  // namespace mpm
