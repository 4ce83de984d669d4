// SPDX-License-Identifier: Apache-2.0
//
// The whole window, offscreen, on an agent that answers with the contract's examples.
#include <QCheckBox>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gui/page/advice_page.h"
#include "gui/page/change_detail.h"
#include "gui/page/change_page.h"
#include "gui/page/main_window.h"
#include "gui/page/overview_page.h"
#include "gui/page/verdict_banner.h"
#include "gui/plot/scoreboard_grid.h"
#include "gui/theme.h"
#include "schema/codec/json.h"
#include "tests/gui/fake_agent.h"
#include "tests/gui/window.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;
using test::button;
using test::FakeAgent;
using test::press;
using test::says;
using test::turn_until;
using testing::HasSubstr;

FeedOptions options_of(const FakeAgent& agent) {
  return test::quick_feed(agent.socket());
}

struct Shown {
  explicit Shown(const FeedOptions& options) : window({options}) {
    window.pages().setCurrentIndex(0);
    window.show();
    window.start();
  }
  bool is_whole() {
    return turn_until([this] {
      return window.overview().grid().board().pid != 0 &&
             button(window.overview(), QStringLiteral("Review")) != nullptr;
    });
  }
  MainWindow window;
};

TEST(Window, SaysWhatIsWrongAndWhatToDo) {
  FakeAgent agent;
  Shown shown(options_of(agent));
  ASSERT_TRUE(shown.is_whole());
  EXPECT_TRUE(says(shown.window, QStringLiteral("saturated")));
  EXPECT_TRUE(says(shown.window, QStringLiteral("All 16 workers are busy")));
  EXPECT_TRUE(says(shown.window, QStringLiteral("raise MaxRequestWorkers from 16 to 64")));
  EXPECT_THAT(shown.window.link_sentence().toStdString(), HasSubstr("Live"));
}

TEST(Window, MakesTheAdvisedChangeWithTwoClicksAndADiff) {
  FakeAgent agent;
  Shown shown(options_of(agent));
  ASSERT_TRUE(shown.is_whole());
  button(shown.window.overview(), QStringLiteral("Review"))->click();
  ChangePage& page = shown.window.change();
  ASSERT_TRUE(turn_until([&] { return button(page, QStringLiteral("Make this change")); }));
  EXPECT_TRUE(page.isVisible());
  EXPECT_TRUE(says(page, QStringLiteral("graceful reload")));
  EXPECT_TRUE(says(page, QStringLiteral("The pool falls to 2 workers")));
  EXPECT_TRUE(agent.posted("/v1/changes/begin").empty());
  ASSERT_TRUE(turn_until([&] { return button(page, QStringLiteral("Make"))->isEnabled(); }));
  button(page, QStringLiteral("Make"))->click();
  ASSERT_TRUE(turn_until([&] { return says(page, QStringLiteral("Change 7 of httpd")); }));
  ASSERT_EQ(agent.posted("/v1/changes/begin").size(), 1U);
  const auto asked = from_json<ChangeRequest>(agent.posted("/v1/changes/begin")[0]);
  ASSERT_TRUE(asked);
  // What was shown, of the server that was shown.
  EXPECT_EQ(asked->question.basis, "6c62272e07bb014262b821756295c58d");
  EXPECT_EQ(asked->question.target, "4711");
  EXPECT_EQ(asked->question.wishes.size(), 2U);
  EXPECT_EQ(asked->most_restart, RestartClass::Graceful);
}

TEST(Window, ShowsTheLifeOfAChangeStepByStepAndUndoesIt) {
  FakeAgent agent;
  auto record = *from_json<ChangeRecord>(test::example("change"));
  const ChangeRecord ended = record;
  record.watch.reset();
  record.steps.resize(1);
  agent.answer("/v1/changes/begin", to_json(record));
  agent.answer("/v1/change", to_json(record));
  Shown shown(options_of(agent));
  ASSERT_TRUE(shown.is_whole());
  button(shown.window.overview(), QStringLiteral("Review"))->click();
  ChangePage& page = shown.window.change();
  ASSERT_TRUE(press(page, QStringLiteral("Make")));
  ASSERT_TRUE(turn_until([&] { return page.change_is_open(); }));
  EXPECT_EQ(button(page, QStringLiteral("Undo")), nullptr);
  record.steps = ended.steps;
  record.steps.resize(5);
  agent.answer("/v1/change", to_json(record));
  ASSERT_TRUE(turn_until([&] { return says(page, QStringLiteral("loaded. It goes on")); }));
  agent.answer("/v1/change", to_json(ended));
  ASSERT_TRUE(turn_until([&] { return !page.change_is_open(); }));
  EXPECT_TRUE(says(page, QStringLiteral("Requests take as long as before")));
  ASSERT_NE(button(page, QStringLiteral("Undo")), nullptr);
  button(page, QStringLiteral("Undo"))->click();
  ASSERT_TRUE(turn_until([&] { return !agent.posted("/v1/changes/undo").empty(); }));
  EXPECT_EQ(from_json<UndoRequest>(agent.posted("/v1/changes/undo")[0])->id, 7);
}

