// SPDX-License-Identifier: Apache-2.0
//
// The page of the past, offscreen, on an agent that answers well or badly.
#include <QFile>
#include <QImage>
#include <QTabWidget>
#include <QTableView>
#include <QWheelEvent>
#include <chrono>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gui/page/advice_page.h"
#include "gui/page/history_page.h"
#include "gui/page/main_window.h"
#include "schema/codec/json.h"
#include "tests/gui/fake_agent.h"
#include "tests/gui/window.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using test::FakeAgent;
using test::Manner;
using test::says;
using test::turn_until;
using testing::HasSubstr;

// The last hour, saturated in its last ten minutes.
HistoryReport hour() {
  HistoryReport report;
  report.server = "0.0.0.0:80";
  report.to = present();
  report.from = report.to - 2h;
  report.step_seconds = 10;
  report.fields = {"saturated_seconds", "busy", "worker_limit", "requests_per_second"};
  for (Instant at = report.from; at < report.to; at += 10s) {
    const bool full = report.to - at < 10min;
    report.points.push_back({at, 10, {full ? 10.0 : 0.0, full ? 16.0 : 5.0, 16.0, 12.5}});
  }
  report.marks = {
      {report.to - 30min, MarkKind::Changed, "MaxRequestWorkers 8 to 16. <b>kept</b>", 7},
      {report.to - 29min, MarkKind::Reloaded, "It was reloaded gracefully.", 0}};
  return report;
}

class HistoryWindow : public testing::Test {
 protected:
  void SetUp() override {
    agent.answer("/v1/history", to_json(hour()));
    window.resize(1280, 800);
    window.show();
    window.start();
    window.pages().setCurrentWidget(&page());
  }
  HistoryPage& page() { return window.history(); }
  TimePlots& plots() { return page().plots(); }
  bool is_shown() {
    return turn_until([&] { return plots().report().has_value(); });
  }
  // The overview asks for some of the past too, and for other fields.
  std::vector<std::string> questions() {
    return agent.questions("/v1/history", "saturated_seconds");
  }
  std::size_t asked() { return questions().size(); }
  bool comes_to_say(const QString& text) {
    return turn_until([&] { return page().sentence().contains(text); });
  }
  static FeedOptions options_of(const FakeAgent& agent) {
    FeedOptions options = test::quick_feed(agent.socket());
    options.limit = 1000ms;
    return options;
  }

  FakeAgent agent;
  MainWindow window{{options_of(agent)}};
};

TEST_F(HistoryWindow, ShowsTheLastHourWithWhatHappened) {
  ASSERT_TRUE(is_shown());
  EXPECT_THAT(questions()[0], HasSubstr("target=11642&from="));
  EXPECT_THAT(questions()[0], HasSubstr("saturated_seconds"));
  EXPECT_EQ(plots().span().seconds(), 3600);
  EXPECT_TRUE(comes_to_say(QStringLiteral("every worker was busy")));
  ASSERT_EQ(page().marks().rowCount(), 2);
  EXPECT_THAT(page().marks().index(1, 1).data().toString().toStdString(), HasSubstr("C changed"));
  EXPECT_FALSE(window.grab().isNull());
}

TEST_F(HistoryWindow, ZoomsWithTheWheelAndAsksForMoreDetailOnce) {
  ASSERT_TRUE(is_shown());
  const std::size_t before = asked();
  const QPointF middle(plots().width() / 2.0, plots().height() / 2.0);
  for (int notch = 0; notch < 10; ++notch) {
    QWheelEvent wheel(middle, plots().mapToGlobal(middle), {}, QPoint(0, 120), Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&plots(), &wheel);
  }
  EXPECT_NEAR(plots().span().seconds(), 3600 / std::pow(1.3, 10), 1);
  ASSERT_TRUE(turn_until([&] { return asked() > before; }));
  EXPECT_EQ(asked(), before + 1);
  EXPECT_THAT(questions().back(), HasSubstr("step=0.3"));
}

