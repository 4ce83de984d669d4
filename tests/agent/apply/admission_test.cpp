// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/admission.h"

#include <chrono>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/samples.h"

namespace mpm::apply {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Change change(std::string directive, std::int64_t from, std::int64_t to) {
  Change made;
  made.directive = std::move(directive);
  made.from = from;
  made.to = to;
  made.confidence = Confidence::High;
  return made;
}

PastChange past(Instant at, std::int64_t from, std::int64_t to, WatchVerdict verdict,
                std::string directive = "MaxRequestWorkers") {
  return {at, std::move(directive), from, to, verdict, false};
}

ApplyPolicy automatic() {
  ApplyPolicy policy;
  policy.mode = ApplyMode::Auto;
  return policy;
}

// At noon, on an afternoon where the clock shows twelve.
constexpr LocalTime kTime{kNoon, 12 * 60};

Admission asked(const std::vector<Change>& changes, const ApplyPolicy& policy = automatic(),
                const std::vector<PastChange>& history = {}, const LocalTime& time = kTime) {
  const std::vector<std::vector<Change>> looks(4, changes);
  return admit({looks, 25}, policy, history, time);
}

TEST(Admission, LeavesItToAPersonUnlessTheModeIsAuto) {
  ApplyPolicy policy;
  EXPECT_EQ(asked({change("KeepAliveTimeout", 5, 3)}, policy).answer, Answer::Refused);
  policy.mode = ApplyMode::Confirm;
  const auto confirm = asked({change("MaxRequestWorkers", 100, 1000)}, policy);
  EXPECT_EQ(confirm.answer, Answer::NeedsYes);
  ASSERT_EQ(confirm.changes.size(), 1U);
  EXPECT_EQ(confirm.changes[0].to, 1000) << "a person may take it all";
  policy.mode = ApplyMode::Auto;
  EXPECT_EQ(asked({change("KeepAliveTimeout", 5, 3)}, policy).answer, Answer::Allowed);
}

TEST(Admission, RefusesAPlanWithADirectiveThatIsNotAllowed) {
  ApplyPolicy policy = automatic();
  policy.directives = {"KeepAliveTimeout"};
  EXPECT_EQ(asked({change("KeepAliveTimeout", 5, 3)}, policy).answer, Answer::Allowed);
  const auto both =
      asked({change("KeepAliveTimeout", 5, 3), change("MaxRequestWorkers", 100, 150)}, policy);
  EXPECT_EQ(both.answer, Answer::Refused);
  EXPECT_NE(both.sentence.find("does not allow to change MaxRequestWorkers"), std::string::npos);
}

TEST(Admission, NeverAllowsAFullRestartUnlessToldTo) {
  ApplyPolicy policy = automatic();
  for (const RestartClass restart : {RestartClass::Restart, RestartClass::StopStart}) {
    Change made = change("ServerLimit", 16, 20);
    made.restart = restart;
    policy.allow_full_restart = false;
    EXPECT_EQ(asked({made}, policy).answer, Answer::Refused);
    policy.allow_full_restart = true;
    EXPECT_EQ(asked({made}, policy).answer, Answer::Allowed);
  }
}

TEST(Admission, RefusesWhatTheProposalIsNotSureOf) {
  Change made = change("MaxRequestWorkers", 100, 150);
  made.confidence = Confidence::Low;
  EXPECT_EQ(asked({made}).answer, Answer::Refused);
}

TEST(Admission, TakesNoStepLongerThanThePolicys) {
  ApplyPolicy policy = automatic();
  policy.largest_step = 1.5;
  const auto up = asked({change("MaxRequestWorkers", 150, 400)}, policy);
  ASSERT_EQ(up.answer, Answer::Allowed);
  EXPECT_EQ(up.changes[0].to, 225) << "whole processes of 25";
  EXPECT_TRUE(up.shortened);
  EXPECT_NE(up.changes[0].because.find("A first step towards 400"), std::string::npos);
  EXPECT_EQ(asked({change("MaxRequestWorkers", 400, 150)}, policy).changes[0].to, 275);
  EXPECT_EQ(asked({change("KeepAliveTimeout", 15, 2)}, policy).changes[0].to, 10);
  EXPECT_EQ(asked({change("MaxRequestWorkers", 25, 400)}, policy).changes[0].to, 50)
      << "one process is the least";
  EXPECT_EQ(asked({change("MaxRequestWorkers", 100, 125)}, policy).changes[0].to, 125);
  EXPECT_FALSE(asked({change("MaxRequestWorkers", 100, 125)}, policy).shortened);
  EXPECT_FALSE(asked({change("MaxRequestWorkers", 200, 325)}, policy).shortened)
      << "300 is as good as there";
}

TEST(Admission, ShortensAllOfAPlanAlike) {
  const auto plan =
      asked({change("MaxRequestWorkers", 100, 400), change("MinSpareThreads", 25, 100),
             change("MaxConnectionsPerChild", 0, 5000)});
  ASSERT_EQ(plan.answer, Answer::Allowed);
  EXPECT_EQ(plan.changes[0].to, 200);
  EXPECT_EQ(plan.changes[1].to, 50);
  EXPECT_EQ(plan.changes[2].to, 5000) << "no factor leads from no limit to one";
}

TEST(Admission, KeepsToTheHours) {
  ApplyPolicy policy = automatic();
  policy.hours = {{2 * 60, 4 * 60}, {23 * 60, 60}};
  const auto at = [&](std::int64_t hour, std::int64_t minute) {
    return asked({change("KeepAliveTimeout", 5, 3)}, policy, {}, {kNoon, hour * 60 + minute});
  };
  EXPECT_EQ(at(2, 0).answer, Answer::Allowed);
  EXPECT_EQ(at(3, 59).answer, Answer::Allowed);
  EXPECT_EQ(at(4, 0).answer, Answer::Deferred);
  EXPECT_EQ(at(4, 0).until, kNoon + hours(19));
  EXPECT_EQ(at(22, 59).until, kNoon + minutes(1));
  EXPECT_EQ(at(23, 0).answer, Answer::Allowed);
  EXPECT_EQ(at(0, 59).answer, Answer::Allowed) << "over midnight";
  EXPECT_EQ(at(1, 0).until, kNoon + hours(1));
  EXPECT_NE(at(1, 0).sentence.find("from 02:00 on; it is 01:00"), std::string::npos);
}

TEST(Admission, ReadsTheWallClockOnDaysWhenItIsSet) {
  ApplyPolicy policy = automatic();
  policy.hours = {{2 * 60, 3 * 60}};
  const std::vector<Change> changes{change("KeepAliveTimeout", 5, 3)};
  // Set back at three: the hour from two to three comes twice, and both are in the window.
  for (const int elapsed : {10, 70})
    EXPECT_EQ(asked(changes, policy, {}, {kNoon + minutes(elapsed), 2 * 60 + 10}).answer,
              Answer::Allowed);
  // Set on at two: 01:59 is followed by 03:00, and the window does not come that day.
  const auto before = asked(changes, policy, {}, {kNoon, 60 + 59});
  EXPECT_EQ(before.until, kNoon + minutes(1));
  EXPECT_EQ(asked(changes, policy, {}, {kNoon + minutes(1), 3 * 60}).answer, Answer::Deferred);
}

TEST(Admission, MakesOneChangeAtATimeAndLooksWhatItDid) {
  const std::vector<Change> changes{change("KeepAliveTimeout", 5, 3)};
  const auto watching =
      asked(changes, automatic(), {past(kNoon - hours(9), 100, 150, WatchVerdict::Undecided)});
  EXPECT_EQ(watching.answer, Answer::Deferred);
  EXPECT_FALSE(watching.until);
  const auto early =
      asked(changes, automatic(), {past(kNoon - minutes(4), 100, 150, WatchVerdict::Keep)});
  EXPECT_EQ(early.answer, Answer::Deferred);
  EXPECT_EQ(early.until, kNoon + minutes(6));
  EXPECT_EQ(
      asked(changes, automatic(), {past(kNoon - minutes(10), 100, 150, WatchVerdict::Keep)}).answer,
      Answer::Allowed);
}

TEST(Admission, BacksOffForLongerAfterEachUndo) {
  const std::vector<Change> raise{change("MaxRequestWorkers", 100, 200)};
  std::vector<PastChange> history;
  Instant at = kNoon;
  hours wait(1);
  for (int round = 0; round < 7; ++round, wait *= 2) {
    history.push_back(past(at, 100, 200, WatchVerdict::Undo));
    const auto later = asked(raise, automatic(), history, {at + minutes(11), 0});
    EXPECT_EQ(later.answer, Answer::Deferred);
    EXPECT_EQ(later.until, at + wait) << round;
    at += wait;
    EXPECT_EQ(asked(raise, automatic(), history, {at, 0}).answer, Answer::Allowed);
  }
  history.push_back(past(at, 100, 200, WatchVerdict::Undo));
  history.push_back(past(at, 100, 200, WatchVerdict::Undo));
  EXPECT_EQ(asked(raise, automatic(), history, {at, 0}).until, at + minutes(10))
      << "it rests first";
  EXPECT_EQ(asked(raise, automatic(), history, {at + hours(1), 0}).until, at + hours(24 * 7));
}

TEST(Admission, BacksOffFromThatDirectiveInThatDirectionOnly) {
  const std::vector<PastChange> history{past(kNoon - minutes(20), 100, 200, WatchVerdict::Undo)};
  EXPECT_EQ(asked({change("MaxRequestWorkers", 100, 150)}, automatic(), history).answer,
            Answer::Deferred);
  EXPECT_EQ(asked({change("MaxRequestWorkers", 100, 50)}, automatic(), history).answer,
            Answer::Allowed);
  EXPECT_EQ(asked({change("KeepAliveTimeout", 5, 3)}, automatic(), history).answer,
            Answer::Allowed);
}

TEST(Admission, ForgetsUndosWhenAChangeThatWayWasKept) {
  std::vector<PastChange> history(5, past(kNoon - hours(3), 100, 200, WatchVerdict::Undo));
  history.push_back(past(kNoon - hours(2), 100, 125, WatchVerdict::Keep));
  EXPECT_EQ(asked({change("MaxRequestWorkers", 125, 200)}, automatic(), history).answer,
            Answer::Allowed);
}

TEST(Admission, LeavesAloneWhatIsNearEnough) {
  EXPECT_EQ(asked({change("MaxRequestWorkers", 400, 450)}).answer, Answer::Refused);
  EXPECT_EQ(asked({change("MaxRequestWorkers", 400, 350)}).answer, Answer::Refused);
  EXPECT_EQ(asked({change("MaxRequestWorkers", 400, 475)}).answer, Answer::Allowed);
  EXPECT_EQ(asked({change("MaxConnectionsPerChild", 0, 5000)}).answer, Answer::Allowed);
}

TEST(Admission, WantsMoreForEachTimeThatAValueIsMovedOrTurnedRound) {
  const auto to = [](std::int64_t value, const std::vector<PastChange>& history) {
    return asked({change("MaxRequestWorkers", 400, value)}, automatic(), history).answer;
  };
  std::vector<PastChange> history{past(kNoon - hours(5), 200, 400, WatchVerdict::Keep)};
  history[0].shortened = true;
  EXPECT_EQ(to(475, history), Answer::Allowed) << "a step on the way, and the same way on";
  EXPECT_EQ(to(325, history), Answer::Refused) << "turned round";
  EXPECT_EQ(to(300, history), Answer::Allowed);
  history[0].shortened = false;
  EXPECT_EQ(to(525, history), Answer::Refused) << "it has arrived";
  EXPECT_EQ(to(550, history), Answer::Allowed);
  EXPECT_EQ(to(275, history), Answer::Refused) << "arrived, and turned round";
  EXPECT_EQ(to(250, history), Answer::Allowed);
  history[0].at = kNoon - hours(24 * 31);
  EXPECT_EQ(to(475, history), Answer::Allowed) << "it is long ago";
}

TEST(Admission, DoesNotSwitchOnAndOffAgain) {
  const std::vector<PastChange> history{
      past(kNoon - hours(5), 0, 5000, WatchVerdict::Keep, "MaxConnectionsPerChild")};
  EXPECT_EQ(asked({change("MaxConnectionsPerChild", 5000, 0)}, automatic(), history).answer,
            Answer::Refused);
}

TEST(Admission, WaitsUntilLooksInARowAgreeAndTakesTheMiddle) {
  std::vector<std::vector<Change>> looks{{change("MaxRequestWorkers", 400, 600)},
                                         {change("MaxRequestWorkers", 400, 500)},
                                         {change("MaxRequestWorkers", 400, 600)}};
  const auto early = admit({looks, 25}, automatic(), {}, kTime);
  EXPECT_EQ(early.answer, Answer::Deferred);
  EXPECT_NE(early.sentence.find("3 of 4 looks"), std::string::npos);
  looks.push_back({change("MaxRequestWorkers", 400, 700)});
  const auto enough = admit({looks, 25}, automatic(), {}, kTime);
  ASSERT_EQ(enough.answer, Answer::Allowed);
  EXPECT_EQ(enough.changes[0].to, 600);
  looks.push_back({change("MaxRequestWorkers", 400, 300)});
  EXPECT_EQ(admit({looks, 25}, automatic(), {}, kTime).answer, Answer::Refused);
  looks.emplace_back();
  EXPECT_EQ(admit({looks, 25}, automatic(), {}, kTime).sentence, "Nothing is proposed.");
  for (int i = 0; i < 3; ++i)
    looks.push_back({change("MaxRequestWorkers", 400, 600)});
  EXPECT_EQ(admit({looks, 25}, automatic(), {}, kTime).answer, Answer::Refused)
      << "one of the last four asked for nothing";
}

TEST(Admission, RefusesUnderAPolicyThatMakesNoSense) {
  EXPECT_TRUE(check(automatic()));
  const auto refuses = [](auto&& spoil) {
    ApplyPolicy policy = automatic();
    spoil(policy);
    return !check(policy) &&
           asked({change("KeepAliveTimeout", 5, 3)}, policy).answer == Answer::Refused;
  };
  EXPECT_TRUE(refuses([](ApplyPolicy& p) { p.largest_step = 1; }));
  EXPECT_TRUE(refuses([](ApplyPolicy& p) { p.largest_step = std::nan(""); }));
  EXPECT_TRUE(refuses([](ApplyPolicy& p) { p.dead_band = -0.1; }));
  EXPECT_TRUE(refuses([](ApplyPolicy& p) { p.agreeing_looks = 0; }));
  EXPECT_TRUE(refuses([](ApplyPolicy& p) { p.rest_seconds = -1; }));
  EXPECT_TRUE(refuses([](ApplyPolicy& p) { p.back_off_seconds = 0; }));
  EXPECT_TRUE(refuses([](ApplyPolicy& p) { p.back_off_most_seconds = 1; }));
  EXPECT_TRUE(refuses([](ApplyPolicy& p) { p.hours = {{60, 60}}; }));
  EXPECT_TRUE(refuses([](ApplyPolicy& p) { p.hours = {{0, 1441}}; }));
  EXPECT_TRUE(refuses([](ApplyPolicy& p) { p.hours = {{-1, 5}}; }));
}

// A server that starts at 100 workers, and a proposal of `wanted` workers each eleven minutes,
// off by a random factor.
struct Loop {
  std::vector<PastChange> history;
  std::int64_t workers = 100;
  std::vector<int> rounds;  // in which something was changed

