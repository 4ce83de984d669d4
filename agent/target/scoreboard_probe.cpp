// SPDX-License-Identifier: Apache-2.0
#include "agent/target/scoreboard_probe.h"

#include "agent/scoreboard/process_memory.h"
#include "agent/scoreboard/shm_file.h"

namespace mpm {
namespace {

std::vector<std::int32_t> pids_of(const Scoreboard& board) {
  std::vector<std::int32_t> pids;
  for (const ProcessScore& process : board.processes)
    if (process.pid > 0) pids.push_back(process.pid);
  return pids;
}

}  // namespace

Result<std::vector<std::int32_t>> MemoryProbe::children(std::int32_t parent) const {
  auto board = ProcessMemorySource(parent, proc_.root()).read();
  if (board) return pids_of(*board);
  const auto file = ShmFileSource(parent, proc_.root()).read();
  if (file) return pids_of(*file);
  return fail(std::move(board.error()));
}

}  // namespace mpm
