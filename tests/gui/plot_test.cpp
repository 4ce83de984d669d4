// SPDX-License-Identifier: Apache-2.0
//
// What is drawn, before it is drawn: which cell is which worker, what the counts and bars are.
#include <chrono>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "gui/client/lately.h"
#include "gui/client/recent_rate.h"
#include "gui/plot/board_cells.h"
#include "gui/plot/board_picture.h"
#include "gui/plot/capacity_bars.h"
#include "gui/plot/grid_geometry.h"
#include "gui/plot/memory_bars.h"
#include "gui/plot/worker_words.h"
#include "schema/codec/json.h"
#include "schema/model/messages.h"
#include "tests/gui/fake_agent.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;

ScoreboardView board_of(std::vector<std::string> states) {
  ScoreboardView board;
  board.generation = 3;
  int slot = 0;
  for (std::string& each : states)
    board.processes.push_back({.slot = slot,
                               .pid = 100 + slot++,
                               .generation = 3,
                               .quiescing = false,
                               .not_accepting = false,
                               .states = std::move(each)});
  return board;
}

TEST(GridGeometry, FindsEachWorkerWhereItPlacedIt) {
  for (const auto& [processes, slots] : {std::pair{1, 1}, {400, 1}, {2, 8}, {17, 25}, {160, 64}})
    for (const GridSpace space : {GridSpace{300, 100}, {920, 400}, {2100, 1200}}) {
      const GridGeometry geometry(std::vector<int>(static_cast<std::size_t>(processes), slots),
                                  space);
      std::set<std::pair<int, int>> places;
      for (int p = 0; p < processes; ++p)
        for (int s = 0; s < slots; ++s) {
          const CellPlace place = geometry.place({p, s});
          EXPECT_TRUE(places.insert({place.x, place.y}).second);
          EXPECT_LE(place.x + geometry.cell(), space.width);
          EXPECT_LE(place.y + geometry.cell(), geometry.height());
          const auto found =
              geometry.at(place.x + geometry.cell() / 2, place.y + geometry.cell() - 1);
          ASSERT_TRUE(found);
          EXPECT_EQ(*found, (CellId{p, s}));
        }
    }
}

TEST(GridGeometry, HasLargerCellsWhereThereIsMoreRoom) {
  const std::vector<int> slots(40, 25);
  EXPECT_LT(GridGeometry(slots, {600, 200}).cell(), GridGeometry(slots, {1200, 600}).cell());
}

TEST(GridGeometry, GrowsBeyondItsRoomRatherThanHideAWorker) {
  const GridGeometry geometry(std::vector<int>(1000, 64), {300, 100});
  EXPECT_FALSE(geometry.fits());
  EXPECT_GT(geometry.height(), 100);
}

TEST(GridGeometry, GoesFromWorkerToWorkerAndStaysAtTheEnds) {
  const GridGeometry geometry({2, 1, 3}, {300, 200});
  EXPECT_EQ(geometry.beside({0, 1}, 1), (CellId{1, 0}));
  EXPECT_EQ(geometry.beside({1, 0}, 1), (CellId{2, 0}));
  EXPECT_EQ(geometry.beside({1, 0}, -1), (CellId{0, 1}));
  EXPECT_EQ(geometry.beside({0, 0}, -1), (CellId{0, 0}));
  EXPECT_EQ(geometry.beside({2, 2}, 1), (CellId{2, 2}));
}

TEST(GridGeometry, GoesDownAndUpAcrossBlocks) {
  const GridGeometry geometry(std::vector<int>(30, 8), {200, 400});
  CellId at{0, 0};
  std::set<int> seen;
  for (int i = 0; i < 200; ++i) {
    seen.insert(at.process);
    at = geometry.below(at, 1);
  }
  EXPECT_GT(seen.size(), 3U);
  EXPECT_EQ(geometry.below(at, 1), at);
  for (int i = 0; i < 200; ++i)
    at = geometry.below(at, -1);
  EXPECT_EQ(at, (CellId{0, 0}));
}

TEST(BoardCells, ShowsNoSlotThatNobodyUses) {
  EXPECT_EQ(slots_shown(board_of({"WW______........", "W.......", ""})),
            (std::vector<int>{8, 8, 1}));
}

TEST(BoardCells, CountsStatesAndProcessesThatStandApart) {
  ScoreboardView board = board_of({"WW_K", "G...", "____"});
  board.processes[1].generation = 2;
  board.processes[2].not_accepting = true;
  const BoardCounts counts = counts_of(board);
  EXPECT_EQ(counts.of[static_cast<std::size_t>(WorkerState::Writing)], 2);
  EXPECT_EQ(counts.of[static_cast<std::size_t>(WorkerState::Ready)], 5);
  EXPECT_EQ(counts.of[static_cast<std::size_t>(WorkerState::Keepalive)], 1);
  EXPECT_EQ(counts.old_processes, 1);
  EXPECT_EQ(counts.deaf_processes, 1);
}

