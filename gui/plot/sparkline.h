// SPDX-License-Identifier: Apache-2.0
//
// The last minutes of one number, small, beside the number itself: enough to see whether it rises.
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

namespace mpm::gui {

class Sparkline : public QWidget {
  Q_OBJECT

 public:
  explicit Sparkline(QWidget* parent = nullptr);

  // Absent: it is not known now, which leaves a gap.
  void add(std::optional<double> value);
  void clear();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::vector<std::optional<double>> values_;
};

}  // namespace mpm::gui
