// SPDX-License-Identifier: Apache-2.0
//
// The scoreboard in the anonymous memory a parent shares with its children: where httpd keeps it
// unless a ScoreBoardFile is set. Reading it costs the server nothing, and works when the server
// is saturated, deaf or has no mod_status. How it is found and read: shared_segment.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/scoreboard/shared_segment.h"
#include "agent/scoreboard/shm_layout.h"
#include "agent/scoreboard/source.h"

namespace mpm {

class ProcessMemorySource final : public ScoreboardSource {
 public:
  explicit ProcessMemorySource(std::int32_t pid, std::string proc_root = "/proc");

  SourceKind kind() const override { return SourceKind::SharedMemory; }
  Result<Scoreboard> read() override;
  Result<std::vector<RequestText>> read_texts(const RequestTextQuery& query) override;

 private:
  SharedSegment segment_;
};

}  // namespace mpm
