// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/shm_layout.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/support/scoreboard_bytes.h"

namespace mpm {
namespace {

WorkerScore served(WorkerState state, std::uint64_t accesses) {
  WorkerScore worker;
  worker.state = state;
  worker.pid = 100;
  worker.accesses = accesses;
  worker.child_accesses = accesses / 2;
  worker.bytes = accesses * 1000;
  worker.start_us = 1700000001000000;
  worker.stop_us = 1700000001250000;
  worker.last_used_us = 1700000002000000;
  return worker;
}

TEST(ShmLayout, TellsAllSixLayoutsFromTheTotalSize) {
  for (const HttpdLayout& known : kHttpdLayouts) {
    SCOPED_TRACE(known.since);
    ScoreboardBytes board(known, 16, 64);
    board.generation(3);
    board.process(2, {.pid = 100, .generation = 3, .not_accepting = true, .connections = 9});
    board.worker(2, 63, served(WorkerState::Writing, 10));
    const auto layout = find_layout(board.bytes());
    ASSERT_TRUE(layout) << layout.error().what;
    EXPECT_EQ(layout->worker_stride, known.worker);
    EXPECT_EQ(layout->process_stride, known.process);
    EXPECT_EQ(layout->global_size, known.global);

    const Scoreboard read = decode(board.bytes(), *layout);
    EXPECT_EQ(read.server_limit, 16);
    EXPECT_EQ(read.thread_limit, 64);
    EXPECT_EQ(read.generation, 3);
    EXPECT_EQ(read.accesses, 10U);
    EXPECT_EQ(read.bytes, 10000U);
    ASSERT_EQ(read.processes.size(), 1U);
    EXPECT_EQ(read.processes[0].slot, 2);
    EXPECT_EQ(read.processes[0].pid, 100);
    EXPECT_TRUE(read.processes[0].not_accepting);
    EXPECT_FALSE(read.processes[0].quiescing);
    EXPECT_EQ(read.processes[0].connections, 9U);
    const WorkerScore& worker = read.processes[0].workers.at(63);
    EXPECT_EQ(worker.state, WorkerState::Writing);
    EXPECT_EQ(worker.child_accesses, 5U);
    EXPECT_EQ(worker.start_us, 1700000001000000);
    EXPECT_EQ(worker.stop_us, 1700000001250000);
  }
}

TEST(ShmLayout, ReadsWaitIoOfTheNewestAndNothingBeyondTheOldest) {
  ScoreboardBytes newest(kHttpdLayouts[5], 2, 2);
  newest.process(1, {.pid = 7, .wait_io = 4});
  EXPECT_EQ(decode(newest.bytes(), *find_layout(newest.bytes())).processes[0].wait_io, 4U);

  // In 2.4.0 the next process begins where wait_io would be.
  ScoreboardBytes oldest(kHttpdLayouts[0], 2, 2);
  oldest.process(0, {.pid = 7});
  oldest.process(1, {.pid = 8, .generation = 55});
  EXPECT_EQ(decode(oldest.bytes(), *find_layout(oldest.bytes())).processes[0].wait_io, 0U);
}

TEST(ShmLayout, AcceptsAMappingThatEndsWithItsPage) {
  ScoreboardBytes with_header(kHttpdLayouts[4], 8, 25);
  auto bytes = with_header.bytes();
  bytes.resize((bytes.size() + 4095) / 4096 * 4096);
  EXPECT_TRUE(find_layout(bytes));

  const ScoreboardBytes bare(kHttpdLayouts[4], 8, 25, 0);
  bytes = bare.bytes();
  bytes.resize((bytes.size() + 4095) / 4096 * 4096);
  const auto layout = find_layout(bytes);
  ASSERT_TRUE(layout);
  EXPECT_EQ(layout->base, 0U);
  EXPECT_EQ(layout->worker_stride, 336U);
}

TEST(ShmLayout, RefusesWhatIsNoScoreboard) {
  EXPECT_FALSE(find_layout({}));
  EXPECT_FALSE(find_layout(std::vector<std::byte>(4096)));
  ScoreboardBytes board(kHttpdLayouts[4], 8, 25);
  auto cut = board.bytes();
  cut.pop_back();
  EXPECT_FALSE(find_layout(cut));
  auto wrong = board.bytes();
  wrong[8] = std::byte{9};  // a ServerLimit that the size does not fit
  EXPECT_FALSE(find_layout(wrong));
  auto timeless = board.bytes();
  std::fill_n(timeless.begin() + 24, 8, std::byte{0});
  EXPECT_FALSE(find_layout(timeless));
}

TEST(ShmLayout, ATornStateIsADeadSlot) {
  ScoreboardBytes board(kHttpdLayouts[4], 1, 3);
  board.process(0, {.pid = 100});
  board.worker(0, 0, served(WorkerState::Ready, 1));
  board.state_byte(0, 1, 11);
  board.state_byte(0, 2, 255);
  const auto read = decode(board.bytes(), *find_layout(board.bytes()));
  EXPECT_EQ(read.processes[0].workers[0].state, WorkerState::Ready);
  EXPECT_EQ(read.processes[0].workers[1].state, WorkerState::Dead);
  EXPECT_EQ(read.processes[0].workers[2].state, WorkerState::Dead);
}

TEST(ShmLayout, CountsRequestsOfDeadChildrenAndLeavesTheirSlotsOut) {
  ScoreboardBytes board(kHttpdLayouts[4], 4, 2);
  board.worker(0, 0, served(WorkerState::Dead, 50));
  board.process(1, {.pid = 100});
  board.worker(1, 0, served(WorkerState::Ready, 8));
  board.worker(3, 1, served(WorkerState::Graceful, 2));  // its process is gone from the slot
  const auto read = decode(board.bytes(), *find_layout(board.bytes()));
  EXPECT_EQ(read.accesses, 60U);
  ASSERT_EQ(read.processes.size(), 2U);
  EXPECT_EQ(read.processes[0].slot, 1);
  EXPECT_EQ(read.processes[1].slot, 3);
}

// Random bytes, and random changes to a good scoreboard: never a crash, never out of bounds.
TEST(ShmLayout, SurvivesAnyBytes) {
  std::mt19937 random(7);
  const ScoreboardBytes good(kHttpdLayouts[4], 3, 4);
  for (int round = 0; round < 5000; ++round) {
    std::vector<std::byte> bytes = good.bytes();
    for (int change = 0; change < 8; ++change)
      bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    if (round % 5 == 0) bytes.resize(random() % bytes.size());
    if (const auto layout = find_layout(bytes)) {
      ASSERT_LE(layout->total(), bytes.size());
      const Scoreboard board = decode(bytes, *layout);
      ASSERT_LE(board.processes.size(), static_cast<std::size_t>(layout->server_limit));
    }
  }
}

}  // namespace
}  // namespace mpm
