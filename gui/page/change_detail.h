// SPDX-License-Identifier: Apache-2.0
//
// One change: before anybody said yes, with its diff, restart class and risks and the button that
// makes it; afterwards with the steps of its life and the button that takes it back.
#pragma once

#include <QWidget>
#include <cstdint>

#include "gui/model/rows_model.h"
#include "schema/model/change.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QTableView;

namespace mpm::gui {

class DiffView;

class ChangeDetail : public QWidget {
  Q_OBJECT

 public:
  explicit ChangeDetail(QWidget* parent = nullptr);

  void show_nothing(const QString& why);
  // `allowed`: the hardest restart that was allowed so far.
  void show_preview(const ChangePreview& preview, RestartClass allowed);
  void show_record(const ChangeRecord& record);
  // While an answer is awaited nothing can be pressed twice.
  void set_waiting(bool waiting);
  void show_error(const QString& sentence);

 Q_SIGNALS:
  void restart_allowed(bool allowed);
  void apply_wanted();
  void undo_wanted();

 private:
  void build();
  void show_plan(const EditPlan& plan);
  void enable();

  RowsModel steps_;
  QLabel* title_;
  QLabel* because_;
  QLabel* directives_;
  DiffView* diff_;
  QLabel* restart_;
  QLabel* risks_;
  QCheckBox* allow_;
  QPushButton* apply_;
  QPushButton* undo_;
  QTableView* life_;
  QLabel* outcome_;
  QLabel* error_;
  bool may_apply_ = false;
  bool may_undo_ = false;
  bool waiting_ = false;
};

}  // namespace mpm::gui
