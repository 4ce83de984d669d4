// SPDX-License-Identifier: Apache-2.0
#include "agent/service/verdict.h"

#include <gmock/gmock.h>

namespace mpm {
namespace {

using testing::HasSubstr;

TargetStatus with(WorkerCounts workers, std::int64_t queue = 0) {
  TargetStatus status;
  status.workers = workers;
  status.listeners.push_back({.address = "127.0.0.1", .port = 80, .queue = queue});
  return status;
}

TEST(Verdict, CallsAServerWithIdleWorkersWell) {
  const Verdict verdict = judge(with({.busy = 41, .idle = 34, .limit = 150}));
  EXPECT_EQ(verdict.health, Health::Well);
  EXPECT_THAT(verdict.sentence, HasSubstr("41 of 150 workers are busy"));
}

TEST(Verdict, S01_CallsAllWorkersBusySaturatedAndCountsWhoWaits) {
  const Verdict verdict = judge(with({.busy = 4, .idle = 0, .limit = 4}, 3));
  EXPECT_EQ(verdict.health, Health::Saturated);
  EXPECT_THAT(verdict.sentence, HasSubstr("All 4 workers are busy and 3 connections wait"));
}

TEST(Verdict, S03_CallsIdleWorkersThatAllRefuseSaturated) {
  const Verdict verdict = judge(with({.busy = 0, .idle = 4, .limit = 4, .deaf = 4}, 2));
  EXPECT_EQ(verdict.health, Health::Saturated);
  EXPECT_THAT(verdict.sentence, HasSubstr("hold too many connections"));
}

TEST(Verdict, DoesNotCallSomeDeafProcessesSaturated) {
  EXPECT_EQ(judge(with({.busy = 10, .idle = 8, .limit = 100, .deaf = 4})).health, Health::Well);
}

TEST(Verdict, S08_DoesNotTakeTheOldGenerationForTheLimit) {
  const Verdict verdict = judge(with({.busy = 9, .idle = 7, .limit = 8, .finishing = 8}));
  EXPECT_EQ(verdict.health, Health::Well);
}

TEST(Verdict, CallsAPoolThatStillGrowsStrained) {
  EXPECT_EQ(judge(with({.busy = 50, .idle = 0, .limit = 400})).health, Health::Strained);
}

TEST(Verdict, CallsAQueueStrainedEvenWithIdleWorkers) {
  const Verdict verdict = judge(with({.busy = 5, .idle = 5, .limit = 100}, 1));
  EXPECT_EQ(verdict.health, Health::Strained);
  EXPECT_THAT(verdict.sentence, HasSubstr("1 connection waits"));
}

TEST(Verdict, CallsNineTenthsBusyStrained) {
  EXPECT_EQ(judge(with({.busy = 90, .idle = 10, .limit = 100})).health, Health::Strained);
  EXPECT_EQ(judge(with({.busy = 89, .idle = 11, .limit = 100})).health, Health::Well);
}

TEST(Verdict, SaysWhenThereIsNoWorkerAtAll) {
  EXPECT_EQ(judge(with({})).health, Health::Unknown);
}

}  // namespace
}  // namespace mpm
