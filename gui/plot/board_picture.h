// SPDX-License-Identifier: Apache-2.0
//
// The grid's cells as an image. Each look of a cell is painted once; a frame is then copied
// together from them row by row of pixels, which takes less than a millisecond for ten thousand
// workers, where a painter's call for each would take many.
#pragma once

#include <QImage>
#include <array>

#include "gui/plot/board_cells.h"
#include "gui/plot/grid_geometry.h"
#include "gui/theme.h"
#include "schema/model/scoreboard.h"

namespace mpm::gui {

// One look: a cell of that state in a process of that standing, `side` device pixels wide.
QImage cell_image(WorkerState state, Standing standing, int side, const Theme& theme);

class BoardPicture {
 public:
  // `scale`: device pixels a pixel.
  void set_look(const Theme& theme, int cell, qreal scale);
  // Cells have other places from now on: what was drawn is not drawn over any more.
  void clear() { frame_ = QImage(); }
  // All cells, and nothing else; labels and the cursor are painted over it.
  const QImage& draw(const ScoreboardView& board, const GridGeometry& geometry, int width);

 private:
  static constexpr std::size_t kStandings = 3;

  std::array<std::array<QImage, kStandings>, kStateLetters.size()> looks_;
  Theme theme_;
  int cell_ = 0;
  qreal scale_ = 1;
  QImage frame_;
};

}  // namespace mpm::gui
