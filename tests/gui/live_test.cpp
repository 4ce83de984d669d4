// SPDX-License-Identifier: Apache-2.0
//
// The dashboard with an agent of its own, on mpm-httpd under more load than it has workers for: the
// trouble is seen, the advice opened, followed and watched, by buttons alone, and taken back by the
// end of the window.
#include <QTabWidget>
#include <chrono>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/load.h"
#include "gui/page/advice_page.h"
#include "gui/page/change_page.h"
#include "gui/page/history_page.h"
#include "gui/page/main_window.h"
#include "gui/page/overview_page.h"
#include "gui/page/what_if_page.h"
#include "gui/plot/scoreboard_grid.h"
#include "tests/gui/window.h"
#include "tests/support/bytes_of.h"
#include "tests/support/child.h"
#include "tests/support/loopback.h"
#include "tests/support/private_httpd.h"
#include "tests/support/wait_for.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;
using test::button;
using test::choose;
using test::press;
using test::says;
using test::turn_until;

TEST(Dashboard, SeesASaturatedServerFollowsTheAdviceAndTakesItBackWhenItEnds) {
  HttpdOptions made = builtin_httpd(Mpm::Event);
  made.directives =
      "ServerLimit 16\nThreadsPerChild 4\nStartServers 2\nMinSpareThreads 4\nMaxSpareThreads 64\n"
      "MaxRequestWorkers 8\n";
  const PrivateHttpd server(made);
  const std::string before = bytes_of(server.extra_conf());
  // Eight workers can take 80 a second.
  Load load({.port = server.port(), .path = "/work?sleep=100ms", .per_second = 110, .span = 150s});
  const TempDir state;
  const FeedOptions options = test::own_agent_feed(QStringLiteral(MPM_AGENT), state / "state");
  auto shown = std::make_unique<MainWindow>(std::vector{options});
  MainWindow& window = *shown;
  QElapsedTimer begun;
  begun.start();
  window.show();
  window.start();
  ASSERT_TRUE(turn_until([&] { return choose(window, std::to_string(server.pid())); }))
      << window.link_sentence().toStdString();
  ASSERT_TRUE(turn_until([&] { return window.overview().grid().board().pid == server.pid(); }));
  RecordProperty("milliseconds_to_live_data", static_cast<int>(begun.elapsed()));
  EXPECT_TRUE(turn_until([&] { return says(window, QStringLiteral("saturated")); }));
  ASSERT_TRUE(turn_until([&] { return button(window, QStringLiteral("Review")) != nullptr; }, 60s))
      << "More workers are not advised where other things keep the processors busy.";
  window.pages().setCurrentWidget(&window.advice());
  EXPECT_TRUE(says(window.advice(), QStringLiteral("Grade")));

  ASSERT_TRUE(press(window, QStringLiteral("Review")));
  ASSERT_TRUE(press(window.change(), QStringLiteral("Make this change: graceful reload")));
  ASSERT_TRUE(turn_until([&] { return window.change().change_is_open(); }, 30s));
  ASSERT_TRUE(turn_until(
      [&] { return says(window.change(), QStringLiteral("in force, being watched")); }, 60s));
  EXPECT_NE(bytes_of(server.extra_conf()), before);

  // Nobody is there to judge it any more.
  shown.reset();
  EXPECT_EQ(bytes_of(server.extra_conf()), before);
  load.stop();
  // Half a thousand wait in its queue, whose clients have left.
  EXPECT_TRUE(wait_for([&] { return get_status(server.port(), "/", 10s) == 200; }, 60s));
}

TEST(Dashboard, DrawsWhatItsAgentSawSinceItBegan) {
  const PrivateHttpd server(builtin_httpd(Mpm::Event));
  const TempDir state;
  MainWindow window({test::own_agent_feed(QStringLiteral(MPM_AGENT), state / "state")});
  window.show();
  window.start();
  ASSERT_TRUE(turn_until([&] { return choose(window, std::to_string(server.pid())); }))
      << window.link_sentence().toStdString();
  window.pages().setCurrentWidget(&window.history());
  const auto& report = window.history().plots().report();
  ASSERT_TRUE(turn_until([&] { return report && !report->points.empty(); }, 30s))
      << window.history().sentence().toStdString();
  const auto place = place_of_field(*report, "busy");
  ASSERT_TRUE(place);
  EXPECT_TRUE(value_of(&report->points.back(), place));
  for (const CoursePlot& plot : course_plots())
    for (const CourseLine& line : plot.lines)
      EXPECT_TRUE(place_of_field(*report, line.field)) << line.field;
}

TEST(Dashboard, SaysForWhomAWorkerWorksHowLongItTakesAndWhatWouldBe) {
  // So few workers that each of them works.
  HttpdOptions made = builtin_httpd(Mpm::Event);
  made.directives =
      "ServerLimit 1\nThreadsPerChild 4\nStartServers 1\nMinSpareThreads 1\nMaxSpareThreads 4\n"
      "MaxRequestWorkers 4\n";
  const PrivateHttpd server(made);
  Load load({.port = server.port(), .path = "/work?sleep=200ms", .per_second = 25, .span = 120s});
  const TempDir state;
  MainWindow window({test::own_agent_feed(QStringLiteral(MPM_AGENT), state / "state")});
  window.pages().setCurrentWidget(&window.overview());
  window.show();
  window.start();
  ASSERT_TRUE(turn_until([&] { return choose(window, std::to_string(server.pid())); }))
      << window.link_sentence().toStdString();
  ScoreboardGrid& grid = window.overview().grid();
  ASSERT_TRUE(turn_until([&] { return grid.board().pid == server.pid(); }));
  QTest::keyClick(&grid, Qt::Key_Right);
  EXPECT_TRUE(turn_until([&] { return grid.sentence().contains(u"GET /work?sleep=200ms"); }))
      << grid.sentence().toStdString();
  EXPECT_TRUE(turn_until([&] { return says(window.overview(), QStringLiteral("in the last ")); }));
  window.pages().setCurrentWidget(&window.what_if());
  EXPECT_TRUE(turn_until([&] { return window.what_if().forecast().rowCount() > 0; }, 60s))
      << window.what_if().sentence().toStdString();
  EXPECT_FALSE(window.what_if().trials().empty());
}

TEST(Dashboard, EndsItsAgentWithItself) {
  qint64 agent = 0;
  {
    const TempDir state;
    const FeedOptions options = test::own_agent_feed(QStringLiteral(MPM_AGENT), state / "state");
    MainWindow window({options});
    window.start();
    ASSERT_TRUE(turn_until([&] { return window.feed().link().link == Link::Live; }))
        << window.link_sentence().toStdString();
    agent = window.feed().own_agent().pid();
    EXPECT_GT(agent, 0);
  }
  EXPECT_TRUE(has_ended(static_cast<pid_t>(agent)));
}

}  // namespace
}  // namespace mpm::gui
