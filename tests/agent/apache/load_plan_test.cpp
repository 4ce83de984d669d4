// SPDX-License-Identifier: Apache-2.0
#include "agent/apache/load_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mpm {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

ValueChange change(std::string directive, std::int64_t from, std::int64_t to) {
  return {std::move(directive), from, to};
}

LoadPlan plan_for(std::vector<ValueChange> changes, Mpm mpm = Mpm::Event) {
  LoadQuestion question;
  question.running_mpm = mpm;
  question.configured_mpm = mpm;
  question.running = {16, mpm == Mpm::Prefork ? 1 : 64};
  question.threads_per_child = mpm == Mpm::Prefork ? 1 : 25;
  question.changes = std::move(changes);
  return load_plan(question);
}

TEST(LoadPlan, WithoutAChangeIsGraceful) {
  EXPECT_EQ(plan_for({}).way, LoadWay::Graceful);
  EXPECT_THAT(plan_for({}).reasons, IsEmpty());
}

TEST(LoadPlan, TakesTheStrongestWayThatAnyChangeNeeds) {
  const LoadPlan plan = plan_for({change("StartServers", 3, 5),
                                  {"ExtendedStatus", std::string("Off"), std::string("On")},
                                  change("ServerLimit", 16, 32)});
  EXPECT_EQ(plan.way, LoadWay::StopStart);
  ASSERT_EQ(plan.reasons.size(), 3U);
  EXPECT_EQ(plan.reasons[0].directive, "ServerLimit");
  EXPECT_EQ(plan.reasons[1].way, LoadWay::Restart);
  EXPECT_THAT(plan.reasons[1].sentence, HasSubstr("ExtendedStatus Off to On"));
  EXPECT_EQ(plan.reasons[2].way, LoadWay::Graceful);
}

TEST(LoadPlan, S02_NeverReloadsIntoAnotherMpm) {
  LoadQuestion question;
  question.running_mpm = Mpm::Event;
  question.configured_mpm = Mpm::Prefork;
  const LoadPlan plan = load_plan(question);
  EXPECT_EQ(plan.way, LoadWay::StopStart);
  ASSERT_EQ(plan.reasons.size(), 1U);
  EXPECT_THAT(plan.reasons[0].sentence, HasSubstr("from event to prefork"));
  EXPECT_THAT(plan.reasons[0].sentence, HasSubstr("AH00534"));
}

TEST(LoadPlan, S17_NeverLeavesALimitToAReload) {
  const LoadPlan servers = plan_for({change("ServerLimit", 16, 32)});
  EXPECT_EQ(servers.way, LoadWay::StopStart);
  EXPECT_THAT(servers.reasons[0].sentence, HasSubstr("AH00501"));
  EXPECT_THAT(plan_for({change("ServerLimit", 256, 300)}, Mpm::Prefork).reasons[0].sentence,
              HasSubstr("AH00179"));
  EXPECT_THAT(plan_for({change("ThreadLimit", 64, 128)}, Mpm::Worker).reasons[0].sentence,
              HasSubstr("AH00309"));
  EXPECT_EQ(plan_for({change("ServerLimit", 16, 8)}).way, LoadWay::StopStart);
}

TEST(LoadPlan, S18_NeverLeavesTheBacklogToAReload) {
  const LoadPlan plan = plan_for({change("ListenBacklog", 511, 100)});
  EXPECT_EQ(plan.way, LoadWay::StopStart);
  EXPECT_THAT(plan.reasons[0].sentence, HasSubstr("nothing in the log"));
}

TEST(LoadPlan, StopsWhereTheRunningLimitsWouldCut) {
  // 16 processes of 25 threads are what the running server has room for.
  EXPECT_EQ(plan_for({change("MaxRequestWorkers", 300, 400)}).way, LoadWay::Graceful);
  const LoadPlan beyond = plan_for({change("MaxRequestWorkers", 300, 425)});
  EXPECT_EQ(beyond.way, LoadWay::StopStart);
  EXPECT_THAT(beyond.reasons[0].sentence, HasSubstr("needs 17 processes"));
  EXPECT_THAT(beyond.reasons[0].sentence, HasSubstr("cut it to 400 workers"));
  EXPECT_EQ(plan_for({change("MaxRequestWorkers", 10, 17)}, Mpm::Prefork).way, LoadWay::StopStart);
  EXPECT_EQ(plan_for({change("MaxRequestWorkers", 10, 16)}, Mpm::Prefork).way, LoadWay::Graceful);
  EXPECT_EQ(plan_for({change("ThreadsPerChild", 25, 64)}).way, LoadWay::Graceful);
  EXPECT_EQ(plan_for({change("ThreadsPerChild", 25, 65)}).way, LoadWay::StopStart);
}

TEST(LoadPlan, CutsNothingByLimitsThatAreUnknown) {
  LoadQuestion question;
  question.running_mpm = Mpm::Event;
  question.threads_per_child = 25;
  question.changes = {change("MaxRequestWorkers", 100, 100000), change("ThreadsPerChild", 5, 500)};
  EXPECT_EQ(load_plan(question).way, LoadWay::Graceful);
}

}  // namespace
}  // namespace mpm