TEST(Window, CutsNoRequestOffUnlessThatWasSaid) {
  FakeAgent agent;
  auto preview = *from_json<ChangePreview>(test::example("change-preview"));
  preview.plan.restart = RestartClass::StopStart;
  preview.refusal = "It takes a stop and start, and no more than a graceful reload was allowed.";
  agent.answer("/v1/changes/preview", to_json(preview));
  Shown shown(options_of(agent));
  ASSERT_TRUE(shown.is_whole());
  button(shown.window.overview(), QStringLiteral("Review"))->click();
  ChangePage& page = shown.window.change();
  ASSERT_TRUE(turn_until([&] { return button(page, QStringLiteral("Make")); }));
  EXPECT_FALSE(button(page, QStringLiteral("Make"))->isEnabled());
  EXPECT_TRUE(says(page, QStringLiteral("are cut off")));
  preview.refusal.clear();
  agent.answer("/v1/changes/preview", to_json(preview));
  page.findChild<QCheckBox*>()->click();
  ASSERT_TRUE(turn_until([&] { return button(page, QStringLiteral("Make"))->isEnabled(); }));
  EXPECT_EQ(from_json<ChangeRequest>(agent.posted("/v1/changes/preview").back())->most_restart,
            RestartClass::StopStart);
}

TEST(Window, LoadsWhatOthersWroteOnlyAfterItWasShown) {
  FakeAgent agent;
  auto preview = *from_json<ChangePreview>(test::example("change-preview"));
  preview.unloaded = {"/etc/apache2/ports.conf was written after the server read it."};
  agent.answer("/v1/changes/preview", to_json(preview));
  Shown shown(options_of(agent));
  ASSERT_TRUE(shown.is_whole());
  button(shown.window.overview(), QStringLiteral("Review"))->click();
  ChangePage& page = shown.window.change();
  ASSERT_TRUE(turn_until([&] { return button(page, QStringLiteral("Make")); }));
  EXPECT_TRUE(says(page, QStringLiteral("ports.conf was written after")));
  EXPECT_FALSE(from_json<ChangeRequest>(agent.posted("/v1/changes/preview").back())->unloaded_too);
  button(page, QStringLiteral("Make"))->click();
  ASSERT_TRUE(turn_until([&] { return !agent.posted("/v1/changes/begin").empty(); }));
  EXPECT_TRUE(from_json<ChangeRequest>(agent.posted("/v1/changes/begin").back())->unloaded_too);
}

TEST(Window, SaysWhyAChangeIsRefused) {
  FakeAgent agent;
  agent.refuse("/v1/changes/begin", "The configuration was changed since it was looked at.");
  Shown shown(options_of(agent));
  ASSERT_TRUE(shown.is_whole());
  button(shown.window.overview(), QStringLiteral("Review"))->click();
  ChangePage& page = shown.window.change();
  ASSERT_TRUE(press(page, QStringLiteral("Make")));
  EXPECT_TRUE(turn_until([&] { return says(page, QStringLiteral("changed since it was")); }));
  EXPECT_FALSE(page.change_is_open());
}

TEST(Window, ShowsFindingsWithTheirEvidence) {
  FakeAgent agent;
  Shown shown(options_of(agent));
  ASSERT_TRUE(shown.is_whole());
  shown.window.pages().setCurrentWidget(&shown.window.advice());
  AdvicePage& page = shown.window.advice();
  EXPECT_TRUE(says(page, QStringLiteral("Grade C")));
  for (const QTableView* table : page.findChildren<QTableView*>())
    EXPECT_GT(table->model()->rowCount(), 0) << table->accessibleName().toStdString();
}

