// SPDX-License-Identifier: Apache-2.0
//
// A cell for each worker, grouped by process, painted by its state. Reachable with the keyboard:
// arrows go from worker to worker. What the one is doing that the mouse or else the keyboard is at
// is said in a tool tip, in a line below the grid and to screen readers alike; for whom, whoever
// hears looked_at() finds out.
#pragma once

#include <QWidget>
#include <optional>

#include "gui/plot/board_cells.h"
#include "gui/plot/board_picture.h"
#include "gui/plot/grid_geometry.h"
#include "gui/plot/worker_words.h"
#include "schema/model/scoreboard.h"
#include "schema/model/workers.h"

namespace mpm::gui {

class ScoreboardGrid : public QWidget {
  Q_OBJECT

 public:
  explicit ScoreboardGrid(QWidget* parent = nullptr);

  void set_board(const ScoreboardView& board);
  void clear();
  const ScoreboardView& board() const { return board_; }
  // For whom they work, as it was told last.
  void set_workers(const WorkerList& workers);
  // The worker that is looked at, in sentences; empty: none.
  QString sentence() const;

 Q_SIGNALS:
  void sentence_changed(const QString& sentence);
  // Someone looks at a worker of this process, which is 0 where it is not known; or at none.
  void looked_at(std::optional<std::int32_t> pid);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void lay_out();
  void go_to(CellId id);
  void paint_labels(QPainter& painter, const Theme& theme) const;
  std::optional<CellId> looked() const { return pointed_ ? pointed_ : current_; }
  WorkerWords words() const;
  void point_at(std::optional<CellId> id);
  void tell();

  ScoreboardView board_;
  WorkerList workers_;
  GridGeometry geometry_;
  BoardPicture picture_;
  std::optional<CellId> current_;  // of the keyboard
  std::optional<CellId> pointed_;  // by the mouse
  QString told_;
  std::optional<std::int32_t> asked_;  // the process that looked_at() named last
};

}  // namespace mpm::gui
