// SPDX-License-Identifier: Apache-2.0
//
// Our scoreboard against httpd's own header, field by field, and against our own reader.
#include "agent/builtin/shared_scoreboard.h"

#include <cstddef>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// httpd's headers are C of another style.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wconversion"
extern "C" {
#include <httpd.h>
#include <scoreboard.h>
}
#pragma GCC diagnostic pop

#include "agent/scoreboard/shm_layout.h"
#include "tests/support/temp_dir.h"

namespace mpm::builtin {
namespace {

#define SAME(ours, theirs, field)                                   \
  static_assert(offsetof(ours, field) == offsetof(theirs, field) && \
                sizeof(ours::field) == sizeof(theirs::field))

static_assert(sizeof(GlobalScore) == sizeof(global_score));
SAME(GlobalScore, global_score, server_limit);
SAME(GlobalScore, global_score, thread_limit);
SAME(GlobalScore, global_score, running_generation);
SAME(GlobalScore, global_score, restart_time);
SAME(GlobalScore, global_score, times);
static_assert(sizeof(ProcessSlot) == sizeof(process_score));
SAME(ProcessSlot, process_score, pid);
SAME(ProcessSlot, process_score, generation);
SAME(ProcessSlot, process_score, quiescing);
SAME(ProcessSlot, process_score, not_accepting);
SAME(ProcessSlot, process_score, connections);
SAME(ProcessSlot, process_score, write_completion);
SAME(ProcessSlot, process_score, lingering_close);
SAME(ProcessSlot, process_score, keep_alive);
SAME(ProcessSlot, process_score, suspended);
SAME(ProcessSlot, process_score, bucket);
SAME(ProcessSlot, process_score, wait_io);
static_assert(sizeof(WorkerSlot) == sizeof(worker_score));
SAME(WorkerSlot, worker_score, tid);
SAME(WorkerSlot, worker_score, thread_num);
SAME(WorkerSlot, worker_score, pid);
SAME(WorkerSlot, worker_score, generation);
SAME(WorkerSlot, worker_score, status);
SAME(WorkerSlot, worker_score, conn_count);
SAME(WorkerSlot, worker_score, conn_bytes);
SAME(WorkerSlot, worker_score, access_count);
SAME(WorkerSlot, worker_score, bytes_served);
SAME(WorkerSlot, worker_score, my_access_count);
SAME(WorkerSlot, worker_score, my_bytes_served);
SAME(WorkerSlot, worker_score, start_time);
SAME(WorkerSlot, worker_score, stop_time);
SAME(WorkerSlot, worker_score, last_used);
SAME(WorkerSlot, worker_score, times);
SAME(WorkerSlot, worker_score, client);
SAME(WorkerSlot, worker_score, request);
SAME(WorkerSlot, worker_score, vhost);
SAME(WorkerSlot, worker_score, protocol);
SAME(WorkerSlot, worker_score, duration);
SAME(WorkerSlot, worker_score, client64);

std::span<const std::byte> bytes_of(const SharedScoreboard& board) {
  const auto* begin = reinterpret_cast<const std::byte*>(&board.global()) - 8;
  const auto* end = reinterpret_cast<const std::byte*>(
      &board.worker(board.server_limit() - 1, board.thread_limit()));
  return {begin, end};
}

TEST(SharedScoreboard, IsReadAsThatOfAnHttpd) {
  const auto board = SharedScoreboard::create({8, 4});
  ASSERT_TRUE(board) << board.error().what;
  put(board->process(2).pid, 4711);
  put(board->process(2).not_accepting, char{1});
  WorkerSlot& score = board->worker(2, 3);
  put(score.pid, 4711);
  begin_request(score, {"127.0.0.1", "GET /cart HTTP/1.1", "localhost", "HTTP/1.1"}, 1'000'000);
  put_state(score, WorkerState::Writing);
  end_request(score, 512, 1'250'000, {});

  const auto layout = find_layout(bytes_of(*board));
  ASSERT_TRUE(layout) << layout.error().what;
  EXPECT_EQ(layout->since, "2.4.36");
  EXPECT_EQ(layout->header, 8U);
  const auto read = decode(bytes_of(*board), *layout);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->server_limit, 8);
  EXPECT_EQ(read->thread_limit, 4);
  EXPECT_EQ(read->accesses, 1U);
  EXPECT_EQ(read->bytes, 512U);
  ASSERT_EQ(read->processes.size(), 1U);
  EXPECT_EQ(read->processes[0].slot, 2);
  EXPECT_TRUE(read->processes[0].not_accepting);
  EXPECT_EQ(read->processes[0].workers[3].state, WorkerState::Writing);
  EXPECT_EQ(read->processes[0].workers[3].stop_us - read->processes[0].workers[3].start_us,
            250'000);
  EXPECT_EQ(score.duration, 250'000);
}

TEST(SharedScoreboard, CutsTextsWithANulAtTheirEnd) {
  const auto board = SharedScoreboard::create({1, 1});
  ASSERT_TRUE(board);
  WorkerSlot& score = board->worker(0, 0);
  begin_request(
      score, {std::string(200, 'c'), std::string(200, 'r'), std::string(200, 'v'), "HTTP/1.1"}, 1);
  EXPECT_EQ(std::string_view(score.client), std::string(31, 'c'));
  EXPECT_EQ(std::string_view(score.client64), std::string(63, 'c'));
  EXPECT_EQ(std::string_view(score.request), std::string(63, 'r'));
  EXPECT_EQ(std::string_view(score.vhost), std::string(31, 'v'));
}

TEST(SharedScoreboard, ARestartClearsAllButTheGeneration) {
  const auto board = SharedScoreboard::create({2, 2});
  ASSERT_TRUE(board);
  put(board->global().running_generation, 7);
  put(board->worker(1, 1).access_count, std::uint64_t{9});
  board->clear();
  EXPECT_EQ(board->global().running_generation, 7);
  EXPECT_EQ(board->worker(1, 1).access_count, 0U);
  EXPECT_EQ(board->server_limit(), 2);
}

TEST(SharedScoreboard, TheFileIsThereWhileItLives) {
  const TempDir dir;
  const std::string file = dir / "scoreboard";
  {
    const auto board = SharedScoreboard::create({2, 2}, file);
    ASSERT_TRUE(board) << board.error().what;
    EXPECT_EQ(::access(file.c_str(), F_OK), 0);
  }
  EXPECT_NE(::access(file.c_str(), F_OK), 0);
  const auto none = SharedScoreboard::create({2, 2}, dir / "no/such/place");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().what, testing::HasSubstr("no/such/place"));
}

}  // namespace
}  // namespace mpm::builtin