TEST_F(HistoryWindow, IsLedByTheKeyboard) {
  ASSERT_TRUE(is_shown());
  const TimeSpan first = plots().span();
  QTest::keyClick(&plots(), Qt::Key_Left);
  EXPECT_LT(plots().span().from, first.from);
  QTest::keyClick(&plots(), Qt::Key_Plus);
  EXPECT_LT(plots().span().seconds(), first.seconds());
  QTest::keyClick(&plots(), Qt::Key_Minus);
  EXPECT_NEAR(plots().span().seconds(), first.seconds(), 0.01);
  QTest::keyClick(&plots(), Qt::Key_Right, Qt::ControlModifier);
  ASSERT_TRUE(plots().cursor());
  const Instant cursor = *plots().cursor();
  QTest::keyClick(&plots(), Qt::Key_Right, Qt::ControlModifier);
  EXPECT_EQ(*plots().cursor() - cursor, 10s);
  EXPECT_THAT(plots().accessibleDescription().toStdString(), HasSubstr("Workers: 5 busy"));
  QTest::keyClick(&plots(), Qt::Key_Escape);
  EXPECT_FALSE(plots().cursor());
  QTest::keyClick(&plots(), Qt::Key_0);
  EXPECT_EQ(plots().span().seconds(), 3600);
}

TEST_F(HistoryWindow, IsDraggedAndZoomedToWhatIsDrawn) {
  ASSERT_TRUE(is_shown());
  const TimeSpan first = plots().span();
  const QPoint middle = plots().rect().center();
  QTest::mousePress(&plots(), Qt::LeftButton, {}, middle);
  QTest::mouseMove(&plots(), middle + QPoint(200, 0));
  QTest::mouseRelease(&plots(), Qt::LeftButton, {}, middle + QPoint(200, 0));
  EXPECT_LT(plots().span().from, first.from);
  EXPECT_NEAR(plots().span().seconds(), 3600, 0.01);
  QTest::mousePress(&plots(), Qt::LeftButton, Qt::ShiftModifier, middle);
  QTest::mouseMove(&plots(), middle + QPoint(100, 0));
  QTest::mouseRelease(&plots(), Qt::LeftButton, Qt::ShiftModifier, middle + QPoint(100, 0));
  EXPECT_LT(plots().span().seconds(), 1000);
}

