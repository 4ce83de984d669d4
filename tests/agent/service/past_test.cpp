// SPDX-License-Identifier: Apache-2.0
//
// The past over the API: of a server that has ended, with what was recommended and changed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/history/history.h"
#include "agent/history/journal.h"
#include "agent/service/routes.h"
#include "schema/codec/json.h"
#include "tests/support/samples.h"
#include "tests/support/step_clock.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

const std::string kServer = "0.0.0.0:80 /etc/apache2/apache2.conf";

class Past : public testing::Test {
 protected:
  Past() {
    dir_.write("self/mountinfo", "");
    auto history = History::open(dir_ / "history.db");
    std::vector<StoredSample> samples;
    for (int second = 0; second < 1200; ++second) {
      Sample sample;
      sample.at = kNoon - hours(1) + seconds(second);
      sample.pid = 1;
      sample.restarted = kNoon - hours(9);
      sample.accesses = 10 * second;
      sample.tally.busy = 7;
      samples.push_back({kServer, sample});
    }
    EXPECT_TRUE(history->append(samples));
    EXPECT_TRUE(history->append(kServer, to_400(), kNoon - minutes(50)));
  }

  static Proposal to_400() {
    Change change;
    change.directive = "MaxRequestWorkers";
    change.from = 150;
    change.to = 400;
    Proposal proposal;
    proposal.changes.push_back(change);
    return proposal;
  }
  // What was recommended, made ten minutes later.
  void make(Phase phase) {
    ChangeRecord record;
    record.at = kNoon - minutes(40);
    record.target.config_file = "/etc/apache2/apache2.conf";
    record.target.listeners.push_back({"0.0.0.0", 80});
    DirectiveChange directive;
    directive.directive = "MaxRequestWorkers";
    directive.from = "150";
    directive.to = "400";
    directive.from_effective = std::int64_t{150};
    directive.to_effective = std::int64_t{400};
    record.plan.directives.push_back(directive);
    auto journal = Journal::open(dir_ / "state");
    const auto id = journal->begin(record, "{}");
    ASSERT_TRUE(id) << id.error().what;
    ASSERT_TRUE(journal->enter(*id, {record.at + seconds(5), phase, ""}));
  }
  ApiResponse get(std::map<std::string, std::string> query) {
    AgentOptions options;
    options.ephemeral = true;
    options.history = dir_ / "history.db";
    options.proc_root = dir_.path();
    options.state = dir_ / "state";
    const auto agent = std::move(*Agent::start(options, clock_));
    return respond(*agent, {"GET", "/v1/history", std::move(query), {}});
  }
  HistoryReport past(std::map<std::string, std::string> query) {
    const ApiResponse response = get(std::move(query));
    EXPECT_EQ(response.status, 200) << response.body;
    const auto report = from_json<HistoryReport>(response.body);
    EXPECT_TRUE(report) << response.body;
    return report.value_or(HistoryReport{});
  }

  const TempDir dir_;
  test::StepClock clock_{kNoon};
};

TEST_F(Past, OfAServerThatHasEndedIsToldByItsPort) {
  const HistoryReport report = past({{"target", ":80"}, {"from", "-3600"}, {"step", "300"}});
  EXPECT_EQ(report.server, kServer);
  EXPECT_EQ(report.from, kNoon - hours(1));
  EXPECT_EQ(report.to, kNoon);
  EXPECT_EQ(report.step_seconds, 300);
  EXPECT_GE(report.points.size(), 4U);
  EXPECT_LE(report.points.size(), 5U) << "of the rest nothing is known";
  EXPECT_EQ(report.fields.size(), report.points[0].values.size());
  EXPECT_EQ(past({{"from", "-3600"}}).server, kServer) << "there is only one";
}

TEST_F(Past, HasTheFieldsThatWereAskedFor) {
  const HistoryReport report =
      past({{"target", ":80"}, {"from", "-3600"}, {"step", "60"}, {"fields", "busy"}});
  EXPECT_EQ(report.fields, std::vector<std::string>{"busy"});
  EXPECT_EQ(report.points[3].values[0], 7.0);
}

TEST_F(Past, SaysWhatBecameOfARecommendation) {
  const auto sentence = [&](MarkKind kind) {
    for (const HistoryMark& mark : past({{"target", ":80"}, {"from", "-7200"}}).marks)
      if (mark.kind == kind) return mark.sentence;
    return std::string("there is no such mark");
  };
  EXPECT_EQ(sentence(MarkKind::Recommended),
            "Recommended was MaxRequestWorkers 150 to 400. It was not made.");
  make(Phase::Undone);
  EXPECT_THAT(sentence(MarkKind::Recommended), HasSubstr("made as change 1 and taken back"));
  EXPECT_EQ(sentence(MarkKind::Changed),
            "MaxRequestWorkers 150 to 400. It was made as change 1 and taken back.");
  EXPECT_EQ(sentence(MarkKind::Began), "It is watched from here on.");
}

TEST_F(Past, RefusesWhatMakesNoSense) {
  for (const std::map<std::string, std::string>& query :
       std::vector<std::map<std::string, std::string>>{{{"from", "yesterday"}},
                                                       {{"from", "3600"}},
                                                       {{"from", "-60"}, {"to", "-120"}},
                                                       {{"step", "0"}},
                                                       {{"step", "long"}},
                                                       {{"fields", "bussy"}}}) {
    const ApiResponse response = get(query);
    EXPECT_EQ(response.status, 400) << response.body;
    EXPECT_EQ(response.content_type, "application/problem+json");
  }
  EXPECT_EQ(get({{"target", ":81"}}).status, 502) << "nobody is known by that port";
}

TEST_F(Past, HasAtMostFiveThousandSteps) {
  const HistoryReport report = past({{"target", ":80"}, {"from", "-31536000"}, {"step", "1"}});
  EXPECT_GE(report.step_seconds, 31536000 / 5000);
}

}  // namespace
}  // namespace mpm
