// SPDX-License-Identifier: Apache-2.0
//
// The memory sum, drawn: what httpd may use, and beside it what it uses as usual and at worst, each
// as a bar of its terms on one scale. The terms are listed below, with their amounts.
#pragma once

#include <QString>
#include <QWidget>
#include <optional>
#include <vector>

#include "schema/model/proposal.h"

namespace mpm::gui {

struct MemoryBar {
  QString name;
  std::vector<MemoryTerm> terms;
  Bytes total;
};

std::vector<MemoryBar> memory_bars_of(const MemorySum& sum);
// Whether the worst case fits, in a sentence.
QString memory_verdict(const MemorySum& sum);

class MemoryBars : public QWidget {
  Q_OBJECT

 public:
  explicit MemoryBars(QWidget* parent = nullptr);

  void show_sum(const std::optional<MemorySum>& sum);
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  int paint_bar(QPainter& painter, const MemoryBar& bar, int y, double scale) const;

  std::vector<MemoryBar> bars_;
  Bytes budget_;
  QString verdict_;
};

}  // namespace mpm::gui