TEST_F(HistoryWindow, GoesToAnyLengthWithOneButton) {
  ASSERT_TRUE(is_shown());
  for (const auto& [text, length] : std::vector<std::pair<QString, double>>{
           {QStringLiteral("6 h"), 21'600}, {QStringLiteral("30 d"), 2'592'000}}) {
    ASSERT_TRUE(test::press(page(), text));
    EXPECT_EQ(plots().span().seconds(), length);
  }
  EXPECT_TRUE(
      turn_until([&] { return questions().back().find("step=3240") != std::string::npos; }));
}

TEST_F(HistoryWindow, PutsTheCursorOnWhatHappened) {
  ASSERT_TRUE(is_shown());
  page().findChild<QTableView*>()->selectRow(1);
  ASSERT_TRUE(plots().cursor());
  EXPECT_EQ(*plots().cursor(), plots().report()->marks[0].at);
}

TEST_F(HistoryWindow, KeepsPlotsAndNumbersAsFiles) {
  ASSERT_TRUE(is_shown());
  const TempDir dir;
  page().save_png(QString::fromStdString(dir / "h.png"));
  ASSERT_TRUE(comes_to_say(QStringLiteral("h.png")));
  EXPECT_EQ(QImage(QString::fromStdString(dir / "h.png")).width(), plots().width());
  page().save_csv(QString::fromStdString(dir / "h.csv"));
  ASSERT_TRUE(comes_to_say(QStringLiteral("h.csv")));
  QFile file(QString::fromStdString(dir / "h.csv"));
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  EXPECT_TRUE(file.readLine().startsWith("at,seconds,saturated_seconds,busy"));
  EXPECT_NEAR(static_cast<double>(file.readAll().count('\n')), 360, 2);
  page().save_csv(QStringLiteral("/nonexistent/h.csv"));
  EXPECT_TRUE(comes_to_say(QStringLiteral("could not be written")));
}

TEST_F(HistoryWindow, MarksWhatTheChosenFindingRestsOn) {
  ASSERT_TRUE(is_shown());
  ASSERT_TRUE(turn_until([&] { return plots().evidence().has_value(); }));
  EXPECT_THAT(plots().evidence()->fields, testing::Contains("busy"));
  window.pages().setCurrentWidget(&window.advice());
  ASSERT_TRUE(test::press(window.advice(), QStringLiteral("Show in the history")));
  EXPECT_TRUE(page().isVisible());
  EXPECT_LE(plots().span().from, plots().evidence()->span.from);
}

TEST_F(HistoryWindow, SaysThatNothingWasSeen) {
  HistoryReport nothing = hour();
  nothing.points.clear();
  nothing.marks.clear();
  agent.answer("/v1/history", to_json(nothing));
  window.pages().setCurrentIndex(0);
  page().watch(window.feed().client(), "");
  page().watch(window.feed().client(), "4711");
  window.pages().setCurrentWidget(&page());
  EXPECT_TRUE(comes_to_say(QStringLiteral("Nothing was seen of this server")));
}

TEST_F(HistoryWindow, ASlowAgentFreezesNothingAndGetsTheLastQuestionOnly) {
  ASSERT_TRUE(is_shown());
  agent.set_delay(500ms);
  const std::size_t before = asked();
  test::Pulse pulse;
  for (int turn = 0; turn < 30; ++turn) {
    QTest::keyClick(&plots(), Qt::Key_Plus);
    QTest::keyClick(&plots(), Qt::Key_Left);
    QTest::qWait(20);
  }
  EXPECT_TRUE(turn_until([&] {
    const auto& report = plots().report();
    return report && asked() > before;
  }));
  EXPECT_LE(asked(), before + 4);
  EXPECT_LT(pulse.longest_pause(), 400ms);
}

TEST_F(HistoryWindow, RefusalsAndOtherVersionsAreSaidAndWhatWasThereStays) {
  ASSERT_TRUE(is_shown());
  agent.refuse("/v1/history", "the database is <locked>");
  ASSERT_TRUE(test::press(page(), QStringLiteral("24 h")));
  EXPECT_TRUE(comes_to_say(QStringLiteral("The agent cannot tell: the database is <locked>")));
  agent.answer("/v1/history", R"({"points": [{"when": "ever"}]})");
  ASSERT_TRUE(test::press(page(), QStringLiteral("7 d")));
  EXPECT_TRUE(comes_to_say(QStringLiteral("another version")));
  EXPECT_TRUE(plots().report().has_value());
  agent.answer("/v1/history", to_json(hour()));
  ASSERT_TRUE(test::press(page(), QStringLiteral("1 h")));
  EXPECT_TRUE(turn_until([&] { return !page().sentence().contains(u"cannot tell"); }));
}

TEST_F(HistoryWindow, RubbishIsSaidAndTheNextAnswerMendsIt) {
  ASSERT_TRUE(is_shown());
  agent.behave(Manner::Rubbish);
  EXPECT_TRUE(comes_to_say(QStringLiteral("does not answer")));
  agent.behave(Manner::Well);
  EXPECT_TRUE(turn_until([&] { return !page().sentence().contains(u"does not answer"); }));
  const std::size_t before = asked();
  ASSERT_TRUE(test::press(page(), QStringLiteral("6 h")));
  EXPECT_TRUE(turn_until([&] { return asked() > before; }));
}

}  // namespace
}  // namespace mpm::gui
