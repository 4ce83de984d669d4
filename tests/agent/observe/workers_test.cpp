// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/workers.h"

#include <string_view>

#include <gtest/gtest.h>

namespace mpm {
namespace {

constexpr std::int64_t kNowUs = 1'795'000'010'000'000;
constexpr Instant kNow{std::chrono::milliseconds(kNowUs / 1000)};
constexpr std::int64_t kSecond = 1'000'000;

// A process with a worker for each letter.
ProcessScore process(std::int32_t slot, std::string_view letters) {
  ProcessScore process;
  process.slot = slot;
  process.pid = 100 + slot;
  process.generation = 3;
  for (const char letter : letters)
    process.workers.emplace_back().state = *worker_state(letter);
  return process;
}

RequestText text(std::int32_t slot, std::int32_t thread, const WorkerScore& score) {
  RequestText text;
  text.slot = slot;
  text.thread = thread;
  text.score = score;
  text.client = "::1";
  text.request = "GET / HTTP/1.1";
  return text;
}

WorkersLook look(std::vector<ProcessScore> processes) {
  WorkersLook look;
  look.at = kNow;
  look.board.processes = std::move(processes);
  return look;
}

TEST(Workers, AreThoseThatAreAskedFor) {
  const WorkersLook seen = look({process(0, "W_.K"), process(2, "_R")});
  EXPECT_EQ(workers_of(seen, {}).total, 5);
  EXPECT_EQ(workers_of(seen, {.slot = 2}).total, 2);
  EXPECT_EQ(workers_of(seen, {.pid = 100}).total, 3);
  EXPECT_EQ(workers_of(seen, {.pid = 101}).total, 0);
  EXPECT_EQ(workers_of(seen, {.state = WorkerState::Ready}).total, 2);
  EXPECT_EQ(workers_of(seen, {.state = WorkerState::Dead}).total, 1);
  EXPECT_EQ(workers_of(seen, {.busy_only = true}).total, 3);
  const WorkerList cut = workers_of(seen, {.limit = 2});
  EXPECT_EQ(cut.total, 5);
  ASSERT_EQ(cut.workers.size(), 2U);
  EXPECT_EQ(cut.workers[1].thread, 1);
}

TEST(Workers, HaveTheAgeOfTheirRequestOrOfTheirRest) {
  WorkersLook seen = look({process(0, "W_KRS")});
  auto& workers = seen.board.processes[0].workers;
  workers[0].start_us = kNowUs - 3 * kSecond;
  workers[0].stop_us = kNowUs - 5 * kSecond;
  workers[0].last_used_us = workers[0].start_us;
  workers[1].start_us = kNowUs - 9 * kSecond;
  workers[1].stop_us = kNowUs - 7 * kSecond;
  workers[1].last_used_us = workers[1].stop_us;
  workers[2] = workers[1];
  workers[2].state = WorkerState::Keepalive;
  // A child died in the midst of a request, and the next one reads its first.
  workers[3].start_us = kNowUs - 50 * kSecond;
  workers[3].last_used_us = kNowUs - 1 * kSecond;
  const auto list = workers_of(seen, {}).workers;
  EXPECT_TRUE(list[0].serving);
  EXPECT_DOUBLE_EQ(*list[0].age_seconds, 3);
  EXPECT_FALSE(list[0].last_seconds);
  for (const std::size_t i : {1U, 2U}) {
    EXPECT_FALSE(list[i].serving);
    EXPECT_DOUBLE_EQ(*list[i].age_seconds, 7);
    EXPECT_DOUBLE_EQ(*list[i].last_seconds, 2);
  }
  EXPECT_FALSE(list[3].serving);
  EXPECT_DOUBLE_EQ(*list[3].age_seconds, 1);
  EXPECT_FALSE(list[3].last_seconds);
  EXPECT_FALSE(list[4].age_seconds);
}

TEST(Workers, HaveNoAgeBelowZeroWhenTheClockIsSetBack) {
  WorkersLook seen = look({process(0, "W")});
  seen.board.processes[0].workers[0].start_us = kNowUs + kSecond;
  EXPECT_EQ(*workers_of(seen, {}).workers[0].age_seconds, 0);
}

TEST(Workers, AreTheirOwnProcessesAlsoInTheSlotOfANewOne) {
  WorkersLook seen = look({process(4, "GS_")});
  auto& workers = seen.board.processes[0].workers;
  workers[0].pid = workers[1].pid = 77;
  workers[0].generation = workers[1].generation = 2;
  const auto list = workers_of(seen, {}).workers;
  EXPECT_EQ(list[0].pid, 77);
  EXPECT_EQ(list[0].generation, 2);
  EXPECT_EQ(list[1].pid, 104) << "a starting slot still has the pid of its last owner";
  EXPECT_EQ(list[2].pid, 104);
  EXPECT_EQ(list[2].generation, 3);
}

TEST(Workers, AreAsTheyWereWhenTheirWordsWereRead) {
  WorkersLook seen = look({process(0, "__"), process(1, "WW")});
  WorkerScore moved_on;
  moved_on.state = WorkerState::Keepalive;
  moved_on.accesses = 8;
  seen.texts = {text(0, 1, {}), text(1, 0, moved_on)};
  const auto list = workers_of(seen, {.busy_only = true}).workers;
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].state, WorkerState::Keepalive);
  EXPECT_EQ(list[0].accesses, 8);
  EXPECT_EQ(list[0].request, "GET / HTTP/1.1");
  EXPECT_EQ(list[1].state, WorkerState::Writing);
  EXPECT_EQ(list[1].request, "");
}

TEST(Workers, PassOverWordsOfASlotThatIsNobodys) {
  WorkersLook seen = look({process(1, "W")});
  seen.texts = {text(0, 0, {}), text(1, 5, {}), text(7, 0, {})};
  const auto list = workers_of(seen, {}).workers;
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].client, "");
}

}  // namespace
}  // namespace mpm
