// SPDX-License-Identifier: Apache-2.0
//
// A backend behind a server whose limit is never reached: that does less the more wait for it, or
// is full with few.
#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "agent/advise/recommend.h"
#include "agent/observe/observation.h"
#include "tests/agent/advise/proposal_parts.h"
#include "tests/support/samples.h"

namespace mpm {
namespace {

constexpr int kPeriod = 150;  // seconds from one rise to the next

// What ends a second while so many are busy, that many seconds into a period.
using Ending = std::function<double(double busy, int second)>;
using Coming = std::function<double(int second)>;

// Ten minutes of a server of 900 workers.
Observation seen_with(const Coming& coming, const Ending& ending) {
  double busy = 20;
  double served = 0;
  const auto samples = window(600, [&](Sample& sample, int second) {
    const double comes = coming(second % kPeriod);
    const double ends = std::min(busy + comes, ending(busy, second % kPeriod));
    busy = std::clamp(busy + comes - ends, 12.0, 890.0);
    served += ends;
    sample.accesses = static_cast<std::int64_t>(served);
    sample.tally.busy = static_cast<std::int64_t>(busy);
    sample.tally.idle = 900 - sample.tally.busy;
    sample.listeners = {listener(0, 0)};
  });
  Observation seen = event();
  seen.worker_limit = 900;
  put(seen, "MaxRequestWorkers", 900);
  put(seen, "ServerLimit", 72);
  seen.load = observe(samples, settings_of(Mpm::Event, 900, {})).load;
  return seen;
}

// 120 a second come, then for ten seconds 260, and few as long as nobody is answered.
double crowd(int second) {
  return second < 80 ? 120 : second < 90 ? 260 : 10;
}

// 20 at once serve 200 a second, and of each that waits it becomes slower.
double overrun(double busy, int /*second*/) {
  return busy <= 20 ? 10 * busy : std::max(40.0, 200 - 0.4 * (busy - 20));
}

TEST(Collapse, OfABackendTakesWorkersAwayBelowTheLimit) {
  const Observation seen = seen_with(crowd, overrun);
  const Proposal proposal = recommend(seen);
  ASSERT_TRUE(seen.load.plateau);
  EXPECT_EQ(seen.load.pinned_share, 0);
  EXPECT_LT(seen.load.plateau->fading_per_second, 140);
  const Change* workers = change(proposal, "MaxRequestWorkers");
  ASSERT_NE(workers, nullptr) << proposal.verdict;
  EXPECT_LE(workers->to, 50);
  EXPECT_NE(workers->because.find("requests at once fewer of them end"), std::string::npos)
      << workers->because;
  ASSERT_NE(change(proposal, "ListenBacklog"), nullptr);
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
}

// For a minute nothing ends until all clients wait, and then as much as ever.
TEST(Collapse, IsNotSeenInALock) {
  const Observation seen = seen_with(
      [](int second) { return second < 10   ? 60
                              : second < 60 ? 0
                                            : 60; },
      [](double busy, int second) { return second < 60 ? 0 : 10 * std::min(busy, 20.0); });
  ASSERT_TRUE(seen.load.plateau);
  EXPECT_LT(seen.load.plateau->most_per_second, 0.7 * seen.load.plateau->best_per_second);
  EXPECT_GE(seen.load.plateau->fading_per_second, seen.load.plateau->best_per_second);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr);
}

// Four hundred long downloads by night and many short requests by day: few end when many are busy,
// but few come as well.
TEST(Collapse, IsNotSeenInLongRequests) {
  const auto seen =
      seen_with([](int second) { return second < 60    ? 12
                                        : second < 110 ? 10
                                                       : 110; },
                [](double busy, int second) {
                  return second < 60 ? 5 : second < 110 ? std::min(10 * busy, 18.0) : 10 * busy;
                });
  ASSERT_TRUE(seen.load.plateau);
  EXPECT_LT(seen.load.plateau->most_per_second, 0.7 * seen.load.plateau->best_per_second);
  EXPECT_GT(seen.load.plateau->fading_per_second, 0);
  EXPECT_LT(seen.load.plateau->fading_per_second, 0.7 * seen.load.plateau->best_per_second);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr);
}

// A fall that was hardly seen tells nothing, and neither does one in which as much ended as ever.
TEST(Collapse, IsBelievedOnlyWhereItWasSeenInTheFallAsWell) {
  Observation seen = seen_with(crowd, overrun);
  seen.load.plateau->fading_per_second = 0;
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr);
  seen.load.plateau->fading_per_second = 0.95 * seen.load.plateau->best_per_second;
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr);
  EXPECT_EQ(change(recommend(seen), "ListenBacklog"), nullptr);
}

// 20 % less is chance, or other requests, unless each takes four times as long.
TEST(Collapse, OfALittleIsBelievedWhereEachTakesFarLonger) {
  Observation seen = seen_with(crowd, overrun);
  seen.load.plateau = {
      .workers = 20,
      .per_second = 200,
      .best_per_second = 200,
      .end_workers = 22,
      .onset_arrivals = 180,
      .most_workers = 60,
      .most_per_second = 160,
      .onset_workers = 0,
      .fading_per_second = 160,
  };
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr);
  seen.load.plateau->most_workers = 80;
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 25) << "1.15 x 22 + 1, in processes of 25";
}

// 11 of 400 are busy at most, and with 2 of them a backend is full.
Observation unused() {
  Observation seen = event();
  seen.worker_limit = 400;
  put(seen, "MaxRequestWorkers", 400);
  seen.load.busy = flat(11);
  seen.load.completed_per_second = 40;
  seen.load.plateau = {2, 117, 117, 11, 43, 11, 114};
  return seen;
}

TEST(Room, BeyondTheNeedIsLeftWhereABackendIsFullWithFew) {
  Observation seen = unused();
  const Proposal proposal = recommend(seen);
  const Change* workers = change(proposal, "MaxRequestWorkers");
  ASSERT_NE(workers, nullptr) << proposal.verdict;
  EXPECT_EQ(workers->to, 19) << "1.3 x (1.1 x 11 + 2), in one process";
  EXPECT_NE(workers->because.find("full with 2 requests at once"), std::string::npos)
      << workers->because;
  EXPECT_EQ(change(proposal, "ListenBacklog"), nullptr);
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
  seen.load.busy = flat(100);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr)
      << "224, twice as many as are needed, are more than half";
  seen = unused();
  seen.load.connections = flat(300);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr) << "they hold connections";
  seen = unused();
  seen.load.plateau.reset();
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr) << "nothing is full";
}

// 120 that waited could serve with the 19 that a backend holds, and would be too many.
TEST(Room, ForWaitsIsNoneWhereABackendsCapWouldDrownInThem) {
  Observation seen = event();
  seen.mpm = Mpm::Worker;
  seen.worker_limit = 400;
  put(seen, "MaxRequestWorkers", 400);
  saturate(seen);
  seen.load.keepalive = flat(120);
  seen.load.plateau = {12, 180, 190, 16, 260, 400, 30};
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 19);
  ASSERT_NE(change(proposal, "KeepAliveTimeout"), nullptr);
  EXPECT_EQ(change(proposal, "KeepAliveTimeout")->to, 0);
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
  seen.load.keepalive = flat(12);
  const Proposal few = recommend(seen);
  ASSERT_NE(change(few, "MaxRequestWorkers"), nullptr) << few.verdict;
  EXPECT_EQ(change(few, "MaxRequestWorkers")->to, 25) << "19 and 1.3 x 12, in a process of 25";
  EXPECT_EQ(change(few, "KeepAliveTimeout"), nullptr);
}

}  // namespace
}  // namespace mpm
