// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/judge.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "agent/apply/verdict_words.h"

namespace mpm::apply {
namespace {

// Blocks that an early end rests on at least.
constexpr std::int64_t kFewestCompared = 8;
// However certain, some seconds are a moment's, and whoever waited through it waits no more.
constexpr double kFewestSeconds = 15;
constexpr double kFullAtTheEnd = 0.5;
constexpr double kFullBefore = 0.1;
constexpr double kSameLoad = 1.1;

// Of a short time before, shorter blocks: how much they vary is known from their number.
constexpr double kBlocksBefore = 20;

double block_seconds(std::span<const Sample> before, double usual) {
  if (before.empty()) return usual;
  const double seconds = Seconds(before.back().at - before.front().at).count();
  return std::clamp(seconds / kBlocksBefore, std::min(1.0, usual), usual);
}

std::vector<Block> blocks_of(std::span<const Sample> samples, double seconds) {
  std::vector<Block> blocks;
  Block block;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const auto second = between(samples[i - 1], samples[i]);
    if (!second || samples[i].tally.processes_old > 0) {
      block = {};
      continue;
    }
    block.add(*second);
    if (block.seconds < seconds) continue;
    blocks.push_back(block);
    block = {};
  }
  return blocks;
}

}  // namespace

Judge::Judge(std::span<const Sample> before, Instant changed, const JudgePolicy& policy)
    : policy_(policy),
      changed_(changed),
      block_seconds_(block_seconds(before, policy.block_seconds)),
      guards_(before, policy.guards),
      comparison_(blocks_of(before, block_seconds_), policy.false_alarm,
                  std::log1p(policy.tolerance)) {
  for (const Sample& sample : before)
    note_counting(sample);
  report_.sentence = "Nothing has been seen since the change.";
  if (policy.most_seconds > 0) return;
  report_.verdict = WatchVerdict::Keep;
  report_.sentence = "The change was not watched, as was asked for.";
}

const WatchReport& Judge::see(const Sample& sample) {
  if (report_.verdict != WatchVerdict::Undecided || sample.at <= changed_) return report_;
  report_.seconds = Seconds(sample.at - changed_).count();
  note_counting(sample);
  if (auto found = guards_.memory(sample)) {
    finish(WatchVerdict::Undo, std::move(found));
    return report_;
  }
  const bool was_settled = report_.settled;
  report_.settled = was_settled || has_settled(sample);
  if (was_settled && last_)
    if (const auto second = between(*last_, sample)) add_second(sample, *second);
  last_ = sample;
  if (report_.verdict == WatchVerdict::Undecided) decide();
  return report_;
}

void Judge::note_counting(const Sample& sample) {
  const Tally& tally = sample.tally;
  served_ = served_ || tally.busy > tally.keepalive + tally.reading + tally.finishing;
  counted_ = counted_ || sample.accesses > 0;
}

bool Judge::has_settled(const Sample& sample) const {
  if (report_.seconds < policy_.settle_least_seconds) return false;
  if (report_.seconds >= policy_.settle_most_seconds) return true;
  const Tally& tally = sample.tally;
  const bool grown = tally.idle > 0 || (sample.worker_limit > 0 &&
                                        tally.busy - tally.finishing >= sample.worker_limit);
  return grown && tally.processes_old == 0 && tally.starting == 0;
}

void Judge::add_second(const Sample& sample, Block second) {
  // Without counters a server that completes requests looks like one that is silent.
  if (counts_nothing()) second.silent = 0;
  if (auto found = guards_.service(sample, second)) {
    finish(WatchVerdict::Undo, std::move(found));
    return;
  }
  block_.add(second);
  if (block_.seconds < block_seconds_) return;
  const bool lowered = sample.worker_limit > 0 && sample.worker_limit < guards_.limit_before();
  comparison_.add(std::exchange(block_, {}), lowered);
  report_.compared = comparison_.compared();
  report_.passed_over = comparison_.too_much_load() + comparison_.too_little_load();
}

bool Judge::is_condemned_by_time(const std::optional<Shift>& shift) const {
  return shift && comparison_.after().seconds >= kFewestSeconds &&
         shift->bounds.low > std::log1p(policy_.tolerance);
}

bool Judge::may_be_kept_early() const {
  if (report_.seconds < policy_.least_seconds) return false;
  if (comparison_.compared() < kFewestCompared) return false;
  if (comparison_.load_ratio() < policy_.like_load) return false;
  if (comparison_.too_much_load() > comparison_.compared()) return false;
  const auto harmless = [&](const std::optional<Shift>& shift) {
    return !shift || shift->bounds.high < std::log1p(policy_.early_keep);
  };
  return harmless(comparison_.response()) && harmless(comparison_.duration()) &&
         harmless(comparison_.holding());
}

bool Judge::is_full_at_the_end() const {
  const Block& before = comparison_.before();
  const Block& after = comparison_.after();
  return after.per_second(after.saturated_and_waiting) >= kFullAtTheEnd &&
         before.per_second(before.saturated_and_waiting) <= kFullBefore &&
         comparison_.has_baseline() && comparison_.load_ratio() <= kSameLoad;
}

void Judge::decide() {
  if (is_condemned_by_time(comparison_.response()))
    return finish(WatchVerdict::Undo, slower(comparison_.response(), comparison_.load_ratio()));
  if (is_condemned_by_time(comparison_.duration()))
    return finish(WatchVerdict::Undo, longer(comparison_.duration(), comparison_.load_ratio()));
  if (is_condemned_by_time(comparison_.holding()))
    return finish(WatchVerdict::Undo, held(comparison_.holding(), comparison_.load_ratio()));
  if (may_be_kept_early()) return finish(WatchVerdict::Keep, std::nullopt);
  if (report_.seconds < policy_.most_seconds) return describe();
  if (is_full_at_the_end())
    return finish(WatchVerdict::Undo, full_at_the_end(comparison_.before(), comparison_.after()));
  finish(WatchVerdict::Keep, std::nullopt);
}

void Judge::finish(WatchVerdict verdict, std::optional<VerdictEvidence> cause) {
  report_.verdict = verdict;
  describe();
  if (!cause) return;
  cause->condemns = true;
  report_.sentence = undone(report_, *cause);
  std::erase_if(report_.evidence, [&](const VerdictEvidence& evidence) {
    return evidence.measure == cause->measure;
  });
  report_.evidence.insert(report_.evidence.begin(), std::move(*cause));
}

void Judge::describe() {
  report_.evidence = measures(comparison_);
  report_.sentence =
      standing(report_, comparison_, counts_nothing() ? Counting::Off : Counting::On);
}

}  // namespace mpm::apply
