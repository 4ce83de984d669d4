// SPDX-License-Identifier: Apache-2.0
//
// The best source that works. The sources stand in order, the best first; the one in use stays
// in use while it works, and every so many reads the better ones get another chance (somebody
// may have granted a permission). When the one in use fails, all are tried from the best on.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/scoreboard/source.h"

namespace mpm {

struct FallbackOptions {
  // Reads between two tries of the better ones; at one read a second, half a minute.
  std::size_t retry_after_reads = 30;
};

// Not safe from two threads at once.
class FallbackSource final : public ScoreboardSource {
 public:
  // None of `sources` is null. With no source at all, every read is NotFound.
  explicit FallbackSource(std::vector<std::unique_ptr<ScoreboardSource>> sources,
                          FallbackOptions options = {});

  // Of the source in use; before the first success, of the best one.
  SourceKind kind() const override;
  // When all fail: the kind of the best one's error, and what each of them said.
  Result<Scoreboard> read() override;

  // One entry a source, in their order. A source worse than the one in use that was never
  // needed says so.
  std::vector<SourceStatus> statuses() const;

 private:
  struct Candidate {
    std::unique_ptr<ScoreboardSource> source;
    std::optional<Error> failure;  // of its last try
  };
  // The first success among [begin, end), which becomes the one in use.
  std::optional<Scoreboard> first_success(std::size_t begin, std::size_t end);

  std::vector<Candidate> candidates_;
  FallbackOptions options_;
  std::optional<std::size_t> in_use_;
  std::size_t reads_ = 0;  // since the better ones were tried
};

}  // namespace mpm
