// SPDX-License-Identifier: Apache-2.0
//
// A table of values that are texts already: proposed changes, evidence, steps and past changes are
// all shown so. What is in which column the free functions say, beside the type that they show.
#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <cstdint>
#include <vector>

#include "schema/model/change.h"
#include "schema/model/proposal.h"
#include "schema/model/sample.h"

namespace mpm::gui {

struct TableRow {
  QStringList cells;
  std::int64_t id = 0;  // of what the row is about; 0: none

  bool operator==(const TableRow&) const = default;
};

class RowsModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Role : int { kId = Qt::UserRole };

  explicit RowsModel(QStringList headings, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation,
                      int role = Qt::DisplayRole) const override;

  // As many rows as before are the same rows with other texts: what was chosen stays chosen.
  void take(std::vector<TableRow> rows);

 private:
  QStringList headings_;
  std::vector<TableRow> rows_;
};

QStringList proposed_headings();
std::vector<TableRow> proposed_rows(const std::vector<Change>& changes);
QStringList evidence_headings();
std::vector<TableRow> evidence_rows(const std::vector<Evidence>& evidence);
QStringList step_headings();
std::vector<TableRow> step_rows(const std::vector<ChangeStep>& steps);
QStringList past_headings();
std::vector<TableRow> past_rows(const ChangeList& list);

}  // namespace mpm::gui
