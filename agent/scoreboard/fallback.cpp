// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/fallback.h"

#include <utility>

namespace mpm {

FallbackSource::FallbackSource(std::vector<std::unique_ptr<ScoreboardSource>> sources,
                               FallbackOptions options)
    : options_(options) {
  for (auto& source : sources)
    candidates_.push_back(Candidate{std::move(source), std::nullopt});
}

SourceKind FallbackSource::kind() const {
  if (candidates_.empty()) return SourceKind::ModStatus;
  return candidates_[in_use_.value_or(0)].source->kind();
}

std::optional<Scoreboard> FallbackSource::first_success(std::size_t begin, std::size_t end) {
  for (std::size_t index = begin; index < end; ++index) {
    Candidate& candidate = candidates_[index];
    auto board = candidate.source->read();
    if (board) {
      candidate.failure.reset();
      in_use_ = index;
      return std::move(*board);
    }
    candidate.failure = std::move(board.error());
  }
  return std::nullopt;
}

Result<Scoreboard> FallbackSource::read() {
  std::size_t untried = 0;  // the first that was not tried in this read
  if (in_use_) {
    const std::size_t current = *in_use_;
    if (++reads_ >= options_.retry_after_reads) {
      reads_ = 0;
      if (auto board = first_success(0, current)) return std::move(*board);
      untried = current;
    }
    if (auto board = first_success(current, current + 1)) return std::move(*board);
    in_use_.reset();
    // The better ones, when this read has not tried them yet, and then those after it.
    if (untried == 0) {
      if (auto board = first_success(0, current)) return std::move(*board);
    }
    untried = current + 1;
  }
  reads_ = 0;
  if (auto board = first_success(untried, candidates_.size())) return std::move(*board);

  if (candidates_.empty())
    return fail(Error::Kind::NotFound, "there is no source to read a scoreboard from");
  Error all{candidates_.front().failure->kind, {}};
  for (const Candidate& candidate : candidates_) {
    if (!all.what.empty()) all.what += "; ";
    all.what += candidate.failure->what;
  }
  return fail(std::move(all));
}

std::vector<SourceStatus> FallbackSource::statuses() const {
  std::vector<SourceStatus> statuses;
  for (std::size_t index = 0; index < candidates_.size(); ++index) {
    SourceStatus status;
    status.source = candidates_[index].source->kind();
    status.in_use = in_use_ == index;
    if (!status.in_use) {
      const auto& failure = candidates_[index].failure;
      status.why = failure ? failure->what : "not needed: a better source works";
      if (!failure && !in_use_) status.why = "not tried yet";
    }
    statuses.push_back(std::move(status));
  }
  return statuses;
}

}  // namespace mpm
