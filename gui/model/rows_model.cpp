// SPDX-License-Identifier: Apache-2.0
#include "gui/model/rows_model.h"

#include <QCoreApplication>
#include <QLocale>
#include <utility>

#include "gui/words.h"

namespace mpm::gui {
namespace {

QString text(const char* source) {
  return QCoreApplication::translate("mpm::gui::RowsModel", source);
}

QString measured(double value, const std::string& unit) {
  const QLocale locale;
  if (unit == "share") return text("%1 %").arg(locale.toString(value * 100, 'f', 0));
  if (unit == "bytes") return amount(Bytes{static_cast<std::int64_t>(value)});
  const QString digits = locale.toString(value, 'g', 4);
  return unit.empty() ? digits : QStringLiteral("%1 %2").arg(digits, shown(unit));
}

}  // namespace

RowsModel::RowsModel(QStringList headings, QObject* parent)
    : QAbstractTableModel(parent), headings_(std::move(headings)) {}

int RowsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int RowsModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(headings_.size());
}

QVariant RowsModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
    return {};
  const TableRow& row = rows_[static_cast<std::size_t>(index.row())];
  if (role == Qt::DisplayRole) return row.cells.value(index.column());
  if (role == kId) return static_cast<qlonglong>(row.id);
  return {};
}

QVariant RowsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  return headings_.value(section);
}

void RowsModel::take(std::vector<TableRow> rows) {
  if (rows == rows_) return;
  if (rows.size() == rows_.size()) {
    rows_ = std::move(rows);
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    return;
  }
  beginResetModel();
  rows_ = std::move(rows);
  endResetModel();
}

QStringList proposed_headings() {
  return {text("Directive"),  text("Now"),        text("Then"),
          text("It takes a"), text("Confidence"), text("Because")};
}

std::vector<TableRow> proposed_rows(const std::vector<Change>& changes) {
  std::vector<TableRow> rows;
  for (const Change& change : changes)
    rows.push_back({{shown(change.directive), number(change.from), number(change.to),
                     word(change.restart), word(change.confidence), shown(change.because)}});
  return rows;
}

QStringList evidence_headings() {
  return {text("Measure"), text("Seen"), text("Held against")};
}

std::vector<TableRow> evidence_rows(const std::vector<Evidence>& evidence) {
  std::vector<TableRow> rows;
  for (const Evidence& each : evidence)
    rows.push_back(
        {{shown(each.metric), measured(each.value, each.unit), measured(each.bound, each.unit)}});
  return rows;
}

QStringList step_headings() {
  return {text("When"), text("Step"), text("What happened")};
}

std::vector<TableRow> step_rows(const std::vector<ChangeStep>& steps) {
  std::vector<TableRow> rows;
  for (const ChangeStep& step : steps)
    rows.push_back(
        {{moment(step.at), mark(step.phase) + u' ' + word(step.phase), shown(step.detail)}});
  return rows;
}

QStringList past_headings() {
  return {text("No."), text("When"), text("What"), text("Became")};
}

std::vector<TableRow> past_rows(const ChangeList& list) {
  std::vector<TableRow> rows;
  for (const ChangeSummary& change : list.changes) {
    QString what = shown(change.what);
    if (change.undoes != 0) what += text(" (takes back %1)").arg(change.undoes);
    rows.push_back({{number(change.id), moment(change.at), what,
                     mark(change.phase) + u' ' + word(change.phase)},
                    change.id});
  }
  return rows;
}

}  // namespace mpm::gui
