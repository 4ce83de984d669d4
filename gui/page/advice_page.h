// SPDX-License-Identifier: Apache-2.0
//
// What was found and what is proposed: the findings by severity, the evidence of the chosen one,
// the directives to change, and the memory sum drawn.
#pragma once

#include <QWidget>

#include "gui/model/findings_model.h"
#include "gui/model/rows_model.h"
#include "schema/model/proposal.h"

class QLabel;
class QListView;
class QPlainTextEdit;
class QPushButton;
class QSplitter;

namespace mpm::gui {

class MemoryBars;

class AdvicePage : public QWidget {
  Q_OBJECT

 public:
  explicit AdvicePage(QWidget* parent = nullptr);

  void show_proposal(const Proposal& proposal);
  // Why there is none; what was shown goes.
  void show_no_proposal(const QString& why);

  // The chosen one; null: there is none. Until the next proposal.
  const Finding* finding() const;

  QByteArray layout_state() const;
  void restore_layout(const QByteArray& state);

 Q_SIGNALS:
  void change_wanted();
  // Another finding is looked at, or its numbers are others.
  void finding_chosen();
  // Its numbers are to be seen in their time.
  void history_wanted();

 private:
  QWidget* findings_part();
  QWidget* changes_part();
  void show_finding(int row);

  FindingsModel findings_;
  RowsModel evidence_;
  RowsModel changes_;
  QLabel* grade_;
  QLabel* verdict_;
  QLabel* basis_;
  QListView* list_;
  QLabel* claim_;
  QLabel* nothing_;
  QWidget* proposed_;
  QPlainTextEdit* block_;
  MemoryBars* memory_;
  QPushButton* review_;
  QPushButton* history_;
  QSplitter* splitter_;
};

}  // namespace mpm::gui
