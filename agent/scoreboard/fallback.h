// SPDX-License-Identifier: Apache-2.0
//
// Several sources of one server's scoreboard, the best first: the first that works is used,
// and why the better ones do not is kept, as data.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/scoreboard/source.h"
#include "schema/model/result.h"
#include "schema/model/scoreboard.h"

namespace mpm {

// Not safe from two threads at once.
class FallbackSource {
 public:
  explicit FallbackSource(std::vector<std::unique_ptr<ScoreboardSource>> sources);

  // A source that failed is tried again now and then, not at every read. NotFound from any
  // source ends it: the server is gone, and its port may be another's by now. When none works,
  // the error of the best.
  Result<Scoreboard> read();

  // Of the source in use; none when there is none.
  Result<std::vector<RequestText>> read_texts(const RequestTextQuery& query);

  // Of the source in use; all absent when there is none.
  ServerTotals totals() const;

  // One entry for the source in use and each better one; before the first read, none.
  std::vector<SourceStatus> statuses() const;

 private:
  struct Entry {
    std::unique_ptr<ScoreboardSource> source;
    std::string why;             // it did not work; empty when it did or was never tried
    std::size_t skip_until = 0;  // number of the read at which it is tried again
  };
  std::vector<Entry> entries_;
  std::size_t reads_ = 0;
  std::optional<std::size_t> in_use_;
};

}  // namespace mpm
