// SPDX-License-Identifier: Apache-2.0
//
// A graceful restart foretold. The counts are those that httpd 2.4.71 was measured with.
#include "agent/target/reload_risk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mpm {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Instant kNow{std::chrono::milliseconds(1'795'423'200'000)};

// `count` processes of `threads` threads, `busy` of them busy in each, begun `seconds` ago.
struct Pool {
  std::int32_t count = 1, threads = 1, busy = 0;
  double seconds = 0.1;
};

Scoreboard board_of(const Pool& pool) {
  Scoreboard board;
  board.generation = 3;
  for (std::int32_t slot = 0; slot < pool.count; ++slot) {
    ProcessScore& process = board.processes.emplace_back();
    process.slot = slot;
    process.pid = 100 + slot;
    process.generation = 3;
    for (std::int32_t thread = 0; thread < pool.threads; ++thread) {
      WorkerScore& worker = process.workers.emplace_back();
      worker.state = thread < pool.busy ? WorkerState::Writing : WorkerState::Ready;
      worker.start_us = std::chrono::microseconds(kNow.time_since_epoch()).count() -
                        static_cast<std::int64_t>(pool.seconds * 1e6);
    }
  }
  return board;
}

RiskQuestion prefork(const Pool& pool) {
  RiskQuestion question;
  question.board = board_of(pool);
  question.now = kNow;
  question.after = {Mpm::Prefork, Processes{256}, 1, Workers{256}, Processes{5}, Workers{5}};
  return question;
}
RiskQuestion event(const Pool& pool, std::int64_t server_limit, std::int64_t start) {
  RiskQuestion question;
  question.board = board_of(pool);
  question.now = kNow;
  question.after = {Mpm::Event,   Processes{server_limit}, 25,
                    Workers{400}, Processes{start},        Workers{75}};
  return question;
}

TEST(ReloadRisk, OfAnIdleServerIsNone) {
  RiskQuestion question = event({.count = 3, .threads = 25}, 16, 3);
  const ReloadRisk risk = reload_risk(question);
  EXPECT_TRUE(risk.harmless());
  EXPECT_THAT(risk.sentences, IsEmpty());
  EXPECT_FALSE(risk.start_servers);
  EXPECT_FALSE(risk.server_limit);
}

// Measured: 5 6 7 ... 16 18 22 30 46 78 110 142 174 206 238 256, about 20 s.
TEST(ReloadRisk, TellsThatABusyPoolGrowsBackOneASecond) {
  const ReloadRisk risk = reload_risk(prefork({.count = 128, .busy = 1}));
  EXPECT_EQ(risk.busy, Workers{128});
  EXPECT_EQ(risk.at_first, Workers{5});
  EXPECT_EQ(risk.wanted, Processes{133});
  EXPECT_NEAR(risk.recovery_seconds, 18, 3);
  ASSERT_TRUE(risk.start_servers);
  EXPECT_EQ(*risk.start_servers, Processes{133});
  EXPECT_THAT(risk.sentences, Contains(HasSubstr("StartServers 133 instead of 5")));
}

// Measured: 16 0 1 2 3 ... 11 13 16.
TEST(ReloadRisk, TellsThatEventWithoutASpareSlotGoesDeafForTwoSeconds) {
  const ReloadRisk risk = reload_risk(event({.count = 16, .threads = 25}, 16, 2));
  EXPECT_FALSE(risk.blocked);
  EXPECT_EQ(risk.outage_seconds, 2);
  EXPECT_EQ(risk.at_first, Workers{25});
}

// Measured: full again after one second.
TEST(ReloadRisk, IsSmallWithRoomForTwoGenerations) {
  RiskQuestion question = event({.count = 16, .threads = 25, .busy = 20}, 32, 16);
  const ReloadRisk risk = reload_risk(question);
  EXPECT_EQ(risk.outage_seconds, 1);
  EXPECT_EQ(risk.recovery_seconds, 1);
  EXPECT_FALSE(risk.start_servers);
  EXPECT_FALSE(risk.server_limit);
}

