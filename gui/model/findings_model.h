// SPDX-License-Identifier: Apache-2.0
//
// What the rules found, worst first, each with its severity in a mark and in a word.
#pragma once

#include <QAbstractListModel>
#include <vector>

#include "schema/model/proposal.h"

namespace mpm::gui {

class FindingsModel : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role : int { kSeverity = Qt::UserRole };

  using QAbstractListModel::QAbstractListModel;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

  void take(std::vector<Finding> findings);
  const Finding* at(int row) const;

 private:
  std::vector<Finding> findings_;
};

}  // namespace mpm::gui
