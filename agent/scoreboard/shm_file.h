// SPDX-License-Identifier: Apache-2.0
//
// The scoreboard of a server with a ScoreBoardFile. What the directive names is rarely the file:
// APR makes of it POSIX shared memory (/dev/shm/ShM.<hash>H<hash>, as on Debian), a System V
// segment (/SYSV<key> in the maps) or a mapped file, by how it was built. All are mappings of the
// parent with a name, so that is where we look; the configuration need not be known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/scoreboard/shared_segment.h"
#include "agent/scoreboard/shm_layout.h"
#include "agent/scoreboard/source.h"

namespace mpm {

class ShmFileSource final : public ScoreboardSource {
 public:
  explicit ShmFileSource(std::int32_t pid, std::string proc_root = "/proc");

  SourceKind kind() const override { return SourceKind::ScoreboardFile; }
  Result<Scoreboard> read() override;
  Result<std::vector<RequestText>> read_texts(const RequestTextQuery& query) override;

 private:
  SharedSegment segment_;
};

}  // namespace mpm
