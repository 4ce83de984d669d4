// SPDX-License-Identifier: Apache-2.0
//
// The ScoreboardProbe of the real world: the parent's shared memory, or its ScoreBoardFile.
#pragma once

#include <utility>

#include "agent/target/discover.h"

namespace mpm {

class MemoryProbe final : public ScoreboardProbe {
 public:
  explicit MemoryProbe(ProcFs proc) : proc_(std::move(proc)) {}
  Result<std::vector<std::int32_t>> children(std::int32_t parent) const override;

 private:
  ProcFs proc_;
};

}  // namespace mpm
