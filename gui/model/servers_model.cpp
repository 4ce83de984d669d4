// SPDX-License-Identifier: Apache-2.0
#include "gui/model/servers_model.h"

#include <algorithm>
#include <utility>

#include "gui/words.h"

namespace mpm::gui {
namespace {

// What an index of a server has of its agent; that of an agent has none.
constexpr quintptr kIsAgent = 0;

quintptr id_below(int agent) {
  return static_cast<quintptr>(agent) + 1;
}

Health health_of(Link link) {
  if (is_broken(link)) return Health::Saturated;
  return link == Link::Live ? Health::Well : Health::Unknown;
}

}  // namespace

QModelIndex ServersModel::index(int row, int column, const QModelIndex& parent) const {
  if (!hasIndex(row, column, parent)) return {};
  return createIndex(row, column, parent.isValid() ? id_below(agent_of(parent)) : kIsAgent);
}

QModelIndex ServersModel::parent(const QModelIndex& index) const {
  if (!index.isValid() || index.internalId() == kIsAgent) return {};
  return index_of(agent_of(index));
}

int ServersModel::rowCount(const QModelIndex& parent) const {
  if (!parent.isValid()) return static_cast<int>(agents_.size());
  if (parent.internalId() != kIsAgent || parent.column() != 0) return 0;
  return static_cast<int>(agents_[static_cast<std::size_t>(parent.row())].servers.size());
}

int ServersModel::columnCount(const QModelIndex& /*parent*/) const {
  return 1;
}

QVariant ServersModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const TargetStatus* server = at(index);
  if (server == nullptr) return of_agent(agents_[static_cast<std::size_t>(index.row())], role);
  switch (role) {
    case Qt::DisplayRole:
      return server_name(*server);
    case Qt::AccessibleTextRole:
      return tr("%1: %2").arg(server_name(*server), word(server->health));
    case Qt::AccessibleDescriptionRole:
      return shown(server->verdict);
    case kSentence:
      return tr("%1: %2").arg(word(server->health), shown(server->verdict));
    case kHealth:
      return static_cast<int>(server->health);
    default:
      return {};
  }
}

QVariant ServersModel::of_agent(const Agent& agent, int role) const {
  switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
      return agent.name;
    case Qt::AccessibleDescriptionRole:
    case Qt::ToolTipRole:
    case kSentence:
      return sentence_of(agent.link);
    case kHealth:
      return static_cast<int>(health_of(agent.link.link));
    default:
      return {};
  }
}

void ServersModel::add_agent(const QString& name) {
  beginInsertRows({}, rowCount(), rowCount());
  agents_.push_back({rowCount(), name, {}, {}});
  endInsertRows();
}

void ServersModel::take(int agent, const StatusReport& report) {
  Agent& taken = agents_[static_cast<std::size_t>(row_of(agent))];
  drop_those_gone(taken, report);
  for (const TargetStatus& server : report.targets)
    put(taken, server);
  put_worst_first(taken.servers, index_of(agent));
  put_worst_first(agents_, {});
}

void ServersModel::take_link(int agent, const LinkState& link) {
  agents_[static_cast<std::size_t>(row_of(agent))].link = link;
  Q_EMIT dataChanged(index_of(agent), index_of(agent));
  put_worst_first(agents_, {});
}

void ServersModel::drop_those_gone(Agent& agent, const StatusReport& report) {
  const QModelIndex parent = index_of(agent.number);
  for (int row = rowCount(parent) - 1; row >= 0; --row) {
    const auto here = agent.servers.begin() + row;
    const std::string key = target_key(*here);
    if (std::ranges::find(report.targets, key, target_key) != report.targets.end()) continue;
    beginRemoveRows(parent, row, row);
    agent.servers.erase(here);
    endRemoveRows();
  }
}

void ServersModel::put(Agent& agent, const TargetStatus& server) {
  const QModelIndex here = index_of(agent.number, target_key(server));
  if (here.isValid()) {
    agent.servers[static_cast<std::size_t>(here.row())] = server;
    Q_EMIT dataChanged(here, here);
    return;
  }
  const QModelIndex parent = index_of(agent.number);
  beginInsertRows(parent, rowCount(parent), rowCount(parent));
  agent.servers.push_back(server);
  endInsertRows();
}

int ServersModel::trouble_of(const TargetStatus& server) {
  return server.health == Health::Unknown ? 0 : 2 * static_cast<int>(server.health);
}

// An agent that tells nothing stands between one with a strained server and one with a saturated.
int ServersModel::trouble_of(const Agent& agent) {
  int trouble = is_broken(agent.link.link) ? 2 * static_cast<int>(Health::Strained) + 1 : 0;
  for (const TargetStatus& server : agent.servers)
    trouble = std::max(trouble, trouble_of(server));
  return trouble;
}

// Those that are as well off as each other stay in their order.
template <class Row>
void ServersModel::put_worst_first(std::vector<Row>& rows, const QModelIndex& parent) {
  for (int row = 1; row < std::ssize(rows); ++row) {
    const auto here = rows.begin() + row;
    const auto before = std::upper_bound(rows.begin(), here, *here, [](const Row& a, const Row& b) {
      return trouble_of(a) > trouble_of(b);
    });
    if (before == here) continue;
    beginMoveRows(parent, row, row, parent, static_cast<int>(before - rows.begin()));
    std::rotate(before, here, here + 1);
    endMoveRows();
  }
}

const TargetStatus* ServersModel::at(const QModelIndex& index) const {
  if (!index.isValid() || index.internalId() == kIsAgent) return nullptr;
  const Agent& agent = agents_[static_cast<std::size_t>(row_of(agent_of(index)))];
  return index.row() < std::ssize(agent.servers)
             ? &agent.servers[static_cast<std::size_t>(index.row())]
             : nullptr;
}

int ServersModel::agent_of(const QModelIndex& index) const {
  if (!index.isValid()) return -1;
  if (index.internalId() != kIsAgent) return static_cast<int>(index.internalId()) - 1;
  return agents_[static_cast<std::size_t>(index.row())].number;
}

int ServersModel::row_of(int agent) const {
  return static_cast<int>(std::ranges::find(agents_, agent, &Agent::number) - agents_.begin());
}

QModelIndex ServersModel::index_of(int agent) const {
  return index(row_of(agent));
}

QModelIndex ServersModel::index_of(int agent, const std::string& key) const {
  const auto& servers = agents_[static_cast<std::size_t>(row_of(agent))].servers;
  const auto found = std::ranges::find(servers, key, target_key);
  return found == servers.end()
             ? QModelIndex()
             : index(static_cast<int>(found - servers.begin()), 0, index_of(agent));
}

QModelIndex ServersModel::worst_of(int agent) const {
  return index(0, 0, index_of(agent));
}

}  // namespace mpm::gui