TEST(ReloadRisk, S10_TellsAnOutageWhereOldProcessesHoldEverySlot) {
  RiskQuestion question = event({.count = 2, .threads = 4, .busy = 1, .seconds = 70}, 2, 2);
  question.after.threads_per_child = 4;
  question.after.worker_limit = Workers{8};
  const ReloadRisk risk = reload_risk(question);
  EXPECT_TRUE(risk.blocked);
  EXPECT_FALSE(risk.harmless());
  EXPECT_EQ(risk.room, Processes{0});
  EXPECT_EQ(risk.at_first, Workers{0});
  EXPECT_THAT(risk.sentences, Contains(HasSubstr("No new process can start")));
  ASSERT_THAT(risk.long_requests, SizeIs(2));
  EXPECT_EQ(risk.long_requests[0].pid, 100);
  EXPECT_NEAR(risk.long_requests[0].seconds, 70, 0.01);
  ASSERT_TRUE(risk.server_limit);
  EXPECT_EQ(*risk.server_limit, Processes{4});
}

// Prefork's twin: MaxRequestWorkers 10 to 4 while 8 requests are held.
TEST(ReloadRisk, S10_TellsThatALoweredLimitOfPreforkIsHeldByOldChildren) {
  RiskQuestion question = prefork({.count = 8, .busy = 1, .seconds = 70});
  question.after.worker_limit = Workers{4};
  EXPECT_TRUE(reload_risk(question).blocked);
  question.after.worker_limit = Workers{9};
  EXPECT_FALSE(reload_risk(question).blocked);
}

TEST(ReloadRisk, IsNotBlockedByRequestsThatAreSoonOver) {
  RiskQuestion question = event({.count = 16, .threads = 25, .busy = 20, .seconds = 0.2}, 16, 2);
  EXPECT_FALSE(reload_risk(question).blocked);
  // Where nobody says when they began, they may be long.
  for (ProcessScore& process : question.board.processes)
    for (WorkerScore& worker : process.workers)
      worker.start_us = 0;
  EXPECT_TRUE(reload_risk(question).blocked);
}

TEST(ReloadRisk, CountsProcessesThatAreOnTheirWayOutAlready) {
  RiskQuestion question = event({.count = 4, .threads = 25}, 4, 2);
  question.after.worker_limit = Workers{100};
  for (ProcessScore& process : question.board.processes)
    process.generation = 2;
  EXPECT_TRUE(reload_risk(question).blocked);
}

TEST(ReloadRisk, NamesOnlyRequestsThatAreLong) {
  RiskQuestion question = event({.count = 1, .threads = 25, .busy = 2, .seconds = 2}, 16, 3);
  question.board.processes[0].workers[1].start_us -= 10'000'000;
  question.board.processes[0].workers[1].pid = 77;  // an old process whose slot a new one has
  question.board.processes[0].workers[0].state = WorkerState::Keepalive;
  question.board.processes[0].workers[0].start_us -= 100'000'000;
  const ReloadRisk risk = reload_risk(question);
  ASSERT_THAT(risk.long_requests, SizeIs(1));
  EXPECT_EQ(risk.long_requests[0].pid, 77);
}

TEST(ReloadRisk, OffersTheCalmestHour) {
  RiskQuestion question = prefork({.count = 100, .busy = 1});
  EXPECT_FALSE(reload_risk(question).calmest_hour);
  question.busy_by_hour[4] = 3;
  question.busy_by_hour[5] = 4;
  question.busy_by_hour[14] = 90;
  EXPECT_EQ(reload_risk(question).calmest_hour, 4);
  EXPECT_THAT(reload_risk(question).sentences, Contains(HasSubstr("04:00 to 05:00")));
  question.busy_by_hour.fill(90);
  EXPECT_FALSE(reload_risk(question).calmest_hour) << "no hour is much calmer";
}

TEST(ReloadRisk, SurvivesSettingsOfZero) {
  RiskQuestion question;
  const ReloadRisk risk = reload_risk(question);
  EXPECT_GE(risk.recovery_seconds, 0);
}

}  // namespace
}  // namespace mpm
