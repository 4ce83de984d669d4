// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/tally.h"

#include <string_view>

#include <gtest/gtest.h>

namespace mpm {
namespace {

// A process with a worker for each letter.
ProcessScore process(std::int32_t slot, std::string_view letters) {
  ProcessScore process;
  process.slot = slot;
  process.pid = 100 + slot;
  for (const char letter : letters) {
    WorkerScore worker;
    worker.state = *worker_state(letter);
    process.workers.push_back(worker);
  }
  return process;
}

constexpr Instant kNow{std::chrono::milliseconds(1'795'000'010'000)};
constexpr std::int64_t kNowUs = 1'795'000'010'000'000;

TEST(Count, CountsEveryLetterOnce) {
  Scoreboard board;
  board.processes = {process(0, "._SRWWKLDCGI")};
  const Tally tally = count(board);
  EXPECT_EQ(tally.busy, 8);
  EXPECT_EQ(tally.idle, 1);
  EXPECT_EQ(tally.starting, 1);
  EXPECT_EQ(tally.reading, 1);
  EXPECT_EQ(tally.writing, 2);
  EXPECT_EQ(tally.keepalive, 1);
  EXPECT_EQ(tally.logging, 1);
  EXPECT_EQ(tally.dns, 1);
  EXPECT_EQ(tally.closing, 1);
  EXPECT_EQ(tally.graceful, 1);
  EXPECT_EQ(tally.finishing, 1);
  EXPECT_EQ(tally.processes, 1);
  EXPECT_EQ(tally.processes_old, 0);
}

TEST(Count, S08_AnEndedThreadOfWorkerIsNotBusy) {
  Scoreboard board;
  board.processes = {process(0, "RGG_")};
  board.mpm = Mpm::Worker;
  EXPECT_EQ(count(board).busy, 1);
  EXPECT_EQ(count(board).finishing, 0);
  board.mpm = Mpm::Event;
  EXPECT_EQ(count(board).busy, 3);
  EXPECT_EQ(count(board).finishing, 2);
}

TEST(Count, S01_SeesASaturatedServerAsFull) {
  Scoreboard board;
  board.processes = {process(0, "WWWW")};
  EXPECT_EQ(count(board).busy, 4);
  EXPECT_EQ(count(board).idle, 0);
}

TEST(Count, S03_SeesAnIdleServerThatDoesNotAcceptAsDeaf) {
  Scoreboard board;
  board.processes = {process(0, "____"), process(1, "__W_")};
  board.processes[0].not_accepting = true;
  const Tally tally = count(board);
  EXPECT_EQ(tally.idle, 7);
  EXPECT_EQ(tally.deaf, 4);
  EXPECT_EQ(tally.processes_deaf, 1);
}

TEST(Count, S08_CountsTheBusyOfOldGenerationsAndNotTheirIdle) {
  Scoreboard board;
  board.generation = 3;
  board.processes = {process(0, "____"), process(1, "GG__"), process(2, "W___")};
  board.processes[0].generation = 3;
  board.processes[1].generation = 2;
  board.processes[1].quiescing = true;
  board.processes[2].generation = 3;
  board.processes[2].quiescing = true;  // of this generation, and told to go
  const Tally tally = count(board);
  EXPECT_EQ(tally.busy, 3);
  EXPECT_EQ(tally.idle, 4);
  EXPECT_EQ(tally.finishing, 3);
  EXPECT_EQ(tally.processes, 3);
  EXPECT_EQ(tally.processes_old, 2);
}

TEST(Count, S08_TellsOldThreadsInASlotThatANewProcessShares) {
  Scoreboard board;
  board.generation = 1;
  board.processes = {process(0, "RW_S")};
  board.processes[0].generation = 1;
  for (WorkerScore& worker : board.processes[0].workers)
    worker.pid = 99;  // the process before
  board.processes[0].workers[0].pid = 100;
  const Tally tally = count(board);
  EXPECT_EQ(tally.busy, 2);
  EXPECT_EQ(tally.finishing, 1);  // the W
  EXPECT_EQ(tally.idle, 0);       // that thread is leaving
  EXPECT_EQ(tally.starting, 1);   // the pid of a starting slot is a left-over
  EXPECT_EQ(tally.processes, 2);
  EXPECT_EQ(tally.processes_old, 1);
}

TEST(Count, CountsOldThreadsWhoseProcessScoreIsNobodys) {
  Scoreboard board;
  board.processes = {process(0, "W.")};
  board.processes[0].pid = 0;
  board.processes[0].workers[0].pid = 99;
  const Tally tally = count(board);
  EXPECT_EQ(tally.busy, 1);
  EXPECT_EQ(tally.finishing, 1);
  EXPECT_EQ(tally.processes, 1);
  EXPECT_EQ(tally.processes_old, 1);
}

TEST(Count, TakesAPageByItsLetters) {
  Scoreboard board;
  board.source = SourceKind::ModStatus;
  board.generation = 5;
  board.processes = {process(0, "_WG.K")};
  board.processes[0].pid = 0;
  const Tally tally = count(board);
  EXPECT_EQ(tally.busy, 3);
  EXPECT_EQ(tally.idle, 1);
  EXPECT_EQ(tally.finishing, 1);
  EXPECT_EQ(tally.processes, 0);
}

TEST(Count, OfNothingIsNothing) {
  EXPECT_EQ(count({}).busy + count({}).idle + count({}).processes, 0);
}

TEST(Work, MeasuresTheAgesOfRunningRequests) {
  Scoreboard now;
  now.processes = {process(0, "WWWR")};
  auto& workers = now.processes[0].workers;
  workers[0].start_us = kNowUs - 2'000'000;
  workers[1].start_us = kNowUs - 500'000;
  workers[1].stop_us = workers[1].start_us - 1;
  workers[2].start_us = kNowUs - 9'000'000;
  workers[2].stop_us = kNowUs - 8'000'000;  // done, only the letter is late
  workers[3].start_us = kNowUs - 7'000'000;
  const Work seen = work({}, now, kNow);
  EXPECT_EQ(seen.running, 2);
  EXPECT_DOUBLE_EQ(seen.age_sum_seconds, 2.5);
  EXPECT_DOUBLE_EQ(seen.age_max_seconds, 2.0);
}

// Event's slots count the request that is served, the others' those before it.
TEST(Work, CountsTheFirstRequestsOfTheirConnections) {
  Scoreboard now;
  now.processes = {process(0, "WWWK")};
  auto& workers = now.processes[0].workers;
  for (std::uint32_t i = 0; i < 4; ++i) {
    workers[i].start_us = kNowUs - 1000;
    workers[i].connection_accesses = i;
  }
  for (const auto& [mpm, first] : {std::pair(Mpm::Prefork, 1), {Mpm::Worker, 1}, {Mpm::Event, 2}}) {
    now.mpm = mpm;
    const Work seen = work({}, now, kNow);
    EXPECT_EQ(seen.running, 3);
    EXPECT_EQ(seen.running_first, first);
  }
}

TEST(Work, CountsARequestFromTheFutureAsNew) {
  Scoreboard now;
  now.processes = {process(0, "W")};
  now.processes[0].workers[0].start_us = kNowUs + 1000;
  const Work seen = work({}, now, kNow);
  EXPECT_EQ(seen.running, 1);
  EXPECT_DOUBLE_EQ(seen.age_sum_seconds, 0);
}

TEST(Work, CountsWaitsForTheNextRequestByTheirLength) {
  Scoreboard now;
  now.processes = {process(0, "KKKKW_")};
  auto& workers = now.processes[0].workers;
  for (WorkerScore& worker : workers)
    worker.stop_us = kNowUs - 1'500'000;
  workers[0].stop_us = kNowUs - 100'000;
  workers[1].stop_us = kNowUs - 60'000'000;
  workers[2].stop_us = kNowUs + 1000;  // the clock was set back
  EXPECT_EQ(work({}, now, kNow).waiting_by_age,
            (std::vector<std::int64_t>{2, 0, 1, 0, 0, 0, 0, 1}));
  now.processes = {process(0, "W_")};
  EXPECT_TRUE(work({}, now, kNow).waiting_by_age.empty());
}

struct TwoLooks {
  Scoreboard before, now;
};
TwoLooks slot_that_served(std::int64_t start_us, std::int64_t stop_us) {
  TwoLooks looks;
  looks.before.processes = {process(1, "_"), process(3, "_")};
  looks.now.processes = {process(0, "_"), process(3, "_")};
  looks.before.processes[1].workers[0].accesses = 5;
  WorkerScore& worker = looks.now.processes[1].workers[0];
  worker.accesses = 6;
  worker.start_us = start_us;
  worker.stop_us = stop_us;
  return looks;
}

TEST(Work, MeasuresTheLastRequestOfASlotThatServed) {
  const auto [before, now] = slot_that_served(1'000'000, 3'000'000);
  const Work seen = work(before, now, kNow);
  EXPECT_EQ(seen.finished, 1);
  EXPECT_DOUBLE_EQ(seen.duration_sum_seconds, 2);
  EXPECT_DOUBLE_EQ(seen.duration_square_sum, 4);
}

TEST(Work, LeavesOutWhatItCannotKnow) {
  // The slot is in its next request by now.
  const auto [before, now] = slot_that_served(3'000'000, 1'000'000);
  EXPECT_EQ(work(before, now, kNow).finished, 0);
  // Nothing was served in between.
  const auto served = slot_that_served(1'000'000, 3'000'000);
  EXPECT_EQ(work(served.now, served.now, kNow).finished, 0);
  // All counters began anew.
  auto restarted = slot_that_served(1'000'000, 3'000'000);
  restarted.now.restarted = kNow;
  EXPECT_EQ(work(restarted.before, restarted.now, kNow).finished, 0);
}

TEST(View, HasALetterASlot) {
  Scoreboard board;
  board.source = SourceKind::ScoreboardFile;
  board.generation = 2;
  board.server_limit = 16;
  board.thread_limit = 64;
  board.processes = {process(4, "_WG.")};
  board.processes[0].quiescing = true;
  const ScoreboardView shown = view(board, kNow, 4711);
  EXPECT_EQ(shown.at, kNow);
  EXPECT_EQ(shown.pid, 4711);
  EXPECT_EQ(shown.source, SourceKind::ScoreboardFile);
  EXPECT_EQ(shown.server_limit, 16);
  ASSERT_EQ(shown.processes.size(), 1U);
  EXPECT_EQ(shown.processes[0].slot, 4);
  EXPECT_EQ(shown.processes[0].pid, 104);
  EXPECT_TRUE(shown.processes[0].quiescing);
  EXPECT_EQ(shown.processes[0].states, "_WG.");
}

}  // namespace
}  // namespace mpm
