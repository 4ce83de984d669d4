// SPDX-License-Identifier: Apache-2.0
#include "gui/plot/grid_geometry.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mpm::gui {
namespace {

constexpr int kLargest = 36;
constexpr int kSmallest = 4;
constexpr int kLabel = 16;
// Cells narrower than this leave no room for a pid above four of them.
constexpr int kLabelFrom = 14;

}  // namespace

GridGeometry::GridGeometry(std::vector<int> slots, GridSpace space)
    : slots_(std::move(slots)), space_(space) {
  if (slots_.empty() || space_.width <= 0) return;
  for (int cell = kLargest; cell > kSmallest; --cell)
    if (lay_out(cell)) return;
  lay_out(kSmallest);
}

bool GridGeometry::lay_out(int cell) {
  const int most = std::max(1, std::ranges::max(slots_));
  cell_ = cell;
  spacing_ = cell >= 8 ? 2 : 1;
  // Twice as wide as high, as the window is, and with no short last row where that can be.
  const int high = std::max(1, static_cast<int>(std::lround(std::sqrt(most / 2.0))));
  columns_ = std::min((most + high - 1) / high, std::max(1, space_.width / pitch()));
  rows_ = (most + columns_ - 1) / columns_;
  label_ = most > 3 && cell >= kLabelFrom ? kLabel : 0;
  gap_ = most == 1 ? 0 : std::max(3, cell / 2);
  across_ = std::max(1, (space_.width + gap_) / (block_width() + gap_));
  const int down = (processes() + across_ - 1) / across_;
  height_ = down * (label_ + block_height() + gap_);
  return height_ <= space_.height;
}

CellPlace GridGeometry::block(int process) const {
  return {(process % across_) * (block_width() + gap_),
          (process / across_) * (label_ + block_height() + gap_)};
}

CellPlace GridGeometry::place(CellId id) const {
  const CellPlace block = this->block(id.process);
  return {block.x + (id.slot % columns_) * pitch(),
          block.y + label_ + (id.slot / columns_) * pitch()};
}

std::optional<CellId> GridGeometry::at(int x, int y) const {
  if (slots_.empty() || cell_ == 0 || x < 0 || y < 0) return std::nullopt;
  const int across = x / (block_width() + gap_);
  const int down = y / (label_ + block_height() + gap_);
  if (across >= across_) return std::nullopt;
  const int process = down * across_ + across;
  if (process >= processes()) return std::nullopt;
  const CellPlace block = this->block(process);
  const int column = (x - block.x) / pitch();
  const int below = y - block.y - label_;
  if (below < 0 || column >= columns_) return std::nullopt;
  const CellId id{process, below / pitch() * columns_ + column};
  if (id.slot >= slots_[static_cast<std::size_t>(process)]) return std::nullopt;
  return id;
}

CellId GridGeometry::beside(CellId from, int steps) const {
  for (; steps != 0; steps += steps > 0 ? -1 : 1) {
    CellId to{from.process, from.slot + (steps > 0 ? 1 : -1)};
    if (to.slot < 0) {
      if (--to.process < 0) return from;
      to.slot = slots_[static_cast<std::size_t>(to.process)] - 1;
    } else if (to.slot >= slots_[static_cast<std::size_t>(from.process)]) {
      if (++to.process >= processes()) return from;
      to.slot = 0;
    }
    from = to;
  }
  return from;
}

CellId GridGeometry::below(CellId from, int rows) const {
  const CellPlace here = place(from);
  // To the next cell in that direction, over gaps and labels.
  const int limit = label_ + gap_ + pitch();
  const int way = rows > 0 ? 1 : -1;
  for (int y = here.y + way * (way > 0 ? pitch() : 1); std::abs(y - here.y) <= limit + pitch();
       y += way)
    if (const auto found = at(here.x, y); found && *found != from) return *found;
  return from;
}

}  // namespace mpm::gui
