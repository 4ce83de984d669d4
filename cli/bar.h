// SPDX-License-Identifier: Apache-2.0
//
// Bars. A part that is not zero gets at least one cell, so that one busy worker of a
// thousand can be seen, and a bar is full only when everything is used.
#pragma once

#include <cstdint>
#include <string>

#include "cli/style.h"

namespace mpm {

// Cells of a bar of `cells`: first + second + rest == cells.
struct BarCells {
  int first = 0;
  int second = 0;
  int rest = 0;
};
BarCells bar_cells(double first, double second, double whole, int cells);

// Busy and idle workers of the limit; `cells` columns wide.
struct WorkerLoad {
  std::int64_t busy = 0;
  std::int64_t idle = 0;
  std::int64_t limit = 0;  // 0: unknown, then busy and idle are the whole
};
std::string worker_bar(const WorkerLoad& load, int cells, const Style& style);

// How much of `whole` is used, in the tone of the caller.
struct Fill {
  double used = 0;
  double whole = 1;
  Tone tone = Tone::Good;
};
std::string fill_bar(const Fill& fill, int cells, const Style& style);

// Tone of a share that is used: Good, from 75 % Caution, from 95 % Bad.
Tone tone_of_load(double used, double whole);

}  // namespace mpm