  Loop(double wanted, double noise, std::uint32_t seed, int count) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal(0, noise);
    Instant now = kNoon;
    std::vector<std::vector<Change>> looks;
    for (int round = 0; round < count; ++round, now += minutes(11)) {
      const auto to =
          static_cast<std::int64_t>(std::lround(wanted * std::exp(normal(random)) / 25)) * 25;
      looks.emplace_back();
      if (to != workers) looks.back().push_back(change("MaxRequestWorkers", workers, to));
      const auto admission = admit({looks, 25}, automatic(), history, {now, 0});
      if (admission.answer != Answer::Allowed) continue;
      looks.clear();
      history.push_back(past(now, workers, admission.changes[0].to, WatchVerdict::Keep));
      history.back().shortened = admission.shortened;
      workers = admission.changes[0].to;
      rounds.push_back(round);
    }
  }
};

TEST(Admission, ConvergesAndThenIsStill) {
  for (const double wanted : {25.0, 400.0, 1600.0, 6400.0}) {
    const Loop loop(wanted, 0, 1, 1100);
    EXPECT_NEAR(std::log(static_cast<double>(loop.workers) / wanted), 0, std::log(1.15)) << wanted;
    EXPECT_LE(loop.rounds.size(), 8U);
    EXPECT_LT(loop.rounds.back(), 100) << "and then a thousand rounds of nothing";
  }
}

TEST(Admission, IsStillThoughTheProposalsWaver) {
  // Eleven minutes a round: 2,000 are two weeks, less than what is remembered.
  for (const double noise : {0.05, 0.1})
    for (std::uint32_t seed = 0; seed < 50; ++seed) {
      const Loop loop(800, noise, seed, 2000);
      EXPECT_LE(loop.rounds.size(), 6U) << noise << " " << seed;
      EXPECT_LT(loop.rounds.back(), 1000) << noise << " " << seed;
      EXPECT_NEAR(std::log(static_cast<double>(loop.workers) / 800), 0, 0.35);
    }
}

TEST(Admission, MovesSeldomWhenTheProposalsAreWild) {
  int changes = 0;
  int late = 0;
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    const Loop loop(800, 0.25, seed, 2000);
    changes += static_cast<int>(loop.rounds.size());
    for (const int round : loop.rounds)
      if (round >= 1000) ++late;
    EXPECT_LE(loop.rounds.size(), 8U) << seed;
  }
  EXPECT_LE(changes, 50 * 6);
  EXPECT_LE(late, 25) << "half a change in a week";
}

}  // namespace
}  // namespace mpm::apply
