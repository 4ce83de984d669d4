// SPDX-License-Identifier: Apache-2.0
//
// What the dashboard costs, without a screen: a frame of 10,240 workers, the same ten times a
// second with its decoding, a week of the past zoomed, and the time from its start to the first
// live data. Ends with 1 when a
// bar is missed.
#include <QApplication>
#include <QElapsedTimer>
#include <QScrollArea>
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "gui/page/history_page.h"
#include "gui/page/main_window.h"
#include "gui/page/overview_page.h"
#include "gui/plot/scoreboard_grid.h"
#include "schema/codec/json.h"
#include "tests/gui/fake_agent.h"
#include "tests/gui/past.h"
#include "tests/gui/window.h"
#include "tests/support/private_httpd.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;

constexpr double kFrameBar = 4;           // milliseconds
constexpr double kShareBar = 0.15;        // of one core
constexpr double kMemoryBar = 120;        // MiB
constexpr std::int64_t kStartBar = 1000;  // milliseconds
constexpr double kStallBar = 50;          // milliseconds

// Every slot changes from one to the next.
ScoreboardView board_of(int processes, int threads, int turn) {
  ScoreboardView board;
  board.pid = 1;
  for (int p = 0; p < processes; ++p) {
    ProcessView process;
    process.slot = p;
    process.pid = 1000 + p;
    process.not_accepting = p % 7 == 0;
    process.generation = p % 11 == 0 ? -1 : 0;
    for (int t = 0; t < threads; ++t)
      process.states += kStateLetters[1 + static_cast<std::size_t>(p + t + turn) % 10];
    board.processes.push_back(process);
  }
  return board;
}

double milliseconds_of_a_frame(int processes, int threads, QSize size) {
  ScoreboardGrid grid;
  grid.resize(size);
  QImage screen(size, QImage::Format_RGB32);
  std::vector<double> took;
  for (int turn = 0; turn < 101; ++turn) {
    grid.set_board(board_of(processes, threads, turn));
    QElapsedTimer clock;
    clock.start();
    grid.render(&screen);
    took.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
  }
  std::ranges::nth_element(took, took.begin() + 50);
  return took[50];
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Decoded and painted ten times a second for five seconds.
double share_of_a_core() {
  OverviewPage page;
  page.resize(1280, 800);
  page.show();
  const std::vector<std::string> bodies{to_json(board_of(160, 64, 0)),
                                        to_json(board_of(160, 64, 1))};
  const double before = cpu_seconds();
  QElapsedTimer clock;
  clock.start();
  for (std::size_t turn = 0; turn < 50; ++turn) {
    if (const auto board = from_json<ScoreboardView>(bodies[turn % 2])) page.show_board(*board);
    QTest::qWait(
        std::max(0, static_cast<int>((static_cast<qint64>(turn) + 1) * 100 - clock.elapsed())));
  }
  return (cpu_seconds() - before) / (static_cast<double>(clock.elapsed()) / 1000);
}

// -1: it never came.
std::int64_t milliseconds_to_live_data() {
  const PrivateHttpd server(builtin_httpd(Mpm::Event));
  const TempDir state;
  QElapsedTimer clock;
  clock.start();
  MainWindow window({test::own_agent_feed(QStringLiteral(MPM_AGENT), state / "state")});
  window.show();
  window.start();
  const bool live =
      test::turn_until([&] { return window.overview().grid().board().pid != 0; }, 20s);
  return live ? clock.elapsed() : -1;
}

// The longest time in which the window turned no events, while a week is zoomed into and out of
// again, panned and pointed at, each answer being of as many steps as are asked for. The
// agent's part of it, which is of this thread too, is in the number.
double milliseconds_of_the_longest_stall(QSize size) {
  test::FakeAgent agent;
  const Instant end = present();
  const HistoryReport week = test::past({end - 24h * 7, end}, 1600);
  agent.answer("/v1/history", to_json(week));
  FeedOptions options = test::quick_feed(agent.socket());
  // The last minutes are asked for as seldom as in life: here their answer is the whole week as
  // well.
  options.proposal_every = FeedOptions().proposal_every;
  MainWindow window({options});
  window.resize(size);
  window.show();
  window.start();
  window.pages().setCurrentWidget(&window.history());
  TimePlots& plots = window.history().plots();
  window.history().show_last(24h * 7);
  if (!test::turn_until([&] { return plots.report().has_value(); })) return -1;
  QTest::qWait(300);
  const test::Pulse pulse;
  const auto asked = [&] { return agent.questions("/v1/history", "saturated_seconds").size(); };
  const std::size_t before = asked();
  for (int turn = 0; turn < 90; ++turn) {
    QTest::keyClick(&plots, turn % 30 < 15 ? Qt::Key_Plus : Qt::Key_Minus);
    if (turn % 5 == 0) QTest::keyClick(&plots, Qt::Key_Left);
    QTest::mouseMove(&plots, QPoint(200 + turn * 5, 200));
    QTest::qWait(turn % 10 == 0 ? 250 : 16);
  }
  if (asked() < before + 3) return -1;
  return static_cast<double>(pulse.longest_pause().count());
}

struct Bars {
  bool held = true;

  void hold(const std::string& what, double value, double bar, const char* unit) {
    fmt::print("{:<58} {:8.2f} {} (at most {:g})\n", what, value, unit, bar);
    if (value > bar || value < 0) held = false;
  }
};

int run() {
  Bars bars;
  bars.hold("a frame of 160 processes of 64, 920 x 400",
            milliseconds_of_a_frame(160, 64, {920, 400}), kFrameBar, "ms");
  bars.hold("a frame of 10,240 processes, 920 x 400",
            milliseconds_of_a_frame(10'240, 1, {920, 400}), kFrameBar, "ms");
  bars.hold("a frame of 160 processes of 64, 2100 x 1000",
            milliseconds_of_a_frame(160, 64, {2100, 1000}), kFrameBar, "ms");
  bars.hold("10,240 workers at 10 Hz, decoded and painted", share_of_a_core(), kShareBar, "cores");
  bars.hold("a week of the past, the longest stall, 1280 x 800",
            milliseconds_of_the_longest_stall({1280, 800}), kStallBar, "ms");
  bars.hold("a week of the past, the longest stall, 2560 x 1440",
            milliseconds_of_the_longest_stall({2560, 1440}), kStallBar, "ms");
  bars.hold("from its start to live data, its agent's start included",
            static_cast<double>(milliseconds_to_live_data()), static_cast<double>(kStartBar), "ms");
  bars.hold("the most memory of all this (RSS)", peak_mebibytes(), kMemoryBar, "MiB");
  return bars.held ? 0 : 1;
}

}  // namespace
}  // namespace mpm::gui

int main(int argc, char** argv) {
  const mpm::TempDir settings;
  qputenv("QT_QPA_PLATFORM", "offscreen");
  qputenv("XDG_CONFIG_HOME", QByteArray::fromStdString(settings.path()));
  const QApplication app(argc, argv);
  return mpm::gui::run();
}