TEST(Window, IsReachableByKeyboardAndTellsScreenReaders) {
  FakeAgent agent;
  Shown shown(options_of(agent));
  ASSERT_TRUE(shown.is_whole());
  ScoreboardGrid& grid = shown.window.overview().grid();
  grid.setFocus();
  QTest::keyClick(&grid, Qt::Key_Right);
  QTest::keyClick(&grid, Qt::Key_Right);
  EXPECT_THAT(grid.accessibleDescription().toStdString(),
              HasSubstr("Process 11643, slot 1 (W): writing a reply."));
  QTest::keyClick(&grid, Qt::Key_End);
  EXPECT_THAT(grid.accessibleDescription().toStdString(), HasSubstr("Process 11644, slot 7"));
  for (const QWidget* each : shown.window.findChildren<QWidget*>()) {
    // What has a text of its own is named by it.
    const std::string kind = each->metaObject()->className();
    if (!each->isVisible() || (each->focusPolicy() & Qt::TabFocus) == 0) continue;
    if (kind == "QPushButton" || kind == "QTabBar" || kind == "QTabWidget") continue;
    EXPECT_FALSE(each->accessibleName().isEmpty()) << kind;
  }
}

TEST(Window, AsksForWhomAWorkerWorksOnlyWhileSomeoneLooks) {
  FakeAgent agent;
  Shown shown(options_of(agent));
  ASSERT_TRUE(shown.is_whole());
  const auto asked = [&] { return agent.questions("/v1/workers").size(); };
  ScoreboardGrid& grid = shown.window.overview().grid();
  EXPECT_EQ(asked(), 0U);
  grid.setFocus();
  QTest::keyClick(&grid, Qt::Key_Right);
  ASSERT_TRUE(turn_until([&] { return says(shown.window, QStringLiteral("GET /cart?step=2")); }));
  EXPECT_THAT(agent.questions("/v1/workers").front(), HasSubstr("target=11642&pid=11643"));
  EXPECT_TRUE(says(shown.window, QStringLiteral("203.0.113.7 at shop.example.org:443")));
  EXPECT_THAT(grid.accessibleDescription().toStdString(), HasSubstr("It answers 203.0.113.7"));
  // The mouse is what is looked at while it is over a worker.
  QTest::mouseMove(&grid, QPoint(60, 30));
  EXPECT_TRUE(turn_until([&] { return says(shown.window, QStringLiteral("GET /style.css")); }));
  QTest::keyClick(&grid, Qt::Key_Escape);
  QTest::mouseMove(&grid, QPoint(grid.width() - 1, grid.height() - 1));
  EXPECT_TRUE(turn_until([&] { return grid.sentence().isEmpty(); }));
  const int before = agent.asked();
  const std::size_t looked = asked();
  turn_until([&] { return agent.asked() > before + 20; });
  EXPECT_LE(asked(), looked + 1);
}

TEST(Window, EndsWhileAWorkerIsLookedAt) {
  FakeAgent agent;
  Shown shown(options_of(agent));
  ASSERT_TRUE(shown.is_whole());
  QTest::keyClick(&shown.window.overview().grid(), Qt::Key_Right);
  EXPECT_FALSE(shown.window.overview().grid().sentence().isEmpty());
}

TEST(Window, SaysWhyItIsNotKnownForWhomAWorkerWorks) {
  FakeAgent agent;
  auto workers = *from_json<WorkerList>(test::example("workers"));
  workers.workers[0].client.clear();
  workers.workers[0].request.clear();
  workers.missing = "ExtendedStatus is Off.";
  agent.answer("/v1/workers", to_json(workers));
  Shown shown(options_of(agent));
  ASSERT_TRUE(shown.is_whole());
  QTest::keyClick(&shown.window.overview().grid(), Qt::Key_Right);
  EXPECT_TRUE(turn_until([&] { return says(shown.window, QStringLiteral("ExtendedStatus is")); }));
}

TEST(Window, ForgetsNothingOfItsLayout) {
  FakeAgent agent;
  {
    Shown shown(options_of(agent));
    shown.window.resize(1111, 777);
    shown.window.pages().setCurrentIndex(1);
    shown.window.close();
  }
  const MainWindow again({options_of(agent)});
  EXPECT_EQ(again.size(), QSize(1111, 777));
}

TEST(Window, SaysThatNoServerRuns) {
  FakeAgent agent;
  agent.refuse("/v1/status", "no httpd runs here", Error::Kind::Unreachable);
  Shown shown(options_of(agent));
  EXPECT_TRUE(
      turn_until([&] { return shown.window.empty_sentence().startsWith(u"No httpd runs"); }));
  EXPECT_EQ(shown.window.feed().link().link, Link::Live);
  agent.answer("/v1/status", test::example("status"));
  EXPECT_TRUE(shown.is_whole());
  EXPECT_TRUE(shown.window.empty_sentence().isEmpty());
}

}  // namespace
}  // namespace mpm::gui
