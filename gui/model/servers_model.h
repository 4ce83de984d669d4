// SPDX-License-Identifier: Apache-2.0
//
// The servers at the left of the window: name, health and verdict of each, the worst off
// first. A new report moves as few rows as it can, so that the chosen one stays chosen.
#pragma once

#include <QAbstractListModel>
#include <optional>
#include <string>
#include <vector>

#include "schema/model/messages.h"

namespace mpm::gui {

class ServersModel : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role : int { kVerdict = Qt::UserRole, kHealth };

  using QAbstractListModel::QAbstractListModel;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

  void take(const StatusReport& report);
  // Nothing is known of a row that does not exist.
  const TargetStatus* at(int row) const;
  std::optional<int> row_of(const std::string& key) const;
  // The first of those that are worst off; -1: there is none.
  int worst() const;

 private:
  void put_worst_first();

  std::vector<TargetStatus> servers_;
};

}  // namespace mpm::gui
