// SPDX-License-Identifier: Apache-2.0
//
// Segments of real servers; where they are from: tests/fixtures/scoreboard/README.md.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "agent/base/file.h"
#include "agent/scoreboard/shm_layout.h"
#include "agent/scoreboard/tally.h"

namespace mpm {
namespace {

struct RealSegment {
  std::string bytes;
  std::span<const std::byte> span() const { return std::as_bytes(std::span(bytes)); }
};

RealSegment segment(const std::string& name) {
  const auto text = read_file(std::string(MPM_TESTS) + "/fixtures/scoreboard/" + name + ".bin");
  EXPECT_TRUE(text) << text.error().what;
  return {text.value_or("")};
}

Scoreboard board_of(const std::string& name) {
  const RealSegment real = segment(name);
  const auto layout = find_layout(real.span());
  EXPECT_TRUE(layout) << name;
  if (!layout) return {};
  EXPECT_EQ(layout->since, "2.4.36");
  return decode(real.span(), *layout).value_or(Scoreboard{});
}

std::vector<std::string> states(const Scoreboard& board) {
  std::vector<std::string> states;
  for (const ProcessView& process : view(board, {}, 0).processes)
    states.push_back(process.states);
  return states;
}

TEST(RealScoreboard, OfEventHasTwoBusyThreads) {
  const Scoreboard board = board_of("2.4.71-event");
  EXPECT_EQ(board.server_limit, 8);
  EXPECT_EQ(board.thread_limit, 4);
  EXPECT_EQ(board.accesses, 3U);
  EXPECT_EQ(board.bytes, 1428U);
  EXPECT_EQ(board.restarted.time_since_epoch().count(), 1'795'429'915'947);
  EXPECT_EQ(states(board), (std::vector<std::string>{"W___", "__W_"}));
  const RealSegment real = segment("2.4.71-event");
  const auto texts = request_texts(real.span(), *find_layout(real.span()));
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(texts[0].client, "127.0.0.1");
  EXPECT_EQ(texts[0].request, "GET /cgi/slow?x=1 HTTP/1.1");
  EXPECT_EQ(texts[0].vhost, "localhost:38310");
  EXPECT_EQ(texts[0].protocol, "http/1.1");
}

TEST(RealScoreboard, OfWorkerIsLaidOutAsEvents) {
  const Tally tally = count(board_of("2.4.71-worker"));
  EXPECT_EQ(tally.busy, 2);
  EXPECT_EQ(tally.idle, 6);
}

TEST(RealScoreboard, OfPreforkHasOneThreadASlot) {
  const Scoreboard board = board_of("2.4.71-prefork");
  EXPECT_EQ(board.thread_limit, 1);
  EXPECT_EQ(states(board), (std::vector<std::string>{"_", "W", "W", "_"}));
}

TEST(RealScoreboard, OfAScoreBoardFileHasAprsSizeToo) {
  const RealSegment real = segment("2.4.71-event-file");
  EXPECT_EQ(find_layout(real.span())->header, 8U);
  EXPECT_EQ(count(board_of("2.4.71-event-file")).busy, 2);
}

TEST(RealScoreboard, S07_HasFourProcessesWhereTwoMayServe) {
  const Tally tally = count(board_of("2.4.71-event-graceful"));
  EXPECT_EQ(tally.processes, 4);
  EXPECT_EQ(tally.processes_old, 2);
  EXPECT_EQ(tally.processes_deaf, 0);
}

// mod_status said of the same server: BusyWorkers 2, GracefulWorkers 0, IdleWorkers 6.
TEST(RealScoreboard, S08_ShowsTheEightThreadsOfTheOldGeneration) {
  const Tally tally = count(board_of("2.4.71-event-graceful"));
  EXPECT_EQ(tally.busy, 9);
  EXPECT_EQ(tally.graceful, 8);
  EXPECT_EQ(tally.finishing, 8);
  EXPECT_EQ(tally.idle, 7);
}

TEST(RealScoreboard, S08_OfWorkerHasOldThreadsInTheSlotsOfANewProcess) {
  const Scoreboard board = board_of("2.4.71-worker-graceful");
  EXPECT_EQ(states(board), (std::vector<std::string>{"W__W", "W.W."}));
  EXPECT_EQ(board.processes[0].generation, 1);
  EXPECT_EQ(board.processes[0].workers[0].generation, 0);
  const Tally tally = count(board);
  EXPECT_EQ(tally.busy, 4);
  EXPECT_EQ(tally.finishing, 4);
  EXPECT_EQ(tally.idle, 2);
  EXPECT_EQ(tally.processes, 3);
  EXPECT_EQ(tally.processes_old, 2);
}

TEST(RealScoreboard, OfPreforkCountsTheOldGenerationToo) {
  const Tally tally = count(board_of("2.4.71-prefork-graceful"));
  EXPECT_EQ(tally.busy, 4);
  EXPECT_EQ(tally.finishing, 4);
  EXPECT_EQ(tally.processes_old, 4);
}

// The connection counters are of the last queue maintenance (event.c, listener_thread).
TEST(RealScoreboard, S31_SaysNoConnectionsWhereTwoRequestsRun) {
  const Scoreboard board = board_of("2.4.71-event");
  EXPECT_EQ(count(board).busy, 2);
  for (const ProcessScore& process : board.processes)
    EXPECT_EQ(process.connections, 0U);
}

}  // namespace
}  // namespace mpm
