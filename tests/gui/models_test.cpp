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

StatusReport server_of(std::int32_t pid, Health health) {
  StatusReport report = servers({pid});
  report.targets[0].health = health;
  return report;
}

LinkState lost() {
  LinkState link;
  link.link = Link::Lost;
  return link;
}

// A model of so many agents.
struct Agents {
  explicit Agents(int agents) {
    for (int agent = 0; agent < agents; ++agent)
      model.add_agent(QString::number(agent));
  }
  std::vector<std::int32_t> pids(int agent) const {
    std::vector<std::int32_t> pids;
    for (int row = 0; row < model.rowCount(model.index_of(agent)); ++row)
      pids.push_back(model.at(model.index(row, 0, model.index_of(agent)))->pid);
    return pids;
  }
  std::vector<int> order() const {
    std::vector<int> order;
    for (int row = 0; row < model.rowCount(); ++row)
      order.push_back(model.agent_of(model.index(row)));
    return order;
  }

  ServersModel model;
  QAbstractItemModelTester tester{&model, kFatal};
};

using Pids = std::vector<std::int32_t>;

TEST(ServersModel, KeepsTheContractWhileServersComeAndGo) {
  Agents agents(2);
  for (const auto& pids : std::vector<Pids>{{1}, {1, 2, 3}, {3, 1}, {4, 5}, {}, {5}}) {
    agents.model.take(0, servers(pids));
    agents.model.take(1, servers({7}));
  }
  EXPECT_EQ(agents.pids(0), Pids{5});
  EXPECT_EQ(agents.pids(1), Pids{7});
}

TEST(ServersModel, MovesNoServerThatStays) {
  Agents agents(1);
  agents.model.take(0, servers({1, 2, 3}));
  const QPersistentModelIndex third = agents.model.index_of(0, "3");
  agents.model.take(0, servers({3, 4}));
  EXPECT_EQ(third.row(), 0);
  EXPECT_EQ(agents.pids(0), (Pids{3, 4}));
}

TEST(ServersModel, KnowsWhichServerIsWorstOff) {
  Agents agents(1);
  EXPECT_FALSE(agents.model.worst_of(0).isValid());
  StatusReport report = servers({1, 2, 3, 4});
  report.targets[1].health = Health::Strained;
  report.targets[2].health = Health::Saturated;
  report.targets[0].health = Health::Well;
  agents.model.take(0, report);
  EXPECT_EQ(agents.model.at(agents.model.worst_of(0))->pid, 3);
}

TEST(ServersModel, ShowsTheWorstOffFirstAndMovesNoneWithoutNeed) {
  Agents agents(1);
  StatusReport report = servers({1, 2, 3, 4});
  for (TargetStatus& server : report.targets)
    server.health = Health::Well;
  agents.model.take(0, report);
  const QPersistentModelIndex chosen = agents.model.index_of(0, "2");
  report.targets[2].health = Health::Strained;
  report.targets[3].health = Health::Saturated;
  agents.model.take(0, report);
  EXPECT_EQ(agents.pids(0), (Pids{4, 3, 1, 2}));
  EXPECT_EQ(chosen.row(), 3);
  report.targets[2].health = Health::Saturated;
  agents.model.take(0, report);
  EXPECT_EQ(agents.pids(0), (Pids{4, 3, 1, 2}));  // 4 was there first
}

TEST(ServersModel, ShowsTheAgentOfTheWorstOffFirstAndOneThatIsLostBeforeThoseThatAreFine) {
  Agents agents(4);
  agents.model.take(0, server_of(1, Health::Well));
  agents.model.take(1, server_of(1, Health::Saturated));
  agents.model.take(2, server_of(1, Health::Strained));
  agents.model.take_link(3, lost());
  EXPECT_EQ(agents.order(), (std::vector<int>{1, 3, 2, 0}));
  const QPersistentModelIndex server = agents.model.index_of(0, "1");
  agents.model.take(0, server_of(1, Health::Saturated));
  EXPECT_EQ(agents.order(), (std::vector<int>{1, 0, 3, 2}));
  EXPECT_EQ(server.parent(), agents.model.index_of(0));
  agents.model.take(1, {});
  EXPECT_EQ(agents.order(), (std::vector<int>{0, 3, 2, 1}));
}

TEST(ServersModel, SaysOfAnAgentHowItIsConnected) {
  Agents agents(1);
  LinkState link = lost();
  link.why = QStringLiteral("No agent answers at /run/x.");
  agents.model.take_link(0, link);
  const QModelIndex agent = agents.model.index_of(0);
  EXPECT_TRUE(agent.data(ServersModel::kSentence).toString().contains(u"at /run/x."));
  EXPECT_EQ(agent.data(ServersModel::kHealth).toInt(), static_cast<int>(Health::Saturated));
  EXPECT_EQ(agents.model.at(agent), nullptr);
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
  state.link = Link::Refused;
  state.why = QStringLiteral("give a token");
  EXPECT_EQ(sentence_of(state).toStdString(),
            "Refused: give a token. It is tried again by itself.");
}

}  // namespace
}  // namespace mpm::gui
