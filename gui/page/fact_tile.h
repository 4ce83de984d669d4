// SPDX-License-Identifier: Apache-2.0
//
// One number with its name, a line of detail, and if it moves a small plot of its last minutes.
#pragma once

#include <QFrame>

class QLabel;

namespace mpm::gui {

class Sparkline;

struct Fact {
  QString value;
  QString detail;
};

class FactTile : public QFrame {
  Q_OBJECT

 public:
  FactTile(const QString& name, QWidget* parent);

  void show_fact(const Fact& fact);
  // Adds the plot.
  Sparkline* plot();

 private:
  QLabel* value_;
  QLabel* detail_;
  Sparkline* plot_ = nullptr;
};

}  // namespace mpm::gui
