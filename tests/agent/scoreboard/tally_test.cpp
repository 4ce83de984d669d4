// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/tally.h"

#include <gtest/gtest.h>

namespace mpm {
namespace {

ProcessScore process(std::int32_t slot, std::int32_t generation, std::string_view letters) {
  ProcessScore score;
  score.slot = slot;
  score.pid = 100 + slot;
  score.generation = generation;
  for (const char letter : letters) {
    WorkerScore worker;
    worker.state = worker_state(letter).value();
    worker.pid = score.pid;
    score.workers.push_back(worker);
  }
  return score;
}

Scoreboard board(std::vector<ProcessScore> processes) {
  Scoreboard result;
  result.generation = 2;
  result.processes = std::move(processes);
  return result;
}

TEST(Tally, CountsEveryStateOnce) {
  const Tally tally = count(board({process(0, 2, "RWKLDC_S.GI")}));
  EXPECT_EQ(tally.reading, 1);
  EXPECT_EQ(tally.writing, 1);
  EXPECT_EQ(tally.keepalive, 1);
  EXPECT_EQ(tally.logging, 1);
  EXPECT_EQ(tally.dns, 1);
  EXPECT_EQ(tally.closing, 1);
  EXPECT_EQ(tally.graceful, 1);
  EXPECT_EQ(tally.busy, 7);
  EXPECT_EQ(tally.idle, 1);
  EXPECT_EQ(tally.starting, 1);
  EXPECT_EQ(tally.finishing, 1);
}

TEST(Tally, S08_BusyWorkersOfOldGenerationsAreBusyAndFinishing) {
  const Tally tally = count(board({process(0, 1, "WW__S"), process(1, 2, "W__")}));
  EXPECT_EQ(tally.busy, 3);
  EXPECT_EQ(tally.finishing, 2);
  EXPECT_EQ(tally.idle, 2) << "an idle worker of an old process takes no new work";
  EXPECT_EQ(tally.starting, 0);
  EXPECT_EQ(tally.processes, 2);
  EXPECT_EQ(tally.processes_old, 1);
}

TEST(Tally, AQuiescingProcessOfThePresentGenerationIsOldToo) {
  ProcessScore ending = process(0, 2, "W_");
  ending.quiescing = true;
  const Tally tally = count(board({ending}));
  EXPECT_EQ(tally.finishing, 1);
  EXPECT_EQ(tally.idle, 0);
  EXPECT_EQ(tally.processes_old, 1);
}

TEST(Tally, S03_IdleWorkersOfAProcessThatAcceptsNothingAreDeaf) {
  ProcessScore full = process(0, 2, "W__");
  full.not_accepting = true;
  const Tally tally = count(board({full, process(1, 2, "_")}));
  EXPECT_EQ(tally.idle, 3);
  EXPECT_EQ(tally.deaf, 2);
  EXPECT_EQ(tally.processes_deaf, 1);
}

TEST(Tally, AThreadOfAnotherProcessInTheSameSlotIsFinishing) {
  ProcessScore shared = process(0, 2, "WW_");
  shared.workers[0].pid = 55;
  const Tally tally = count(board({shared}));
  EXPECT_EQ(tally.busy, 2);
  EXPECT_EQ(tally.finishing, 1);
}

TEST(Tally, AStatusPagesOwnCountOfIdleWorkersIsTaken) {
  Scoreboard page = board({process(0, 0, "WW___")});
  page.page = PageTotals{"", 2, 1, std::nullopt};
  EXPECT_EQ(count(page).idle, 1);
  EXPECT_EQ(count(page).busy, 2);
  EXPECT_EQ(count(page).finishing, 0);
  page.processes.clear();
  EXPECT_EQ(count(page).busy, 2);
}

constexpr Instant kNow{std::chrono::milliseconds{1700000010000}};
constexpr std::int64_t kNowUs = 1700000010000000;

TEST(Work, S12_AgesAreOfRequestsInService) {
  Scoreboard now = board({process(0, 2, "WWRK_")});
  now.processes[0].workers[0].start_us = kNowUs - 3000000;
  now.processes[0].workers[1].start_us = kNowUs - 500000;
  // One that reads has not begun: its start is of the request before.
  now.processes[0].workers[2].start_us = kNowUs - 90000000;
  const Work seen = work(now, now, kNow);
  EXPECT_EQ(seen.running, 2);
  EXPECT_DOUBLE_EQ(seen.age_sum_seconds, 3.5);
  EXPECT_DOUBLE_EQ(seen.age_max_seconds, 3.0);
  EXPECT_EQ(seen.finished, 0);
}

TEST(Work, FinishedRequestsAreTimedFromTheirSlots) {
  const Scoreboard before = board({process(0, 2, "W__")});
  Scoreboard now = before;
  for (int i : {0, 1}) {
    now.processes[0].workers[i].state = WorkerState::Ready;
    now.processes[0].workers[i].accesses = 1;
    now.processes[0].workers[i].start_us = kNowUs - 1000000;
    now.processes[0].workers[i].stop_us = kNowUs - 800000 + i * 100000;
  }
  const Work seen = work(before, now, kNow);
  EXPECT_EQ(seen.finished, 2);
  EXPECT_NEAR(seen.duration_sum_seconds, 0.5, 1e-9);
  EXPECT_NEAR(seen.duration_square_sum, 0.2 * 0.2 + 0.3 * 0.3, 1e-9);
  EXPECT_EQ(work(now, now, kNow).finished, 0) << "nothing ended between equal boards";
}

TEST(Work, ASlotThatHasBegunAnotherRequestDoesNotShowTheLast) {
  const Scoreboard before = board({process(0, 2, "W")});
  Scoreboard now = before;
  now.processes[0].workers[0].accesses = 4;
  now.processes[0].workers[0].start_us = kNowUs - 1000;
  now.processes[0].workers[0].stop_us = kNowUs - 2000;
  EXPECT_EQ(work(before, now, kNow).finished, 0);
  EXPECT_EQ(work(before, now, kNow).running, 1);
}

TEST(Work, AClockThatIsBehindMakesNoNegativeAge) {
  Scoreboard now = board({process(0, 2, "W")});
  now.processes[0].workers[0].start_us = kNowUs + 5000000;
  EXPECT_DOUBLE_EQ(work(now, now, kNow).age_sum_seconds, 0);
}

TEST(View, IsALetterASlot) {
  const ScoreboardView shown = view(board({process(3, 1, "W_.")}), kNow, 99);
  EXPECT_EQ(shown.pid, 99);
  EXPECT_EQ(shown.generation, 2);
  ASSERT_EQ(shown.processes.size(), 1U);
  EXPECT_EQ(shown.processes[0].slot, 3);
  EXPECT_EQ(shown.processes[0].states, "W_.");
}

}  // namespace
}  // namespace mpm
