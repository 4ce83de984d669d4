// SPDX-License-Identifier: Apache-2.0
//
// The last resort of the three sources: the server is asked over HTTP, so a saturated one
// does not answer, and the asking takes one of its workers.
#pragma once

#include <chrono>
#include <string>

#include "agent/scoreboard/source.h"

namespace mpm {

class StatusPageSource final : public ScoreboardSource {
 public:
  // `url` as in http://127.0.0.1/server-status; "?auto" is added when it has no query. A
  // query of its own must ask for auto, as ?auto&notable does: mod_status looks for the word
  // anywhere in it.
  explicit StatusPageSource(std::string url,
                            std::chrono::milliseconds deadline = std::chrono::seconds(5));

  SourceKind kind() const override { return SourceKind::ModStatus; }
  // Besides what source.h says: NotFound also for an answer 404, Denied for 401 and 403,
  // Unreachable for 5xx, Malformed for any other status than 200, Usage for a URL that is
  // none.
  Result<Scoreboard> read() override;

 private:
  std::string url_;
  std::chrono::milliseconds deadline_;
};

}  // namespace mpm
