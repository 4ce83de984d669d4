// SPDX-License-Identifier: Apache-2.0
//
// Every model keeps Qt's contract for models, whatever it is told in whatever order.
#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include "gui/client/link_state.h"
#include "gui/model/findings_model.h"
#include "gui/model/rows_model.h"
#include "gui/model/servers_model.h"
#include "gui/words.h"
#include "schema/codec/json.h"
#include "tests/gui/fake_agent.h"

namespace mpm::gui {
namespace {

constexpr auto kFatal = QAbstractItemModelTester::FailureReportingMode::Fatal;

StatusReport servers(const std::vector<std::int32_t>& pids) {
  StatusReport report;
  for (const std::int32_t pid : pids) {
    TargetStatus server;
    server.pid = pid;
    report.targets.push_back(server);
  }
  return report;
}

TEST(ServersModel, KeepsTheContractWhileServersComeAndGo) {
  ServersModel model;
  const QAbstractItemModelTester tester(&model, kFatal);
  for (const auto& pids :
       std::vector<std::vector<std::int32_t>>{{1}, {1, 2, 3}, {3, 1}, {4, 5}, {}, {5}})
    model.take(servers(pids));
  EXPECT_EQ(model.rowCount(), 1);
}

TEST(ServersModel, MovesNoServerThatStays) {
  ServersModel model;
  model.take(servers({1, 2, 3}));
  const QPersistentModelIndex third = model.index(2);
  model.take(servers({3, 4}));
  EXPECT_EQ(third.row(), 0);
  EXPECT_EQ(model.at(0)->pid, 3);
  EXPECT_EQ(model.row_of("4"), 1);
}

TEST(ServersModel, KnowsWhichServerIsWorstOff) {
  ServersModel model;
  EXPECT_EQ(model.worst(), -1);
  StatusReport report = servers({1, 2, 3, 4});
  report.targets[1].health = Health::Strained;
  report.targets[2].health = Health::Saturated;
  report.targets[0].health = Health::Well;
  model.take(report);
  EXPECT_EQ(model.worst(), 0);
  EXPECT_EQ(model.at(0)->pid, 3);
}

TEST(ServersModel, ShowsTheWorstOffFirstAndMovesNoneWithoutNeed) {
  ServersModel model;
  const QAbstractItemModelTester tester(&model, kFatal);
  StatusReport report = servers({1, 2, 3, 4});
  for (TargetStatus& server : report.targets)
    server.health = Health::Well;
  model.take(report);
  const QPersistentModelIndex chosen = model.index(1);
  report.targets[2].health = Health::Strained;
  report.targets[3].health = Health::Saturated;
  model.take(report);
  std::vector<std::int32_t> order;
  for (int row = 0; row < model.rowCount(); ++row)
    order.push_back(model.at(row)->pid);
  EXPECT_EQ(order, (std::vector<std::int32_t>{4, 3, 1, 2}));
  EXPECT_EQ(chosen.row(), 3);
  report.targets[2].health = Health::Saturated;
  model.take(report);
  EXPECT_EQ(model.at(0)->pid, 4);  // it was there first
  EXPECT_EQ(model.at(1)->pid, 3);
}

TEST(FindingsModel, KeepsTheChosenFindingWhenOnlyNumbersMoved) {
  FindingsModel model;
  const QAbstractItemModelTester tester(&model, kFatal);
  model.take({{.rule = "a",
               .severity = Severity::Warning,
               .claim = "one",
               .advice = "",
               .evidence = {},
               .formula = ""}});
  const QPersistentModelIndex first = model.index(0);
  model.take({{.rule = "a",
               .severity = Severity::Warning,
               .claim = "two",
               .advice = "",
               .evidence = {},
               .formula = ""}});
  EXPECT_TRUE(first.isValid());
  EXPECT_TRUE(first.data().toString().endsWith(u"warning: two"));
  model.take({});
  EXPECT_FALSE(first.isValid());
}

TEST(RowsModel, KeepsTheContractForEveryTable) {
  const auto proposal = from_json<Proposal>(test::example("proposal"));
  const auto change = from_json<ChangeRecord>(test::example("change"));
  const auto list = from_json<ChangeList>(test::example("changes"));
  ASSERT_TRUE(proposal && change && list);
  for (auto& [headings, rows] : std::vector<std::pair<QStringList, std::vector<TableRow>>>{
           {proposed_headings(), proposed_rows(proposal->changes)},
           {evidence_headings(), evidence_rows(proposal->findings[0].evidence)},
           {step_headings(), step_rows(change->steps)},
           {past_headings(), past_rows(*list)}}) {
    RowsModel model(headings);
    const QAbstractItemModelTester tester(&model, kFatal);
    for (const TableRow& row : rows)
      EXPECT_EQ(row.cells.size(), headings.size());
    model.take(rows);
    EXPECT_EQ(model.rowCount(), static_cast<int>(rows.size()));
    EXPECT_EQ(model.headerData(0, Qt::Horizontal), headings[0]);
    rows.front().cells[0] = QStringLiteral("other");
    model.take(rows);
    model.take({});
    EXPECT_EQ(model.rowCount(), 0);
  }
}

TEST(Words, TakeNothingThatAServerSentForMarkupOrControl) {
  EXPECT_EQ(shown("a\x1b[31mb\x07").toStdString(), "a [31mb ");
  EXPECT_FALSE(shown("\xff\xfe").isEmpty());
}

TEST(LinkState, SaysHowOldWhatIsShownIs) {
  LinkState state;
  state.heard = QDateTime(QDate(2026, 11, 23), QTime(12, 3, 5));
  state.link = Link::Stale;
  EXPECT_EQ(sentence_of(state).toStdString(), "Stale since 12:03:05: the agent does not answer.");
  state.link = Link::Lost;
  state.why = QStringLiteral("No agent answers at /run/x.");
  EXPECT_TRUE(
      sentence_of(state).startsWith(u"Stale since 12:03:05. No agent: No agent answers at"));
  state.heard = {};
  EXPECT_TRUE(sentence_of(state).startsWith(u"No agent: "));
}

}  // namespace
}  // namespace mpm::gui
