// SPDX-License-Identifier: Apache-2.0
//
// What stands at the left of the window: the agents that are asked, and below each its servers with
// name, health and verdict; the worst off first, servers and agents. A new report moves as few rows
// as it can, so that the chosen one stays chosen.
//
// Agents are known by their number, in the order they were added, wherever they stand.
#pragma once

#include <QAbstractItemModel>
#include <string>
#include <vector>

#include "gui/client/link_state.h"
#include "schema/model/messages.h"

namespace mpm::gui {

class ServersModel : public QAbstractItemModel {
  Q_OBJECT

 public:
  // kSentence: of a server how it is, of an agent how it is connected.
  enum Role : int { kSentence = Qt::UserRole, kHealth };

  using QAbstractItemModel::QAbstractItemModel;

  QModelIndex index(int row, int column = 0, const QModelIndex& parent = {}) const override;
  QModelIndex parent(const QModelIndex& index) const override;
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

  void add_agent(const QString& name);
  void take(int agent, const StatusReport& report);
  void take_link(int agent, const LinkState& link);

  // Null: an agent, or nothing.
  const TargetStatus* at(const QModelIndex& index) const;
  // Of a server too; -1: of nothing.
  int agent_of(const QModelIndex& index) const;
  QModelIndex index_of(int agent) const;
  // By target_key(); invalid: it is not there.
  QModelIndex index_of(int agent, const std::string& key) const;
  // The first of those that are worst off; invalid: there is none.
  QModelIndex worst_of(int agent) const;

 private:
  struct Agent {
    int number = 0;
    QString name;
    LinkState link;
    std::vector<TargetStatus> servers;
  };

  static int trouble_of(const TargetStatus& server);
  static int trouble_of(const Agent& agent);
  int row_of(int agent) const;
  template <class Row>
  void put_worst_first(std::vector<Row>& rows, const QModelIndex& parent);
  void drop_those_gone(Agent& agent, const StatusReport& report);
  void put(Agent& agent, const TargetStatus& server);
  QVariant of_agent(const Agent& agent, int role) const;

  std::vector<Agent> agents_;  // the worst off first
};

}  // namespace mpm::gui
