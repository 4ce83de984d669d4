// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/fallback.h"

#include <utility>

namespace mpm {
namespace {

// Reads between two tries of a source that failed, while a worse one works.
constexpr std::size_t kPatience = 32;

}  // namespace

FallbackSource::FallbackSource(std::vector<std::unique_ptr<ScoreboardSource>> sources) {
  for (auto& source : sources)
    entries_.push_back({std::move(source), "", 0});
}

Result<Scoreboard> FallbackSource::read() {
  ++reads_;
  std::optional<Error> first;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    if (in_use_ && i < *in_use_ && reads_ < entry.skip_until) continue;
    auto board = entry.source->read();
    if (board) {
      entry.why.clear();
      in_use_ = i;
      return board;
    }
    entry.why = board.error().what;
    entry.skip_until = reads_ + kPatience;
    if (board.error().kind == Error::Kind::NotFound) return board;
    if (!first) first = std::move(board.error());
  }
  in_use_.reset();
  if (first) return fail(std::move(*first));
  return fail(Error::Kind::Internal, "there is no source to read a scoreboard from");
}

Result<std::vector<RequestText>> FallbackSource::read_texts(const RequestTextQuery& query) {
  if (!in_use_) return std::vector<RequestText>();
  return entries_[*in_use_].source->read_texts(query);
}

ServerTotals FallbackSource::totals() const {
  return in_use_ ? entries_[*in_use_].source->totals() : ServerTotals{};
}

std::vector<SourceStatus> FallbackSource::statuses() const {
  std::vector<SourceStatus> statuses;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (reads_ == 0 || (in_use_ && i > *in_use_)) break;
    statuses.push_back({entries_[i].source->kind(), in_use_ == i, entries_[i].why});
  }
  return statuses;
}

}  // namespace mpm