TEST(BoardCells, SaysWhatAWorkerDoesInASentence) {
  ScoreboardView board = board_of({"_W"});
  EXPECT_EQ(sentence_of(board, {0, 1}).toStdString(), "Process 100, slot 1 (W): writing a reply.");
  board.processes[0].generation = 2;
  EXPECT_NE(sentence_of(board, {0, 1}).indexOf(QStringLiteral("generation 2")), -1);
  board.processes[0].states = "\x01?";
  EXPECT_FALSE(sentence_of(board, {0, 1}).isEmpty());
  EXPECT_TRUE(sentence_of(board, {7, 0}).isEmpty());
}

TEST(WorkerWords, AreThoseOfTheWorkerInThatCell) {
  ScoreboardView board = board_of({"WK", "W"});
  WorkerList list;
  list.workers.resize(2);
  list.workers[0].pid = 100;
  list.workers[0].thread = 1;
  list.workers[1].pid = 101;
  list.workers[1].slot = 1;
  list.workers[1].serving = true;
  ASSERT_TRUE(worker_at(list, board, {0, 1}));
  EXPECT_EQ(worker_at(list, board, {0, 1})->pid, 100);
  ASSERT_TRUE(worker_at(list, board, {1, 0}));
  EXPECT_TRUE(worker_at(list, board, {1, 0})->serving);
  EXPECT_FALSE(worker_at(list, board, {0, 0}));
  EXPECT_FALSE(worker_at(list, board, {2, 0}));
  // It came to rest since it was asked about.
  board.processes[1].states = "_";
  EXPECT_FALSE(worker_at(list, board, {1, 0})->serving);
}

TEST(WorkerWords, ShowWhatAClientWroteAndNothingElse) {
  WorkerView worker;
  EXPECT_TRUE(words_of(worker).what.isEmpty());
  worker.client = "192.0.2.1";
  worker.request = "GET /%2%1\x1b[2J HTTP/1.1";
  worker.last_seconds = 0.25;
  worker.age_seconds = 3;
  EXPECT_EQ(words_of(worker).what.toStdString(),
            " Its last was of 192.0.2.1: GET /%2%1 [2J HTTP/1.1.");
  EXPECT_EQ(words_of(worker).when.toStdString(), " It took 250 ms, 3.0 s ago.");
  worker.serving = true;
  worker.vhost = "shop:443";
  EXPECT_EQ(words_of(worker).what.toStdString(),
            " It answers 192.0.2.1 at shop:443: GET /%2%1 [2J HTTP/1.1.");
  EXPECT_EQ(words_of(worker).when.toStdString(), " For 3.0 s.");
}

TEST(BoardPicture, PaintsEachStateDifferentlyInLightAndInDark) {
  for (const QPalette& palette : {QPalette(Qt::lightGray), dark_palette()}) {
    std::vector<QImage> looks;
    for (std::size_t state = 0; state < kStateLetters.size(); ++state)
      for (const Standing standing : {Standing::Present, Standing::Deaf, Standing::Old})
        if (state > 0 || standing == Standing::Present)
          looks.push_back(
              cell_image(static_cast<WorkerState>(state), standing, 16, theme_of(palette)));
    for (std::size_t a = 0; a < looks.size(); ++a)
      for (std::size_t b = a + 1; b < looks.size(); ++b)
        EXPECT_NE(looks[a], looks[b]) << a << " " << b;
  }
}

TEST(Capacity, ShowsWhoWaitsBeyondTheLimit) {
  const auto report = from_json<StatusReport>(test::example("status"));
  ASSERT_TRUE(report);
  const Capacity capacity = capacity_of(report->targets[0], {.memory_holds = 158520, .lately = {}});
  EXPECT_EQ(capacity.limit, 16);
  // Neither the queue nor what the memory holds leaves the workers too small to be seen.
  EXPECT_GE(capacity.scale, 4 * 16);
  EXPECT_LT(capacity.scale, 16 + 112);
  ASSERT_EQ(capacity.bars.size(), 4U);
  EXPECT_EQ(capacity.bars[0].value.toStdString(), "16 of 16 busy; 0 idle");
  EXPECT_EQ(capacity.bars[1].value.toStdString(), "16 busy, 112 connections wait");
  EXPECT_EQ(capacity.bars[1].parts[1].workers, 112);
  EXPECT_EQ(capacity.bars[2].value.toStdString(), "16 served, 112 wait");
}

