// SPDX-License-Identifier: Apache-2.0
//
// What the cells of the grid mean, and how many there are of each.
#pragma once

#include <QImage>
#include <QWidget>
#include <array>

#include "gui/plot/board_cells.h"
#include "gui/theme.h"

namespace mpm::gui {

class StateLegend : public QWidget {
  Q_OBJECT

 public:
  explicit StateLegend(QWidget* parent = nullptr);

  void show_counts(const BoardCounts& counts);
  QSize sizeHint() const override;
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  struct Entry {
    QImage look;
    QString text;
    bool none = false;
  };

  std::vector<Entry> entries() const;
  // Paints the entries from left to right and then down, or only measures; the height.
  int flow(QPainter* painter, int width) const;

  BoardCounts counts_;
};

}  // namespace mpm::gui
