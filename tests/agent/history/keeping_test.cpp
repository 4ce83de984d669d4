// SPDX-License-Identifier: Apache-2.0
//
// What is kept: minutes and hours that go on from what the database holds, the steps of a question,
// marks, and what is forgotten.
#include <gtest/gtest.h>

#include "agent/history/history.h"
#include "tests/support/samples.h"

namespace mpm {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const Instant kBegin = beginning_of(kNoon, hours(1)) + hours(1);
const std::string kServer = "0.0.0.0:80 /etc/apache2/apache2.conf";

class Kept : public testing::Test {
 protected:
  Kept() : history_(std::move(*History::open(":memory:"))) {}

  // A look a second in [from, to) seconds after kBegin, 50 requests each.
  void look(int from, int to, const std::function<void(Sample&, int)>& change = {}) {
    std::vector<StoredSample> samples;
    for (int second = from; second < to; ++second) {
      Sample sample;
      sample.at = kBegin + seconds(second);
      sample.pid = 1;
      sample.restarted = kBegin - hours(1);
      sample.accesses = 50 * second;
      sample.tally.busy = second % 100;
      sample.worker_limit = 400;
      if (change) change(sample, second);
      samples.push_back({kServer, sample});
    }
    ASSERT_TRUE(history_.append(samples));
  }
  History::Series series(int from, int to, milliseconds step) {
    auto found = history_.series(kServer, kBegin + seconds(from), kBegin + seconds(to), step);
    EXPECT_TRUE(found) << found.error().what;
    return found ? *found : History::Series{};
  }
  Remembered remembered(Instant from, Instant to, std::int64_t worker_limit = 40) {
    auto found = history_.remembered(kServer, from, to, worker_limit);
    EXPECT_TRUE(found) << found.error().what;
    return found ? std::move(*found) : Remembered{};
  }
  std::int64_t requests(const History::Series& found) {
    std::int64_t sum = 0;
    for (const Rollup& step : found.steps)
      sum += step.requests;
    return sum;
  }