TEST(Capacity, ShowsTheWorkersThatTheLastMinutesWanted) {
  CapacityBounds bounds;
  bounds.lately = {.seconds = 540,
                   .arrivals_per_second = 90,
                   .mean_seconds = 0.5,
                   .p50_seconds = {},
                   .p95_seconds = {},
                   .p99_seconds = {}};
  const Capacity capacity = capacity_of({}, bounds);
  ASSERT_EQ(capacity.bars.size(), 3U);
  EXPECT_EQ(capacity.bars[2].value.toStdString(), "45 on average in 9 min");
  EXPECT_EQ(capacity.bars[2].parts[0].workers, 45);
}

TEST(Connections, AreWhereTheKernelAndTheScoreboardSayThatTheyAre) {
  TargetStatus server;
  server.workers.busy = 12;
  server.workers.keepalive = 4;
  server.listeners.resize(2);
  server.listeners[0].established = 100;
  server.listeners[0].queue = 20;
  server.listeners[1].closing = 5;
  EXPECT_EQ(connections_of(server),
            (ConnectionParts{.served = 8, .keepalive = 4, .kept = 73, .waiting = 20}));
  // Two looks that do not fit each other: never more than there are.
  server.listeners[0].established = 22;
  EXPECT_EQ(connections_of(server),
            (ConnectionParts{.served = 7, .keepalive = 0, .kept = 0, .waiting = 20}));
  EXPECT_EQ(connections_of({}), ConnectionParts{});
}

TEST(RecentRate, IsOfTheLastFiveSeconds) {
  RecentRate rate;
  TargetStatus server;
  const Instant begin{std::chrono::hours(1)};
  const auto look = [&](std::chrono::milliseconds after, std::int64_t accesses) {
    server.accesses = accesses;
    rate.add(begin + after, server);
  };
  EXPECT_FALSE(rate.per_second());
  look(0ms, 1000);
  EXPECT_FALSE(rate.per_second()) << "one look";
  look(250ms, 1010);
  EXPECT_DOUBLE_EQ(*rate.per_second(), 40);
  look(2s, 1040);
  EXPECT_DOUBLE_EQ(*rate.per_second(), 20);
  look(7s, 1040);
  EXPECT_DOUBLE_EQ(*rate.per_second(), 0) << "five seconds ago was the third look";
  server.restarted = begin + 8s;
  look(9s, 1050);
  EXPECT_FALSE(rate.per_second()) << "another server counts there";
  look(10s, 1060);
  EXPECT_DOUBLE_EQ(*rate.per_second(), 10);
  look(11s, 5);
  EXPECT_FALSE(rate.per_second()) << "it began anew";
}

TEST(Lately, IsTheStepInWhichMostWasSeen) {
  HistoryReport report;
  report.fields = {"duration_p50_seconds", "arrivals_per_second", "requests_per_second", "busy",
                   "keepalive"};
  EXPECT_FALSE(workers_wanted(lately_of(report)));
  report.points = {{Instant{}, 2, {9.0, 9.0, 9.0, 9.0, 9.0}},
                   {Instant{}, 500, {0.25, 40.0, 20.0, 15.0, 5.0}}};
  const Lately lately = lately_of(report);
  EXPECT_EQ(lately.seconds, 500);
  EXPECT_EQ(lately.p50_seconds, 0.25);
  EXPECT_FALSE(lately.p99_seconds);
  EXPECT_EQ(lately.mean_seconds, 0.5);
  EXPECT_EQ(workers_wanted(lately), 20);
  // Nothing ended: it is not known how long anything takes.
  report.points[1].values[2] = 0.0;
  EXPECT_FALSE(lately_of(report).mean_seconds);
}

TEST(Capacity, LeavesOutWhatIsNotKnown) {
  const Capacity capacity = capacity_of({}, {});
  EXPECT_EQ(capacity.bars.size(), 2U);
  EXPECT_EQ(capacity.limit, 0);
  EXPECT_GT(capacity.scale, 0);
}

TEST(MemoryBars, SayWhenTheWorstCaseDoesNotFit) {
  MemorySum sum;
  sum.budget = Bytes{100 * kMiB.value};
  sum.worst = Bytes{150 * kMiB.value};
  EXPECT_NE(memory_verdict(sum).indexOf(QStringLiteral("over")), -1);
  sum.worst = Bytes{50 * kMiB.value};
  EXPECT_NE(memory_verdict(sum).indexOf(QStringLiteral("free")), -1);
}

}  // namespace
}  // namespace mpm::gui
