// SPDX-License-Identifier: Apache-2.0
#include "cli/bar.h"

#include <algorithm>
#include <cmath>

#include "cli/text.h"

namespace mpm {
namespace {

// Cells for `part` of `whole`: rounded, but 0 only for nothing and all only for everything.
int cells_for(double part, double whole, int cells) {
  if (part <= 0 || whole <= 0) return 0;
  if (part >= whole) return cells;
  const auto rounded = static_cast<int>(std::lround(part / whole * cells));
  return std::clamp(rounded, std::min(1, cells), std::max(cells - 1, 0));
}

}  // namespace

BarCells bar_cells(double first, double second, double whole, int cells) {
  const int used = cells_for(first + second, whole, cells);
  const int front = std::min(cells_for(first, whole, cells), used);
  const bool hidden = second > 0 && front == used && front > 1;
  const int shown = hidden ? front - 1 : front;
  return {shown, used - shown, cells - used};
}

std::string worker_bar(const WorkerLoad& load, int cells, const Style& style) {
  const auto whole = static_cast<double>(load.limit > 0 ? load.limit : load.busy + load.idle);
  const auto busy = static_cast<double>(load.busy);
  const BarCells bar = bar_cells(busy, static_cast<double>(load.idle), whole, cells);
  const Glyphs& glyphs = style.glyphs();
  return style.paint(tone_of_load(busy, whole), repeated(glyphs.full, bar.first)) +
         repeated(glyphs.half, bar.second) +
         style.paint(Tone::Faint, repeated(glyphs.empty, bar.rest));
}

std::string fill_bar(const Fill& fill, int cells, const Style& style) {
  const BarCells bar = bar_cells(fill.used, 0, fill.whole, cells);
  const Glyphs& glyphs = style.glyphs();
  return style.paint(fill.tone, repeated(glyphs.full, bar.first)) +
         style.paint(Tone::Faint, repeated(glyphs.empty, bar.rest));
}

Tone tone_of_load(double used, double whole) {
  if (whole <= 0) return Tone::Plain;
  const double share = used / whole;
  return share >= 0.95 ? Tone::Bad : share >= 0.75 ? Tone::Caution : Tone::Good;
}

}  // namespace mpm
