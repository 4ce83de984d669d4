// SPDX-License-Identifier: Apache-2.0
//
// Where a Scoreboard comes from. Three sources exist: process_memory.h (the parent's own
// mapping, read from outside), shm_file.h (a ScoreBoardFile) and status_page.h (mod_status
// over HTTP). fallback.h takes the best that works and says why not a better one.
#pragma once

#include <vector>

#include "agent/scoreboard/shm_layout.h"
#include "agent/scoreboard/totals.h"
#include "schema/model/result.h"
#include "schema/model/scoreboard.h"

namespace mpm {

// Not safe from two threads at once.
class ScoreboardSource {
 public:
  virtual ~ScoreboardSource() = default;
  virtual SourceKind kind() const = 0;
  // NotFound: the server is gone. Denied: a permission is missing, named in the text.
  // Malformed: what is there is no scoreboard. Unreachable, TimedOut: status page only.
  virtual Result<Scoreboard> read() = 0;
  // The words of the slots at this instant, which is a little after the last read: a slot may have
  // moved on. A status page for programs has none.
  virtual Result<std::vector<RequestText>> read_texts(const RequestTextQuery& /*query*/) {
    return std::vector<RequestText>();
  }
  // What the last read that worked has seen besides; all absent before.
  const ServerTotals& totals() const { return totals_; }

 protected:
  ServerTotals totals_;
};

}  // namespace mpm
