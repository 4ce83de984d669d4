// SPDX-License-Identifier: Apache-2.0
#include "gui/model/servers_model.h"

#include <algorithm>

#include "gui/words.h"

namespace mpm::gui {
namespace {

int trouble(const TargetStatus& server) {
  return server.health == Health::Unknown ? 0 : static_cast<int>(server.health);
}

}  // namespace

int ServersModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(servers_.size());
}

QVariant ServersModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
    return {};
  const TargetStatus& server = servers_[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole:
      return server_name(server);
    case Qt::AccessibleTextRole:
      return tr("%1: %2").arg(server_name(server), word(server.health));
    case Qt::AccessibleDescriptionRole:
    case kVerdict:
      return shown(server.verdict);
    case kHealth:
      return static_cast<int>(server.health);
    default:
      return {};
  }
}

void ServersModel::take(const StatusReport& report) {
  const auto same = [](const TargetStatus& a, const TargetStatus& b) {
    return target_key(a) == target_key(b);
  };
  // Those that are gone.
  for (int row = rowCount() - 1; row >= 0; --row) {
    const auto here = servers_.begin() + row;
    if (std::ranges::any_of(report.targets,
                            [&](const TargetStatus& each) { return same(each, *here); }))
      continue;
    beginRemoveRows({}, row, row);
    servers_.erase(here);
    endRemoveRows();
  }
  for (const TargetStatus& server : report.targets) {
    if (const auto row = row_of(target_key(server))) {
      servers_[static_cast<std::size_t>(*row)] = server;
      Q_EMIT dataChanged(index(*row), index(*row));
      continue;
    }
    beginInsertRows({}, rowCount(), rowCount());
    servers_.push_back(server);
    endInsertRows();
  }
  put_worst_first();
}

// Those that are as well off as each other stay in their order.
void ServersModel::put_worst_first() {
  for (int row = 1; row < rowCount(); ++row) {
    const auto here = servers_.begin() + row;
    const auto before = std::upper_bound(
        servers_.begin(), here, *here,
        [](const TargetStatus& a, const TargetStatus& b) { return trouble(a) > trouble(b); });
    if (before == here) continue;
    beginMoveRows({}, row, row, {}, static_cast<int>(before - servers_.begin()));
    std::rotate(before, here, here + 1);
    endMoveRows();
  }
}

const TargetStatus* ServersModel::at(int row) const {
  return row >= 0 && row < rowCount() ? &servers_[static_cast<std::size_t>(row)] : nullptr;
}

int ServersModel::worst() const {
  return servers_.empty() ? -1 : 0;
}

std::optional<int> ServersModel::row_of(const std::string& key) const {
  const auto found = std::ranges::find(servers_, key, target_key);
  if (found == servers_.end()) return std::nullopt;
  return static_cast<int>(found - servers_.begin());
}

}  // namespace mpm::gui
