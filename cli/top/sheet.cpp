// SPDX-License-Identifier: Apache-2.0
#include "cli/top/sheet.h"

#include <algorithm>
#include <cctype>

namespace mpm::top {
namespace {

constexpr int kGap = 1;
constexpr int kGutter = 2;  // for the sign of the chosen row

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// Below zero, zero or above it, as strcmp.
int compared(const SheetCell& a, const SheetCell& b) {
  if (a.number && b.number) return *a.number < *b.number ? -1 : *a.number > *b.number ? 1 : 0;
  return a.text.compare(b.text);
}

bool comes_before(const SheetRow& a, const SheetRow& b, Order order) {
  const SheetCell& left = a.cells[order.column];
  const SheetCell& right = b.cells[order.column];
  if (left.number.has_value() != right.number.has_value()) return left.number.has_value();
  const int difference = compared(left, right);
  return order.descending ? difference > 0 : difference < 0;
}

// As the widest of its cells; the sign of the order stands behind the heading.
int natural_width(const Sheet& sheet, std::size_t column) {
  int width = display_width(sheet.columns[column].heading) + 1;
  for (const SheetRow& row : sheet.rows)
    width = std::max(width, display_width(row.cells[column].text));
  return width;
}

std::vector<int> widths_of(const Sheet& sheet, const SheetView& view, int columns) {
  std::vector<int> widths;
  int left = columns - kGutter;
  for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
    const SheetColumn& column = sheet.columns[i];
    const int natural = natural_width(sheet, i);
    widths.push_back(view.whole ? natural : column.flexible ? 0 : std::min(natural, column.most));
    left -= widths.back() + kGap;
  }
  for (std::size_t i = 0; i < widths.size() && !view.whole; ++i)
    if (sheet.columns[i].flexible) widths[i] = std::max(left + kGap, 8);
  return widths;
}

std::string laid_out(const Sheet& sheet, const std::vector<int>& widths,
                     const std::vector<std::string>& cells, const Style& style) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text += std::string(kGap, ' ');
    text += padded(shortened(printable(cells[i]), widths[i], style.glyphs().more), widths[i],
                   sheet.columns[i].align);
  }
  return text;
}

std::vector<std::string> headings(const Sheet& sheet, Order order, const Style& style) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
    texts.push_back(sheet.columns[i].heading);
    if (i == order.column)
      texts.back() += style.utf8 ? (order.descending ? "▼" : "▲") : (order.descending ? "v" : "^");
  }
  return texts;
}

}  // namespace

bool has(const SheetRow& row, std::string_view words) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  return std::ranges::any_of(row.cells, [&](const SheetCell& cell) {
    return std::search(cell.text.begin(), cell.text.end(), words.begin(), words.end(), same) !=
               cell.text.end() ||
           words.empty();
  });
}

Sheet arranged(Sheet sheet, Order order, std::string_view filter) {
  if (sheet.columns.empty()) return sheet;
  std::erase_if(sheet.rows, [&](const SheetRow& row) { return !has(row, filter); });
  order.column = std::min(order.column, sheet.columns.size() - 1);
  std::ranges::stable_sort(
      sheet.rows, [&](const SheetRow& a, const SheetRow& b) { return comes_before(a, b, order); });
  return sheet;
}

Screen drawn(const Sheet& sheet, const SheetView& view, Size size, const Style& style) {
  Screen screen;
  for (const std::string& line : sheet.note.empty() ? std::vector<std::string>()
                                                    : wrapped(printable(sheet.note), size.columns))
    screen.push_back({{line, Tone::Caution}});
  const auto widths = widths_of(sheet, view, size.columns);
  screen.push_back(
      {{"  " + laid_out(sheet, widths, headings(sheet, view.order, style), style), Tone::Strong}});
  if (sheet.rows.empty()) screen.push_back({{"  " + sheet.none, Tone::Faint}});
  for (std::size_t i = view.first; i < sheet.rows.size(); ++i) {
    if (static_cast<int>(screen.size()) >= size.rows) break;
    const SheetRow& row = sheet.rows[i];
    std::vector<std::string> cells;
    for (const SheetCell& cell : row.cells)
      cells.push_back(cell.text);
    const bool chosen = view.chosen == i;
    screen.push_back(
        {{(chosen ? "> " : "  ") + laid_out(sheet, widths, cells, style), row.tone, chosen}});
  }
  for (Line& line : screen)
    if (!view.whole) line = clipped(line, size.columns, style);
  return screen;
}

}  // namespace mpm::top
