// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/comparison.h"

#include <algorithm>
#include <cmath>

namespace mpm::apply {
namespace {

// About the shift of a doubling, log 2, is what has to be found soonest.
constexpr double kSpread = 0.5;
// An outage of some seconds is a moment's: a block of five seconds counts as so many standard
// deviations at most, a shorter one as fewer, so that some have to agree.
constexpr double kFurthest = 2.5;
constexpr double kUsualBlock = 5;
// Against few blocks of before nothing could be proven with that: what they leave open of the
// usual is as large.
constexpr double kReach = 10;
constexpr double kFewestDurations = 2;
constexpr double kNearlyAll = 0.7;
constexpr double kAlike = 1.25;
// Above the most of before by more than this part it is another load.
constexpr double kLoadMargin = 1.1;
// Of clients that are turned away nobody knows the number, only how often they tried.
constexpr double kWantedMargin = 1.7;
constexpr double kMoreCompleted = 1.05;
constexpr double kFullBefore = 0.2;

double load_of(const Block& block) {
  return block.per_second(block.arrived);
}

// Few requests are pulled towards the usual by one that is not there.
double log_of_ratio(double sum, double requests, double usual) {
  return std::log((sum + usual) / (requests + 1));
}

// Fewer than one request a second say nothing about the time of one.
bool says_little(const Block& block) {
  return block.completed < block.seconds && block.waiting == 0;
}

std::optional<Reading> duration_of(const Block& block) {
  if (block.finished < kFewestDurations || block.durations <= 0) return std::nullopt;
  if (block.saturated > 0) return std::nullopt;
  return Reading{std::log(block.durations / block.finished), block.finished};
}

}  // namespace

// Only a shift upwards is a false alarm, and half of those that the test allows are.
Comparison::Comparison(std::span<const Block> before, double false_alarm, double tolerance)
    : tolerance_(tolerance),
      furthest_(kFurthest),
      response_{{}, Mixture(2 * false_alarm / 3, kSpread)},
      duration_{{}, Mixture(2 * false_alarm / 3, kSpread)},
      holding_{{}, Mixture(2 * false_alarm / 3, kSpread)} {
  for (const Block& block : before) {
    before_.add(block);
    most_load_ = std::max(most_load_, load_of(block));
    most_wanted_ = std::max(most_wanted_, load_of(block) + block.per_second(block.turned_away));
  }
  if (!before.empty()) {
    const auto count = static_cast<double>(before.size());
    furthest_ =
        std::max(kFurthest * std::sqrt(std::min(1.0, before_.seconds / count / kUsualBlock)),
                 kReach / std::sqrt(count));
  }
  std::vector<Point> responses;
  std::vector<Point> holdings;
  std::vector<Point> durations;
  for (const Block& block : before) {
    const double load = load_of(block);
    if (const auto value = log_response(block))
      responses.push_back({load, {*value, block.completed}});
    if (const auto value = log_holding(block))
      holdings.push_back({load, {*value, block.completed}});
    if (const auto reading = duration_of(block)) durations.push_back({load, *reading});
  }
  response_.baseline = Baseline::of(responses);
  holding_.baseline = Baseline::of(holdings);
  duration_.baseline = Baseline::of(durations);
}

std::optional<double> Comparison::log_response(const Block& block) const {
  if (before_.completed <= 0 || before_.serving + before_.waiting <= 0) return std::nullopt;
  if (says_little(block)) return std::nullopt;
  return log_of_ratio(block.serving + block.waiting, block.completed,
                      (before_.serving + before_.waiting) / before_.completed);
}

std::optional<double> Comparison::log_holding(const Block& block) const {
  if (before_.completed <= 0 || before_.holding <= 0) return std::nullopt;
  if (says_little(block)) return std::nullopt;
  return log_of_ratio(block.holding, block.completed, before_.holding / before_.completed);
}

bool Comparison::has_too_much_load(const Block& block) const {
  return load_of(block) > kLoadMargin * most_load_ ||
         load_of(block) + block.per_second(block.turned_away) > kWantedMargin * most_wanted_;
}

bool Comparison::is_full_of_clients(const Block& block, bool limit_lowered) const {
  if (limit_lowered || 2 * block.saturated < block.seconds) return false;
  return before_.per_second(before_.saturated) > kFullBefore ||
         block.per_second(block.completed) > kMoreCompleted * before_.per_second(before_.completed);
}

void Comparison::add(const Block& block, bool limit_lowered) {
  after_.add(block);
  if (says_little(block)) {
    ++too_little_load_;
    return;
  }
  if (has_too_much_load(block)) {
    ++too_much_load_;
    return;
  }
  judge_response(block, limit_lowered);
  judge_duration(block);
}

void Comparison::judge_response(const Block& block, bool limit_lowered) {
  const auto response = log_response(block);
  const auto holding = log_holding(block);
  const double load = load_of(block);
  if (!response || !response_.baseline) return;
  ++compared_;
  const double excess = *response - response_.baseline->predicted(load);
  if (!holding || !holding_.baseline || !is_full_of_clients(block, limit_lowered))
    return add_to(response_, load, {*response, block.completed}, excess);
  // More workers than the rest of the machine can use hold each request longer, and no client
  // waits longer for it.
  add_to(holding_, load, {*holding, block.completed},
         std::min(excess, *holding - holding_.baseline->predicted(load)));
}

bool Comparison::shows_as_much(const Block& block) const {
  if (before_.completed <= 0 || block.completed <= 0) return false;
  const double before = before_.finished / before_.completed;
  const double now = block.finished / block.completed;
  return (before >= kNearlyAll && now >= kNearlyAll) ||
         (now < kAlike * before && before < kAlike * now);
}

void Comparison::judge_duration(const Block& block) {
  const auto reading = duration_of(block);
  if (!duration_.baseline || !reading || !shows_as_much(block)) return;
  const double excess = reading->value - duration_.baseline->predicted(load_of(block));
  add_to(duration_, load_of(block), *reading, excess);
}

void Comparison::add_to(Track& track, double load, const Reading& reading, double excess) const {
  const double variance = track.baseline->variance(reading.count);
  const double furthest = tolerance_ + furthest_ * std::sqrt(variance);
  track.test.add(std::clamp(excess, -furthest, furthest), variance);
  track.uncertainty += track.baseline->uncertainty(load);
  ++track.values;
}

std::optional<Shift> Comparison::shift_of(const Track& track) {
  if (!track.baseline || track.test.empty()) return std::nullopt;
  return Shift{track.test.bounds(track.uncertainty / track.values),
               std::exp(track.baseline->mean())};
}

double Comparison::load_ratio() const {
  const double before = load_of(before_);
  return before > 0 ? load_of(after_) / before : 0;
}

}  // namespace mpm::apply
