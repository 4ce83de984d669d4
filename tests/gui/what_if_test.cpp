// SPDX-License-Identifier: Apache-2.0
//
// The page of what would be: what can be tried, what is asked while a slider moves, and what is
// said of the answer.
#include "gui/model/what_if.h"

#include <QAbstractItemModelTester>
#include <QSlider>
#include <QSpinBox>
#include <QTabWidget>
#include <algorithm>
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gui/page/change_page.h"
#include "gui/page/main_window.h"
#include "gui/page/what_if_page.h"
#include "gui/plot/forecast_plot.h"
#include "schema/codec/json.h"
#include "tests/gui/fake_agent.h"
#include "tests/gui/window.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;
using test::FakeAgent;
using test::turn_until;
using testing::HasSubstr;

MpmSettings settings_of(std::int64_t limit) {
  MpmSettings settings;
  settings.pid = 11642;
  settings.basis = "what was read";
  for (const auto& [directive, value] : std::vector<std::pair<std::string, SettingValue>>{
           {"MaxRequestWorkers", limit}, {"KeepAlive", std::string("On")}, {"MaxMemFree", 2048}}) {
    Setting setting;
    setting.directive = directive;
    setting.effective = value;
    settings.settings.push_back(setting);
  }
  return settings;
}

SimulationReport report() {
  return *from_json<SimulationReport>(test::example("simulation"));
}

TEST(Trials, AreOfNumbersThatTheSimulatorHeeds) {
  std::vector<Trial> trials = trials_of(settings_of(100));
  ASSERT_EQ(trials.size(), 1U);
  EXPECT_EQ(trials[0], (Trial{"MaxRequestWorkers", 100, 1, 400, 100}));
  EXPECT_TRUE(wishes_of(trials).empty());
  trials[0].tried = 250;
  ASSERT_EQ(wishes_of(trials).size(), 1U);
  EXPECT_EQ(wishes_of(trials)[0].value, "250");
}

TEST(Forecast, StandsBesideTodays) {
  RowsModel model(forecast_headings());
  const QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.take(forecast_rows(report()));
  ASSERT_EQ(model.columnCount(), 4);
  EXPECT_EQ(model.index(2, 2).data().toString().toStdString(), "2.5 s");
  EXPECT_EQ(model.index(2, 3).data().toString().toStdString(), "100 ms");
  EXPECT_EQ(model.index(6, 1).data().toString().toStdString(), "150");
  EXPECT_THAT(forecast_verdict(report()).toStdString(),
              HasSubstr("at most 100 ms for a worker, instead of 2.5 s; 0 clients would give up or "
                        "be refused, instead of 1,030"));
  SimulationReport nothing = report();
  nothing.directives.clear();
  EXPECT_THAT(forecast_verdict(nothing).toStdString(), HasSubstr("Nothing is tried"));
}

TEST(Forecast, IsDrawnOnOneScale) {
  const std::vector<SimulatedPoint> course{{.at_seconds = 0, .busy = 10, .memory = {}},
                                           {.at_seconds = 50, .busy = 5, .memory = {}}};
  const QPolygonF line = line_of(course, {.seconds = 100, .most = 10, .width = 200, .height = 40},
                                 [](const SimulatedPoint& point) { return point.busy; });
  EXPECT_EQ(line, (QPolygonF{{0, 0}, {100, 20}}));
}

class WhatIfWindow : public testing::Test {
 protected:
  void SetUp() override {
    agent.answer("/v1/settings", to_json(settings_of(16)));
    window.show();
    window.start();
    window.pages().setCurrentWidget(&page());
    ASSERT_TRUE(turn_until([&] { return page().forecast().rowCount() > 0; }));
  }
  WhatIfPage& page() { return window.what_if(); }
  QSlider& slider() { return *page().findChild<QSlider*>(); }
  std::vector<SimulationQuestion> asked() {
    std::vector<SimulationQuestion> questions;
    for (const std::string& body : agent.posted("/v1/simulation"))
      questions.push_back(*from_json<SimulationQuestion>(body));
    return questions;
  }

  FakeAgent agent;
  MainWindow window{{test::quick_feed(agent.socket())}};
};

TEST_F(WhatIfWindow, BeginsAsItIs) {
  ASSERT_EQ(asked().size(), 1U);
  EXPECT_EQ(asked()[0].target, "11642");
  EXPECT_TRUE(asked()[0].wishes.empty());
  EXPECT_EQ(slider().value(), 16);
  EXPECT_EQ(slider().accessibleName(), QStringLiteral("MaxRequestWorkers"));
  EXPECT_TRUE(test::says(page(), QStringLiteral("The processors were busy for 90 %")));
}

