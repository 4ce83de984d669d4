// SPDX-License-Identifier: Apache-2.0
//
// A running server's scoreboard, read out of band: the parent's own mapping of it, from
// outside. The server does nothing for it and cannot be too busy for it.
//
// Without a ScoreBoardFile the segment is anonymous, "rw-s ... /dev/zero (deleted)" or SysV's,
// in /proc/PID/maps; with one it is POSIX shared memory (/dev/shm/ShM.*) or a mapped file. As
// root it is mapped read-only through /proc/PID/map_files and stays mapped; else it is copied
// by process_vm_readv, which needs the server's own user or CAP_SYS_PTRACE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "agent/proc/proc_fs.h"
#include "agent/scoreboard/shm_layout.h"
#include "agent/scoreboard/source.h"
#include "schema/model/result.h"
#include "schema/model/scoreboard.h"

namespace mpm {

// The bytes of one mapping of another process.
class Segment;

class SharedMemorySource final : public ScoreboardSource {
 public:
  // `kind`: SharedMemory reads the anonymous segment, ScoreboardFile the named one.
  SharedMemorySource(SourceKind kind, std::int32_t parent, ProcFs proc);
  ~SharedMemorySource() override;

  SourceKind kind() const override { return kind_; }
  // NotFound: the parent has ended, also when its pid belongs to another process by now.
  Result<Scoreboard> read() override;

 private:
  Result<void> find_segment();

  const SourceKind kind_;
  const std::int32_t parent_;
  const ProcFs proc_;
  std::uint64_t start_ticks_ = 0;  // of the parent, once seen; tells a reused pid
  std::unique_ptr<Segment> segment_;
  ShmLayout layout_;
};

}  // namespace mpm
