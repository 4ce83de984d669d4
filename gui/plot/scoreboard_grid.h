// SPDX-License-Identifier: Apache-2.0
//
// A cell for each worker, grouped by process, painted by its state. Reachable with the keyboard:
// arrows go from worker to worker, and what one is doing is said in a tool tip, in a line below
// the grid and to screen readers alike.
#pragma once

#include <QWidget>
#include <optional>

#include "gui/plot/board_cells.h"
#include "gui/plot/board_picture.h"
#include "gui/plot/grid_geometry.h"
#include "schema/model/scoreboard.h"

namespace mpm::gui {

class ScoreboardGrid : public QWidget {
  Q_OBJECT

 public:
  explicit ScoreboardGrid(QWidget* parent = nullptr);

  void set_board(const ScoreboardView& board);
  void clear();
  const ScoreboardView& board() const { return board_; }
  // The worker that the keyboard or the mouse is at, as a sentence; empty: none.
  QString current_sentence() const;

 Q_SIGNALS:
  void current_changed(const QString& sentence);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void lay_out();
  void go_to(CellId id);
  void paint_labels(QPainter& painter, const Theme& theme) const;
  void tell_current();

  ScoreboardView board_;
  GridGeometry geometry_;
  BoardPicture picture_;
  std::optional<CellId> current_;
};

}  // namespace mpm::gui
