// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/admission.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace mpm::apply {
namespace {

constexpr std::int64_t kDayMinutes = 1440;
constexpr std::chrono::days kMemory{30};

Instant after(Instant start, double seconds) {
  return start + std::chrono::milliseconds(static_cast<std::int64_t>(1000 * seconds));
}

// 0 for none: MaxConnectionsPerChild 0 is no limit at all, and no factor leads there.
double distance(std::int64_t from, std::int64_t to) {
  if (from <= 0 || to <= 0) return 0;
  return std::abs(std::log(static_cast<double>(to) / static_cast<double>(from)));
}

bool is_switch(const Change& change) {
  return change.from <= 0 || change.to <= 0;
}

bool goes_up(std::int64_t from, std::int64_t to) {
  return to > from;
}

bool contains(const HourWindow& window, std::int64_t minute) {
  if (window.from_minute <= window.to_minute)
    return window.from_minute <= minute && minute < window.to_minute;
  return minute >= window.from_minute || minute < window.to_minute;
}

std::string clock(std::int64_t minute) {
  return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

Admission refused(std::string sentence) {
  return {Answer::Refused, {}, false, std::move(sentence), std::nullopt};
}

Admission deferred(std::string sentence, std::optional<Instant> until) {
  return {Answer::Deferred, {}, false, std::move(sentence), until};
}

std::optional<Admission> outside_hours(const ApplyPolicy& policy, const LocalTime& time) {
  if (policy.hours.empty()) return std::nullopt;
  std::int64_t soonest = kDayMinutes;
  std::int64_t begin = 0;
  for (const HourWindow& window : policy.hours) {
    if (contains(window, time.minute_of_day)) return std::nullopt;
    const std::int64_t wait = (window.from_minute - time.minute_of_day + kDayMinutes) % kDayMinutes;
    if (wait >= soonest) continue;
    soonest = wait;
    begin = window.from_minute;
  }
  return deferred(fmt::format("The policy allows changes from {} on; it is {}.", clock(begin),
                              clock(time.minute_of_day)),
                  time.now + std::chrono::minutes(soonest));
}

std::optional<Admission> not_rested(const ApplyPolicy& policy, std::span<const PastChange> past,
                                    const LocalTime& time) {
  if (past.empty()) return std::nullopt;
  const PastChange& last = past.back();
  if (last.verdict == WatchVerdict::Undecided)
    return deferred(
        fmt::format("The change of {} is still being watched; one at a time.", last.directive),
        std::nullopt);
  const Instant rested = after(last.at, policy.rest_seconds);
  if (time.now >= rested) return std::nullopt;
  return deferred(
      fmt::format("{} was changed {:.0f} s ago; the policy wants {:.0f} s to see what "
                  "it did.",
                  last.directive, Seconds(time.now - last.at).count(), policy.rest_seconds),
      rested);
}

std::optional<Admission> not_allowed(const Change& change, const ApplyPolicy& policy) {
  if (!policy.directives.empty() &&
      std::ranges::find(policy.directives, change.directive) == policy.directives.end())
    return refused(
        fmt::format("The policy does not allow to change {}, which is part of the proposal; add it "
                    "to the policy's directives or make the change by hand.",
                    change.directive));
  if (change.restart != RestartClass::Graceful && !policy.allow_full_restart)
    return refused(
        fmt::format("{} {} needs more than a graceful restart, which the policy does "
                    "not allow; make the change by hand at a calm hour.",
                    change.directive, change.to));
  if (change.confidence < policy.least_confidence)
    return refused(fmt::format("The proposal is not sure enough of {} {} for the policy.",
                               change.directive, change.to));
  return std::nullopt;
}

// Undos of this directive in this direction, since one in it was kept.
std::optional<Admission> backing_off(const Change& change, const ApplyPolicy& policy,
                                     std::span<const PastChange> past, const LocalTime& time) {
  int undone = 0;
  Instant last{};
  for (const PastChange& before : past) {
    if (before.directive != change.directive ||
        goes_up(before.from, before.to) != goes_up(change.from, change.to))
      continue;
    undone = before.verdict == WatchVerdict::Undo ? undone + 1 : 0;
    last = before.at;
  }
  if (undone == 0) return std::nullopt;
  const double wait = std::min(policy.back_off_most_seconds,
                               policy.back_off_seconds * std::exp2(std::min(undone - 1, 60)));
  const Instant until = after(last, wait);
  if (time.now >= until) return std::nullopt;
  return deferred(fmt::format("{} {} {} was undone {} in a row; it is tried again {:.0f} minutes "
                              "after the last time.",
                              goes_up(change.from, change.to) ? "Raising" : "Lowering",
                              change.directive, undone > 1 ? "to such values" : "like this",
                              undone > 1 ? fmt::format("{} times", undone) : "once", wait / 60),
                  until);
}

// How far apart two values have to be: the policy's band once to get anywhere, once more for each
// time that a change arrived lately (it was no mere step on the way), and once more for each time
// that the directive was turned round, this time counted.
double band(const Change& change, const ApplyPolicy& policy, std::span<const PastChange> past,
            const LocalTime& time) {
  int widths = 1;
  std::optional<bool> up;
  const auto turn = [&](bool direction) {
    if (up && *up != direction) ++widths;
    up = direction;
  };
  for (const PastChange& before : past) {
    if (before.directive != change.directive || before.verdict != WatchVerdict::Keep ||
        time.now - before.at >= kMemory)
      continue;
    turn(goes_up(before.from, before.to));
    if (!before.shortened) ++widths;
  }
  turn(goes_up(change.from, change.to));
  return widths * std::log1p(policy.dead_band);
}

std::int64_t unit_of(const Change& change, const Asked& asked) {
  return change.directive == "MaxRequestWorkers"
             ? std::max<std::int64_t>(1, asked.workers_per_process)
             : 1;
}

// `part` of the way on a logarithmic scale, in whole units, and at least one.
std::int64_t part_of_the_way(const Change& change, double part, std::int64_t unit) {
  const double exact =
      static_cast<double>(change.from) *
      std::exp(part * std::log(static_cast<double>(change.to) / static_cast<double>(change.from)));
  const bool up = goes_up(change.from, change.to);
  const double units = (exact + (up ? 1e-9 : -1e-9)) / static_cast<double>(unit);
  const auto there = static_cast<std::int64_t>(up ? std::floor(units) : std::ceil(units)) * unit;
  if (up) return std::min(change.to, std::max(there, change.from + unit));
  return std::max(change.to, std::min(there, change.from - unit));
}

double furthest_of(const std::vector<Change>& changes) {
  double furthest = 0;
  for (const Change& change : changes)
    furthest = std::max(furthest, distance(change.from, change.to));
  return furthest;
}

// Of an even number the milder of the two. Each is a plan that fits together; a mixture of them
// might not.
const std::vector<Change>& middle_of(std::span<const std::vector<Change>> looks) {
  std::vector<const std::vector<Change>*> sorted;
  for (const auto& look : looks)
    sorted.push_back(&look);
  std::ranges::stable_sort(sorted, {}, [](const auto* look) { return furthest_of(*look); });
  return *sorted[(sorted.size() - 1) / 2];
}

// All the same part of their way, so that values that go together stay together.
std::vector<Change> shortened(std::vector<Change> changes, const Asked& asked,
                              double largest_step) {
  const double furthest = furthest_of(changes);
  const double most = std::log(largest_step);
  if (furthest <= most) return changes;
  for (Change& change : changes) {
    if (is_switch(change)) continue;
    const std::int64_t wanted = change.to;
    change.to = part_of_the_way(change, most / furthest, unit_of(change, asked));
    if (change.to != wanted) change.because += fmt::format(" A first step towards {}.", wanted);
  }
  return changes;
}

bool any_left(const std::vector<Change>& made, const std::vector<Change>& wanted, double band) {
  for (std::size_t i = 0; i < made.size(); ++i)
    if (distance(made[i].to, wanted[i].to) > band) return true;
  return false;
}

bool is_worth_it(const Change& change, const ApplyPolicy& policy, std::span<const PastChange> past,
                 const LocalTime& time) {
  if (!is_switch(change))
    return distance(change.from, change.to) > band(change, policy, past, time);
  // On and off again is wavering too, and has no width: once in the time that is remembered.
  return std::ranges::none_of(past, [&](const PastChange& before) {
    return before.directive == change.directive && before.verdict == WatchVerdict::Keep &&
           time.now - before.at < kMemory;
  });
}

// Whether some directive is asked for the same way, and far enough, in all these looks.
bool agree(std::span<const std::vector<Change>> looks, const ApplyPolicy& policy,
           std::span<const PastChange> past, const LocalTime& time) {
  const auto asks_too = [&](const std::vector<Change>& look, const Change& as) {
    return std::ranges::any_of(look, [&](const Change& change) {
      return change.directive == as.directive &&
             goes_up(change.from, change.to) == goes_up(as.from, as.to) &&
             is_worth_it(change, policy, past, time);
    });
  };
  return std::ranges::any_of(looks.back(), [&](const Change& change) {
    return std::ranges::all_of(looks, [&](const auto& look) { return asks_too(look, change); });
  });
}

}  // namespace

Result<void> check(const ApplyPolicy& policy) {
  const auto wrong = [](std::string sentence) {
    return fail(Error::Kind::Malformed, std::move(sentence));
  };
  if (!(policy.largest_step > 1))
    return wrong("The policy's largest_step is a factor and has to be above 1, such as 1.5.");
  if (!(policy.dead_band >= 0))
    return wrong("The policy's dead_band is a part, such as 0.15, and cannot be below 0.");
  if (policy.agreeing_looks < 1) return wrong("The policy's agreeing_looks have to be 1 at least.");
  if (!(policy.rest_seconds >= 0) || !(policy.back_off_seconds > 0) ||
      policy.back_off_most_seconds < policy.back_off_seconds)
    return wrong(
        "The policy's rest_seconds cannot be below 0, back_off_seconds has to be above 0, and "
        "back_off_most_seconds no less than that.");
  for (const HourWindow& window : policy.hours)
    if (window.from_minute < 0 || window.from_minute >= kDayMinutes || window.to_minute < 0 ||
        window.to_minute > kDayMinutes || window.from_minute == window.to_minute)
      return wrong(
          "The policy's hours are minutes since midnight, from 0 to 1440, and a window has to have "
          "some; leave hours empty to allow all of the day.");
  return {};
}

Admission admit(const Asked& asked, const ApplyPolicy& policy, std::span<const PastChange> past,
                const LocalTime& time) {
  if (asked.looks.empty() || asked.looks.back().empty()) return refused("Nothing is proposed.");
  if (const auto sense = check(policy); !sense) return refused(sense.error().what);
  if (policy.mode == ApplyMode::Propose)
    return refused("The mode is propose: the changes are shown, and a person makes them.");
  if (policy.mode == ApplyMode::Confirm)
    return {Answer::NeedsYes, asked.looks.back(), false,
            "The mode is confirm: a person has to say yes.", std::nullopt};

  const auto wanted = static_cast<std::size_t>(policy.agreeing_looks);
  const auto looks = asked.looks.last(std::min(wanted, asked.looks.size()));
  if (!agree(looks, policy, past, time))
    return refused(
        fmt::format("The values in force are within {:.0f} % of the proposed ones, or "
                    "the proposals waver; they stay.",
                    100 * policy.dead_band));
  if (looks.size() < wanted)
    return deferred(
        fmt::format("{} of {} looks in a row have asked for this.", looks.size(), wanted),
        std::nullopt);
  const std::vector<Change>& chosen = middle_of(looks);
  for (const Change& change : chosen)
    if (auto no = not_allowed(change, policy)) return std::move(*no);
  if (auto later = not_rested(policy, past, time)) return std::move(*later);
  for (const Change& change : chosen)
    if (auto later = backing_off(change, policy, past, time)) return std::move(*later);
  if (auto later = outside_hours(policy, time)) return std::move(*later);

  auto changes = shortened(chosen, asked, policy.largest_step);
  const bool more = any_left(changes, chosen, std::log1p(policy.dead_band));
  return {Answer::Allowed, std::move(changes), more, "The policy allows it.", std::nullopt};
}

}  // namespace mpm::apply
