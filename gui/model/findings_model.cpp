// SPDX-License-Identifier: Apache-2.0
#include "gui/model/findings_model.h"

#include <algorithm>
#include <utility>

#include "gui/words.h"

namespace mpm::gui {

int FindingsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(findings_.size());
}

QVariant FindingsModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
    return {};
  const Finding& finding = findings_[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole:
      return QStringLiteral("%1 %2: %3")
          .arg(mark(finding.severity), word(finding.severity), shown(finding.claim));
    case Qt::AccessibleTextRole:
      return QStringLiteral("%1: %2").arg(word(finding.severity), shown(finding.claim));
    case kSeverity:
      return static_cast<int>(finding.severity);
    default:
      return {};
  }
}

void FindingsModel::take(std::vector<Finding> findings) {
  // The same rules as before: their numbers moved, and whoever reads one goes on reading it.
  if (std::ranges::equal(findings, findings_, {}, &Finding::rule, &Finding::rule)) {
    findings_ = std::move(findings);
    if (!findings_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
    return;
  }
  beginResetModel();
  findings_ = std::move(findings);
  endResetModel();
}

const Finding* FindingsModel::at(int row) const {
  return row >= 0 && row < rowCount() ? &findings_[static_cast<std::size_t>(row)] : nullptr;
}

}  // namespace mpm::gui
