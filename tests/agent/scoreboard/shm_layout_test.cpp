// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/shm_layout.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/scoreboard_bytes.h"

namespace mpm {
namespace {

constexpr std::int64_t kMorning = 1'795'000'000'000'000;  // microseconds, in November 2026

Scoreboard decoded(const ScoreboardBytes& built) {
  const auto layout = find_layout(built.bytes());
  EXPECT_TRUE(layout) << layout.error().what;
  if (!layout) return {};
  const auto board = decode(built.bytes(), *layout);
  EXPECT_TRUE(board) << board.error().what;
  return board ? *board : Scoreboard{};
}

TEST(ShmLayout, TellsAllSixLayoutsFromTheTotalSize) {
  for (const Release& release : kReleases) {
    for (const bool apr_header : {true, false}) {
      const ScoreboardBytes built(
          {.release = release, .server_limit = 5, .thread_limit = 3, .apr_header = apr_header});
      const auto layout = find_layout(built.bytes());
      ASSERT_TRUE(layout) << release.name;
      EXPECT_EQ(layout->since, release.layout) << release.name;
      EXPECT_EQ(layout->worker_stride, release.worker);
      EXPECT_EQ(layout->process_stride, release.process);
      EXPECT_EQ(layout->header, apr_header ? 8U : 0U);
      EXPECT_EQ(layout->total(), built.total());
    }
  }
}

TEST(ShmLayout, HasTheSizeThatARealServerHas) {
  // 2.4.71 with ServerLimit 8 and ThreadLimit 4: 11136 bytes.
  EXPECT_EQ(ScoreboardBytes({.server_limit = 8, .thread_limit = 4}).total(), 11136U);
}

TEST(ShmLayout, AcceptsAMappingThatEndsOnAPage) {
  const ScoreboardBytes built({.server_limit = 8, .thread_limit = 4, .spare = 1152});
  ASSERT_EQ(built.bytes().size() % 4096, 0U);
  EXPECT_EQ(find_layout(built.bytes())->total(), 11136U);
}

TEST(ShmLayout, AcceptsAPageWithoutAprsSizeOnlyWhenOneLayoutFits) {
  // 16 x 64 slots: the layouts of 2.4.36 and 2.4.35 are 64 KiB apart.
  const ScoreboardBytes big({.server_limit = 16, .thread_limit = 64, .apr_header = false});
  const std::size_t page = (big.total() + 4095) / 4096 * 4096;
  const auto found = find_layout(big.bytes().first(kLayoutHead), page);
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(found->since, "2.4.36");
  // One slot: all layouts are within one page.
  const ScoreboardBytes small({.apr_header = false});
  EXPECT_FALSE(find_layout(small.bytes(), 4096));
}

TEST(ShmLayout, RefusesWhatIsNoScoreboard) {
  EXPECT_FALSE(find_layout({}));
  const std::vector<std::byte> zeros(65536);
  EXPECT_FALSE(find_layout(zeros));
  EXPECT_EQ(find_layout(zeros).error().kind, Error::Kind::Malformed);

  ScoreboardBytes built({.server_limit = 8, .thread_limit = 4});
  EXPECT_FALSE(find_layout(built.bytes().first(built.total() - 1)));
  built.bytes()[0] ^= std::byte{8};  // APR's size says eight bytes otherwise
  EXPECT_FALSE(find_layout(built.bytes()));
}

TEST(ShmLayout, RefusesLimitsNoServerCanHave) {
  for (const std::int32_t limit : {0, -1, 200'001, 0x7fffffff}) {
    ScoreboardBytes built({.server_limit = 8, .thread_limit = 4});
    std::memcpy(built.bytes().data() + 8, &limit, sizeof limit);
    EXPECT_FALSE(find_layout(built.bytes())) << limit;
  }
}

TEST(Decode, ReadsEveryFieldInEveryRelease) {
  for (const Release& release : kReleases) {
    ScoreboardBytes built({.release = release, .server_limit = 4, .thread_limit = 3});
    built.generation(7).restarted_us(kMorning);
    auto process = built.process(2);
    process.pid(4711).generation(6).quiescing().not_accepting().counters(10);
    process.worker(1)
        .status('W')
        .pid(4700)
        .generation(5)
        .accesses(100)
        .child_accesses(9)
        .connection_accesses(3)
        .bytes_served(5000)
        .start(kMorning + 30)
        .stop(kMorning + 20)
        .last_used(kMorning + 10);
    const Scoreboard board = decoded(built);
    EXPECT_EQ(board.server_limit, 4);
    EXPECT_EQ(board.thread_limit, 3);
    EXPECT_EQ(board.generation, 7);
    EXPECT_EQ(board.restarted.time_since_epoch().count(), kMorning / 1000);
    ASSERT_EQ(board.processes.size(), 1U) << release.name;
    const ProcessScore& read = board.processes[0];
    EXPECT_EQ(read.slot, 2);
    EXPECT_EQ(read.pid, 4711);
    EXPECT_EQ(read.generation, 6);
    EXPECT_TRUE(read.quiescing);
    EXPECT_TRUE(read.not_accepting);
    EXPECT_EQ(read.connections, 10U);
    EXPECT_EQ(read.write_completion, 11U);
    EXPECT_EQ(read.lingering_close, 12U);
    EXPECT_EQ(read.keep_alive, 13U);
    EXPECT_EQ(read.suspended, 14U);
    EXPECT_EQ(read.wait_io, 0U);
    ASSERT_EQ(read.workers.size(), 3U);
    const WorkerScore& worker = read.workers[1];
    EXPECT_EQ(worker.state, WorkerState::Writing);
    EXPECT_EQ(worker.pid, 4700);
    EXPECT_EQ(worker.generation, 5);
    EXPECT_EQ(worker.accesses, 100U);
    EXPECT_EQ(worker.child_accesses, 9U);
    EXPECT_EQ(worker.connection_accesses, 3U);
    EXPECT_EQ(worker.bytes, 5000U);
    EXPECT_EQ(worker.start_us, kMorning + 30);
    EXPECT_EQ(worker.stop_us, kMorning + 20);
    EXPECT_EQ(worker.last_used_us, kMorning + 10);
    EXPECT_EQ(read.workers[0].state, WorkerState::Dead);
  }
}

TEST(Decode, ReadsWaitIoWhereTheReleaseHasIt) {
  ScoreboardBytes built({.server_limit = 1, .thread_limit = 1});
  built.process(0).pid(1).wait_io(42);
  EXPECT_EQ(decoded(built).processes[0].wait_io, 42U);
}

TEST(Decode, SumsTheCountersOfDeadSlotsToo) {
  ScoreboardBytes built({.server_limit = 3, .thread_limit = 2});
  built.process(0).pid(10).worker(0).status('_').accesses(5).bytes_served(50);
  built.process(0).worker(1).accesses(6).bytes_served(60);
  built.process(2).worker(0).accesses(7).bytes_served(70);
  const Scoreboard board = decoded(built);
  EXPECT_EQ(board.accesses, 18U);
  EXPECT_EQ(board.bytes, 180U);
  EXPECT_EQ(board.processes.size(), 1U);
}

TEST(Decode, S28_DropsCountersThatNoServerCanHaveReached) {
  ScoreboardBytes built({.server_limit = 1, .thread_limit = 3});
  auto process = built.process(0);
  process.pid(10);
  process.worker(0).status('_').accesses(9'985'310'457'595'812'052U).bytes_served(-1);
  process.worker(1).status('_').accesses(3).bytes_served(4).start(-5).stop(std::int64_t{1} << 62);
  const Scoreboard board = decoded(built);
  EXPECT_EQ(board.accesses, 3U);
  EXPECT_EQ(board.bytes, 4U);
  EXPECT_EQ(board.processes[0].workers[1].start_us, 0);
  EXPECT_EQ(board.processes[0].workers[1].stop_us, 0);
}

TEST(Decode, TakesATornStatusForDeadAndATornPidForNone) {
  ScoreboardBytes built({.server_limit = 3, .thread_limit = 1});
  built.process(0).pid(10).worker(0).status_byte(11);
  built.process(1).pid(-5);
  built.process(2).pid((1 << 22) + 1);
  const Scoreboard board = decoded(built);
  ASSERT_EQ(board.processes.size(), 1U);
  EXPECT_EQ(board.processes[0].workers[0].state, WorkerState::Dead);
}

TEST(Decode, S08_KeepsASlotWhoseOldThreadsStillRun) {
  ScoreboardBytes built({.server_limit = 2, .thread_limit = 2});
  built.process(1).worker(1).status('W').pid(4711).generation(1);
  const Scoreboard board = decoded(built);
  ASSERT_EQ(board.processes.size(), 1U);
  EXPECT_EQ(board.processes[0].slot, 1);
  EXPECT_EQ(board.processes[0].pid, 0);
  EXPECT_EQ(board.processes[0].workers[1].pid, 4711);
}

TEST(Decode, RefusesASegmentThatIsNotTheLayouts) {
  ScoreboardBytes built({.server_limit = 2, .thread_limit = 2});
  const auto layout = find_layout(built.bytes());
  EXPECT_FALSE(decode(built.bytes().first(built.total() - 1), *layout));
  const std::int32_t other = 3;
  std::memcpy(built.bytes().data() + 8, &other, sizeof other);
  EXPECT_FALSE(decode(built.bytes(), *layout));
  EXPECT_FALSE(decode(built.bytes(), ShmLayout{}));
}

TEST(ChildPids, NamesEverySlotThatIsTaken) {
  ScoreboardBytes built({.server_limit = 3, .thread_limit = 1});
  built.process(0).pid(10);
  built.process(2).pid(12);
  const auto layout = find_layout(built.bytes());
  EXPECT_EQ(child_pids(built.bytes(), *layout), (std::vector<std::int32_t>{10, 12}));
  EXPECT_TRUE(child_pids(built.bytes().first(100), *layout).empty());
}

TEST(RequestTexts, AreThoseOfBusySlots) {
  ScoreboardBytes built({.server_limit = 2, .thread_limit = 2});
  built.process(0).pid(1).worker(0).status('_').client64("::1").request("GET /old HTTP/1.1");
  built.process(1)
      .pid(2)
      .worker(1)
      .status('W')
      .client("10.0.0.9")
      .client64("2001:db8::9")
      .request("GET /cart HTTP/1.1")
      .vhost("shop:443")
      .protocol("h2");
  const auto layout = find_layout(built.bytes());
  const auto texts = request_texts(built.bytes(), *layout);
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts[0].slot, 1);
  EXPECT_EQ(texts[0].thread, 1);
  EXPECT_EQ(texts[0].client, "2001:db8::9");
  EXPECT_EQ(texts[0].request, "GET /cart HTTP/1.1");
  EXPECT_EQ(texts[0].vhost, "shop:443");
  EXPECT_EQ(texts[0].protocol, "h2");
  EXPECT_EQ(request_texts(built.bytes(), *layout, {.busy_only = false}).size(), 2U);
  EXPECT_EQ(request_texts(built.bytes(), *layout, {.busy_only = false, .limit = 1}).size(), 1U);
  EXPECT_EQ(request_texts(built.bytes(), *layout, {.slot = 1}).size(), 1U);
  EXPECT_TRUE(request_texts(built.bytes(), *layout, {.slot = 0}).empty());
  EXPECT_TRUE(request_texts(built.bytes(), *layout, {.busy_only = false, .slot = 2}).empty());
}

TEST(RequestTexts, ComeWithTheSlotAsItWasWhenTheyWereRead) {
  ScoreboardBytes built({});
  built.process(0).pid(7).worker(0).status('W').pid(7).accesses(12).start(2000).client("::1");
  const auto texts = request_texts(built.bytes(), *find_layout(built.bytes()));
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts[0].score.state, WorkerState::Writing);
  EXPECT_EQ(texts[0].score.pid, 7);
  EXPECT_EQ(texts[0].score.accesses, 12U);
  EXPECT_EQ(texts[0].score.start_us, 2000);
}

TEST(RequestTexts, EndWithTheirFieldAndCarryNoControlBytes) {
  for (const Release& release : kReleases) {
    ScoreboardBytes built({.release = release, .server_limit = 1, .thread_limit = 2});
    built.process(0)
        .pid(1)
        .worker(0)
        .status('W')
        .client(std::string(32, 'c'))
        .request(std::string(64, 'r'))
        .vhost("a\x1b[31m\xff");
    const auto texts = request_texts(built.bytes(), *find_layout(built.bytes()));
    ASSERT_EQ(texts.size(), 1U) << release.name;
    EXPECT_EQ(texts[0].client, std::string(32, 'c'));
    EXPECT_EQ(texts[0].request, std::string(64, 'r'));
    EXPECT_EQ(texts[0].vhost, "a?[31m?");
    EXPECT_EQ(texts[0].protocol, "");
  }
}

}  // namespace
}  // namespace mpm