TEST_F(WhatIfWindow, AsksWhileASliderMovesOneQuestionAtATimeAndTheLastOneInTheEnd) {
  agent.set_delay(100ms);
  const test::Pulse pulse;
  for (int value = 17; value <= 57; ++value) {
    slider().setValue(value);
    const int answered = agent.asked();
    turn_until([&] { return agent.asked() > answered; });
  }
  ASSERT_TRUE(turn_until([&] {
    const auto questions = asked();
    return !questions.back().wishes.empty() && questions.back().wishes[0].value == "57";
  }));
  EXPECT_GT(asked().size(), 2U);
  EXPECT_LT(asked().size(), 20U);
  EXPECT_LT(pulse.longest_pause(), 500ms);
  EXPECT_EQ(page().findChild<QSpinBox*>()->value(), 57);
}

TEST_F(WhatIfWindow, GoesBackToWhatIsInForce) {
  EXPECT_FALSE(test::button(page(), QStringLiteral("As it is"))->isEnabled());
  slider().setValue(40);
  ASSERT_TRUE(turn_until([&] { return !asked().back().wishes.empty(); }));
  ASSERT_TRUE(test::press(page(), QStringLiteral("As it is")));
  EXPECT_EQ(slider().value(), 16);
  EXPECT_TRUE(turn_until([&] { return asked().back().wishes.empty(); }));
}

TEST(Trials, AreWhatIsAdvised) {
  std::vector<Trial> trials = trials_of(settings_of(100));
  Change change;
  change.directive = "MaxRequestWorkers";
  change.to = 1000;
  try_changes(trials, {change});
  EXPECT_EQ(trials[0], (Trial{"MaxRequestWorkers", 100, 1, 1000, 1000})) << "beyond the slider";
  try_changes(trials, {});
  EXPECT_EQ(trials[0].tried, 100);
}

TEST(Forecast, SaysThatAllOfThemWouldBeBusy) {
  SimulationReport full = report();
  EXPECT_EQ(forecast_verdict(full).indexOf(u"all workers would be busy"), -1);
  DirectiveChange workers;
  workers.directive = "MaxRequestWorkers";
  workers.to_effective = full.changed.busy_max;
  full.directives = {workers};
  EXPECT_NE(forecast_verdict(full).indexOf(u"all workers would be busy"), -1);
}

TEST_F(WhatIfWindow, TriesWhatIsAdvised) {
  const auto proposal = from_json<Proposal>(test::example("proposal"));
  ASSERT_TRUE(proposal);
  const auto change = std::ranges::find(proposal->changes, "MaxRequestWorkers", &Change::directive);
  ASSERT_NE(change, proposal->changes.end());
  ASSERT_TRUE(test::press(page(), QStringLiteral("As advised")));
  EXPECT_EQ(slider().value(), change->to);
  ASSERT_TRUE(turn_until([&] { return !asked().back().wishes.empty(); }));
  EXPECT_EQ(asked().back().wishes[0].value, std::to_string(change->to));
  page().advise({});
  EXPECT_FALSE(test::button(page(), QStringLiteral("As advised"))->isEnabled());
}

TEST_F(WhatIfWindow, LeadsToTheReviewOfWhatWasTried) {
  slider().setValue(40);
  ASSERT_TRUE(test::press(page(), QStringLiteral("Review as a change")));
  EXPECT_TRUE(window.change().isVisible());
  ASSERT_TRUE(turn_until([&] { return !agent.posted("/v1/changes/preview").empty(); }));
  const auto asked = from_json<ChangeRequest>(agent.posted("/v1/changes/preview")[0]);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->question.basis, "what was read");
  ASSERT_EQ(asked->question.wishes.size(), 1U);
  EXPECT_EQ(asked->question.wishes[0].directive, "MaxRequestWorkers");
  EXPECT_EQ(asked->question.wishes[0].value, "40");
  EXPECT_TRUE(agent.posted("/v1/changes/begin").empty());
}

TEST_F(WhatIfWindow, SaysWhyNothingCanBeForetold) {
  agent.refuse("/v1/simulation", "Too little was seen of this server.", Error::Kind::Usage);
  slider().setValue(20);
  EXPECT_TRUE(turn_until([&] { return page().sentence().contains(u"Too little was seen"); }));
}

TEST_F(WhatIfWindow, AsksNothingWhileNobodyLooks) {
  window.pages().setCurrentIndex(0);
  const std::size_t before = asked().size();
  slider().setValue(30);
  const int answered = agent.asked();
  EXPECT_TRUE(turn_until([&] { return agent.asked() > answered + 20; }));
  EXPECT_EQ(asked().size(), before);
  window.pages().setCurrentWidget(&page());
  EXPECT_TRUE(turn_until([&] { return asked().size() == before + 1; }));
}

}  // namespace
}  // namespace mpm::gui
