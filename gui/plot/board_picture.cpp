// SPDX-License-Identifier: Apache-2.0
#include "gui/plot/board_picture.h"

#include <QPainter>
#include <algorithm>
#include <cstring>

namespace mpm::gui {
namespace {

constexpr int kLetterFrom = 11;  // device pixels of a cell in which a letter can be read

// Lines over the cell: rising for what finishes, lying for what takes no connection.
void hatch(QPainter& painter, Standing standing, int side, const QColor& colour) {
  painter.setPen(QPen(colour, std::max(1.0, side / 12.0)));
  const int step = std::max(3, side / 3);
  if (standing == Standing::Old)
    for (int at = -side; at < side; at += step)
      painter.drawLine(at, side, at + side, 0);
  else  // within the cell, so that its colour is beside it on any ground
    painter.drawLine(0, side * 5 / 6, side, side * 5 / 6);
}

void copy_into(QImage& frame, const QImage& look, int x, int y) {
  const int width = std::min(look.width(), frame.width() - x);
  const int height = std::min(look.height(), frame.height() - y);
  if (x < 0 || y < 0 || width <= 0) return;
  for (int row = 0; row < height; ++row)
    std::memcpy(frame.scanLine(y + row) + static_cast<std::ptrdiff_t>(x) * 4,
                look.constScanLine(row), static_cast<std::size_t>(width) * 4);
}

}  // namespace

QImage cell_image(WorkerState state, Standing standing, int side, const Theme& theme) {
  QImage image(side, side, QImage::Format_RGB32);
  image.fill(theme.state(state));
  QPainter painter(&image);
  const QColor letter = theme.letter(state);
  if (state == WorkerState::Dead) {
    painter.setPen(theme.idle());
    painter.drawRect(0, 0, side - 1, side - 1);
  }
  if (standing != Standing::Present && state != WorkerState::Dead)
    hatch(painter, standing, side, letter);
  if (side < kLetterFrom || state == WorkerState::Dead) return image;
  QFont font;
  font.setPixelSize(side * 2 / 3);
  font.setBold(state != WorkerState::Ready);
  painter.setFont(font);
  painter.setPen(letter);
  painter.drawText(QRect(0, 0, side, side), Qt::AlignCenter,
                   QString(QLatin1Char(state_letter(state))));
  return image;
}

void BoardPicture::set_look(const Theme& theme, int cell, qreal scale) {
  if (cell == cell_ && scale == scale_ && theme.dark == theme_.dark &&
      theme.ground == theme_.ground)
    return;
  clear();
  theme_ = theme;
  cell_ = cell;
  scale_ = scale;
  const int side = std::max(1, qRound(cell * scale));
  for (std::size_t state = 0; state < looks_.size(); ++state)
    for (std::size_t standing = 0; standing < kStandings; ++standing)
      looks_[state][standing] =
          cell_image(static_cast<WorkerState>(state), static_cast<Standing>(standing), side, theme);
}

const QImage& BoardPicture::draw(const ScoreboardView& board, const GridGeometry& geometry,
                                 int width) {
  const QSize size(qRound(width * scale_), qRound(std::max(1, geometry.height()) * scale_));
  if (frame_.size() != size) {
    frame_ = QImage(size, QImage::Format_RGB32);
    frame_.setDevicePixelRatio(scale_);
    frame_.fill(theme_.ground);
  }
  const std::vector<int> slots_of = slots_shown(board);
  for (std::size_t p = 0; p < board.processes.size(); ++p) {
    const ProcessView& process = board.processes[p];
    const auto standing = static_cast<std::size_t>(standing_of(process, board));
    for (int slot = 0; slot < slots_of[p]; ++slot) {
      const auto at = static_cast<std::size_t>(slot);
      const auto state = at < process.states.size() ? worker_state(process.states[at])
                                                    : std::optional(WorkerState::Dead);
      const CellPlace place = geometry.place({static_cast<int>(p), slot});
      copy_into(frame_,
                looks_[static_cast<std::size_t>(state.value_or(WorkerState::Dead))][standing],
                qRound(place.x * scale_), qRound(place.y * scale_));
    }
  }
  return frame_;
}

}  // namespace mpm::gui
