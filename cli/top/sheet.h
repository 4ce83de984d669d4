// SPDX-License-Identifier: Apache-2.0
//
// Rows that a person sorts, filters and searches: workers, processes, vhosts, clients, sockets.
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/style.h"
#include "cli/text.h"
#include "cli/top/screen.h"

namespace mpm::top {

struct SheetColumn {
  std::string heading;
  Align align = Align::Left;
  int most = 12;          // columns of the screen that it takes at most
  bool flexible = false;  // one of them takes what the others leave
};

struct SheetCell {
  std::string text;
  std::optional<double> number{};  // what it is sorted by; else its text is
};

struct SheetRow {
  std::string name;  // the same from one round to the next
  std::vector<SheetCell> cells;
  std::string detail;  // one line on the row when it is chosen
  Tone tone = Tone::Plain;
};

struct Sheet {
  std::vector<SheetColumn> columns;
  std::vector<SheetRow> rows;
  std::string note;  // above the rows: why something is missing; empty: nothing is
  std::string none;  // in the place of rows when there are none
};

struct Order {
  std::size_t column = 0;
  bool descending = false;
};

// Whether a cell of the row has `words` in it, in upper or lower case.
bool has(const SheetRow& row, std::string_view words);

// The rows that have `filter` in them, in that order; equals stay as they were. A cell without a
// number comes last.
Sheet arranged(Sheet sheet, Order order, std::string_view filter);

// A heading and one line a row, from `first` on, as many as `rows` holds; `chosen` is marked.
struct SheetView {
  Order order;
  std::size_t first = 0;
  std::optional<std::size_t> chosen;
  bool whole = false;  // every column is as wide as its widest cell, whatever the width is
};
Screen drawn(const Sheet& sheet, const SheetView& view, Size size, const Style& style);

}  // namespace mpm::top
