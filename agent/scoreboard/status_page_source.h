// SPDX-License-Identifier: Apache-2.0
//
// The last resort: ask the server itself. It costs one of its workers, and when all of them are
// busy it gets no answer.
#pragma once

#include <chrono>
#include <string>

#include "agent/scoreboard/source.h"
#include "schema/model/units.h"

namespace mpm {

class StatusPageSource final : public ScoreboardSource {
 public:
  // "?auto" is added to a URL without a query.
  explicit StatusPageSource(std::string url,
                            std::chrono::milliseconds deadline = std::chrono::milliseconds(5000));

  SourceKind kind() const override { return SourceKind::ModStatus; }
  Result<Scoreboard> read() override;

 private:
  Instant started_before(std::int64_t uptime_seconds);

  std::string url_;
  std::chrono::milliseconds deadline_;
  Instant restarted_{};  // as first computed: the page tells whole seconds of uptime only
};

}  // namespace mpm