  History history_;
};

TEST_F(Kept, StepsBelowAMinuteAreOfTheLooksThemselves) {
  look(0, 600);
  const auto found = series(0, 600, seconds(10));
  EXPECT_EQ(found.resolution, Resolution::Sample);
  ASSERT_EQ(found.steps.size(), 60U);
  EXPECT_EQ(found.steps[5].looks, 10);
  EXPECT_EQ(found.steps[5].requests, 500);
}

TEST_F(Kept, AQuestionFromBeforeTheBeginGetsFineStepsAllTheSame) {
  look(0, 600);
  ASSERT_TRUE(history_.roll_up(kBegin + seconds(700)));
  EXPECT_EQ(series(-7200, 600, seconds(10)).resolution, Resolution::Sample);
  EXPECT_EQ(series(-7200, 600, seconds(10)).steps.size(), 60U);
}

TEST_F(Kept, MinutesThatAreNotSummedUpYetAreMadeOfTheirLooks) {
  look(0, 600);
  ASSERT_TRUE(history_.roll_up(kBegin + seconds(330)));
  const auto found = series(0, 600, minutes(1));
  EXPECT_EQ(found.resolution, Resolution::Minute);
  ASSERT_EQ(found.steps.size(), 10U);
  for (std::size_t i = 1; i < found.steps.size(); ++i)
    EXPECT_EQ(found.steps[i].requests, 3000) << i;
}

TEST_F(Kept, HoursGoOnInMinutesAndTheseInLooks) {
  look(0, 2 * 3600 + 1800);
  ASSERT_TRUE(history_.roll_up(kBegin + seconds(2 * 3600 + 1700)));
  const auto found = series(0, 3 * 3600, hours(1));
  EXPECT_EQ(found.resolution, Resolution::Hour);
  ASSERT_EQ(found.steps.size(), 3U);
  EXPECT_EQ(found.steps[1].requests, 3600 * 50);
  EXPECT_EQ(found.steps[2].requests, 1800 * 50);
  EXPECT_EQ(found.steps[1].looks, 3600);
}

TEST_F(Kept, SummingUpGoesOnWhereItWasLeft) {
  for (int minute = 0; minute < 180; ++minute) {
    look(60 * minute, 60 * (minute + 1));
    // Now and then the agent is away, or does the same once more.
    if (minute % 7 == 3) continue;
    ASSERT_TRUE(history_.roll_up(kBegin + seconds(60 * (minute + 1))));
    if (minute % 5 == 1) {
      ASSERT_TRUE(history_.roll_up(kBegin + seconds(60 * (minute + 1))));
    }
  }
  const auto found = series(0, 180 * 60, minutes(1));
  ASSERT_EQ(found.steps.size(), 180U);
  EXPECT_EQ(requests(found), (180 * 60 - 1) * 50);
}

TEST_F(Kept, AClockThatWasPutBackStopsNothing) {
  look(7200, 7320);
  ASSERT_TRUE(history_.roll_up(kBegin + seconds(7400)));
  look(0, 120);
  ASSERT_TRUE(history_.roll_up(kBegin + seconds(200)));
  EXPECT_EQ(series(0, 180, minutes(1)).steps.size(), 2U);
}

// Full for half of each minute, 400 workers and then 40: of many, fewer end.
TEST_F(Kept, WhatAPoolBroughtWhileItWasFull) {
  std::int64_t served = 0;
  look(0, 600, [&](Sample& sample, int second) {
    const bool many = second < 330;
    const bool full = second % 60 >= 30;
    sample.worker_limit = many ? 400 : 40;
    sample.generation = many ? 0 : 1;
    sample.tally.busy = full ? sample.worker_limit : 10;
    served += full && many ? 30 : 50;
    sample.accesses = served;
  });
  ASSERT_TRUE(history_.roll_up(kBegin + seconds(700)));
  const auto pools = remembered(kBegin, kBegin + seconds(700)).full_pools;
  ASSERT_EQ(pools.size(), 2U);
  EXPECT_EQ(pools[0].workers, 40);
  EXPECT_DOUBLE_EQ(pools[0].seconds, 4 * 30);
  EXPECT_DOUBLE_EQ(pools[0].per_second, 50);
  EXPECT_EQ(pools[1].workers, 400);
  EXPECT_DOUBLE_EQ(pools[1].per_second, 30);
  EXPECT_EQ(pools[1].at, kBegin + seconds(240)) << "in the next minute it was reloaded";
  EXPECT_TRUE(remembered(kBegin + seconds(600), kBegin + hours(1)).full_pools.empty());
  EXPECT_TRUE(history_.remembered("another", kBegin, kBegin + hours(1), 40)->full_pools.empty());
}

// All are busy, and most of them with nothing but an idle client.
TEST_F(Kept, APoolThatWaitedForClientsBroughtNothing) {
  look(0, 600, [](Sample& sample, int second) {
    sample.worker_limit = sample.tally.busy = 400;
    sample.tally.keepalive = second < 300 ? 390 : 100;
    sample.accesses = 30 * second;
  });
  ASSERT_TRUE(history_.roll_up(kBegin + seconds(700)));
  const auto pools = remembered(kBegin, kBegin + seconds(700)).full_pools;
  ASSERT_EQ(pools.size(), 1U);
  EXPECT_DOUBLE_EQ(pools.front().seconds, 300);
}

// 300 of 400 are busy for three minutes of ten, and never all of them; later there are 40.
TEST_F(Kept, WhatACrowdBroughtInAPoolThatWasNotFull) {
  std::int64_t served = 0;
  look(0, 900, [&](Sample& sample, int second) {
    const bool crowd = second >= 120 && second < 300;
    sample.worker_limit = second < 630 ? 400 : 40;
    sample.generation = second < 630 ? 0 : 1;
    sample.tally.busy = crowd ? 310 : 20;
    sample.tally.keepalive = 10;
    served += crowd ? 25 : 50;
    sample.accesses = served;
  });
  ASSERT_TRUE(history_.roll_up(kBegin + seconds(1000)));
  const auto crowd = remembered(kBegin, kBegin + seconds(1000), 40).crowd;
  ASSERT_TRUE(crowd);
  EXPECT_EQ(crowd->workers, 300);
  EXPECT_DOUBLE_EQ(crowd->seconds, 180);
  EXPECT_DOUBLE_EQ(crowd->per_second, 25);
  EXPECT_EQ(crowd->at, kBegin + seconds(240));
  EXPECT_FALSE(remembered(kBegin, kBegin + seconds(1000), 300).crowd) << "no more than now";
  EXPECT_FALSE(history_.remembered("another", kBegin, kBegin + seconds(1000), 40)->crowd);
}

// All 256 are busy for five minutes of ten, 166 of them with an idle client; later none is.
TEST_F(Kept, WhatThoseBroughtThatServedWhileMostWaited) {
  std::int64_t served = 0;
  look(0, 600, [&](Sample& sample, int second) {
    const bool waited = second < 300;
    sample.worker_limit = sample.tally.busy = 256;
    sample.tally.keepalive = waited ? 166 : 0;
    served += waited ? 400 : 320;
    sample.accesses = served;
  });
  ASSERT_TRUE(history_.roll_up(kBegin + seconds(700)));
  const auto found = remembered(kBegin, kBegin + seconds(700)).served;
  ASSERT_TRUE(found);
  EXPECT_EQ(found->workers, 90);
  EXPECT_DOUBLE_EQ(found->seconds, 299) << "none before the first look";
  EXPECT_DOUBLE_EQ(found->per_second, 400);
  EXPECT_EQ(found->at, kBegin + seconds(240));
  EXPECT_FALSE(remembered(kBegin + seconds(300), kBegin + seconds(700)).served);
  EXPECT_FALSE(history_.remembered("another", kBegin, kBegin + seconds(700), 256)->served);
}

TEST_F(Kept, AGapHasNoSteps) {
  look(0, 120);
  look(600, 720);
  ASSERT_TRUE(history_.roll_up(kBegin + seconds(800)));
  const auto found = series(0, 720, minutes(1));
  ASSERT_EQ(found.steps.size(), 4U);
  EXPECT_EQ(found.steps[2].at, kBegin + seconds(600));
}

TEST_F(Kept, OldStepsAreThereWhenTheirLooksAreForgotten) {
  look(0, 3600);
  ASSERT_TRUE(history_.roll_up(kBegin + hours(2)));
  Keeping keep;
  keep.samples = hours(1);
  while (*history_.forget(keep, kBegin + hours(3)))
    continue;
  EXPECT_TRUE(history_.range(kServer, kBegin, kBegin + hours(1))->empty());
  const auto found = series(0, 3600, seconds(1));
  EXPECT_EQ(found.resolution, Resolution::Minute) << "there is nothing finer";
  EXPECT_EQ(found.steps.size(), 60U);
}

TEST_F(Kept, ProcessesAreForgottenBeforeTheirSamples) {
  look(0, 60, [](Sample& sample, int) { sample.processes.push_back(process(7, 1, 2)); });
  Keeping keep;
  keep.samples = hours(48);
  keep.processes = hours(1);
  ASSERT_TRUE(history_.forget(keep, kBegin + hours(1) + seconds(30)));
  const auto samples = history_.range(kServer, kBegin, kBegin + hours(1));
  ASSERT_EQ(samples->size(), 60U);
  EXPECT_TRUE(samples->front().processes.empty());
  EXPECT_FALSE(samples->back().processes.empty());
}

TEST_F(Kept, WhatIsTooMuchGoesTheOldestFirst) {
  look(0, 4 * 3600);
  ASSERT_TRUE(history_.roll_up(kBegin + hours(5)));
  const Bytes before = *history_.size();
  Keeping keep;
  keep.most = before / 2;
  int rounds = 0;
  while (*history_.forget(keep, kBegin + hours(5)) && ++rounds < 50)
    continue;
  EXPECT_LE(history_.size()->value, keep.most.value);
  const auto left = history_.range(kServer, kBegin, kBegin + hours(5));
  ASSERT_FALSE(left->empty());
  EXPECT_GT(left->front().at, kBegin + hours(1));
  EXPECT_EQ(left->back().at, kBegin + seconds(4 * 3600 - 1));
  EXPECT_EQ(series(0, 4 * 3600, minutes(1)).steps.size(), 240U) << "their minutes stay";
}

TEST_F(Kept, S09_MarksTellARestartFromAReload) {
  look(0, 60, [](Sample& sample, int second) {
    if (second >= 20) sample.generation = 1;
    if (second >= 40) {
      sample.generation = 2;
      sample.accesses = second - 40;
      sample.restarted = kBegin + seconds(40);
    }
    if (second >= 50) sample.pid = 99;
  });
  const auto marks = history_.marks(kServer, kBegin, kBegin + hours(1));
  ASSERT_EQ(marks->size(), 4U);
  EXPECT_EQ((*marks)[0].mark.kind, MarkKind::Began);
  EXPECT_EQ((*marks)[1].mark.kind, MarkKind::Reloaded);
  EXPECT_EQ((*marks)[1].mark.at, kBegin + seconds(20));
  EXPECT_EQ((*marks)[2].mark.kind, MarkKind::Restarted);
  EXPECT_EQ((*marks)[3].mark.sentence, "It was stopped and started: process 1 became 99.");
}

TEST_F(Kept, AProposalIsNotedOnceUntilItIsAnother) {
  Proposal proposal;
  ASSERT_TRUE(history_.append(kServer, proposal, kBegin));
  EXPECT_TRUE(history_.marks(kServer, kBegin, kBegin + hours(1))->empty()) << "nothing was to do";
  Change change;
  change.directive = "MaxRequestWorkers";
  change.from = 150;
  change.to = 400;
  proposal.changes.push_back(change);
  ASSERT_TRUE(history_.append(kServer, proposal, kBegin + seconds(1)));
  ASSERT_TRUE(history_.append(kServer, proposal, kBegin + seconds(2)));
  proposal.changes.clear();
  ASSERT_TRUE(history_.append(kServer, proposal, kBegin + seconds(3)));
  const auto marks = history_.marks(kServer, kBegin, kBegin + hours(1));
  ASSERT_EQ(marks->size(), 2U);
  EXPECT_EQ((*marks)[0].mark.sentence, "Recommended was MaxRequestWorkers 150 to 400.");
  EXPECT_EQ((*marks)[0].proposal->changes.size(), 1U);
  EXPECT_EQ((*marks)[1].mark.sentence, "Nothing was to be changed.");
}

// More looks move its number; that is no other recommendation until it is far off, or later.
TEST_F(Kept, AProposalThatSettlesIsNotedOnce) {
  Proposal proposal;
  Change& change = proposal.changes.emplace_back();
  change.directive = "MaxRequestWorkers";
  change.from = 64;
  const auto noted = [&](std::int64_t to, seconds after) {
    change.to = to;
    EXPECT_TRUE(history_.append(kServer, proposal, kBegin + after));
    return history_.marks(kServer, kBegin, kBegin + hours(1))->size();
  };
  EXPECT_EQ(noted(128, seconds(1)), 1U);
  EXPECT_EQ(noted(112, seconds(10)), 1U);
  EXPECT_EQ(noted(192, seconds(20)), 1U) << "half as many again";
  EXPECT_EQ(noted(208, seconds(30)), 2U);
  EXPECT_EQ(noted(240, seconds(629)), 2U);
  EXPECT_EQ(noted(240, seconds(630)), 3U) << "ten minutes later it is news";
  change.from = 32;
  EXPECT_EQ(noted(240, seconds(640)), 4U) << "of another value in force";
}

}  // namespace
}  // namespace mpm
