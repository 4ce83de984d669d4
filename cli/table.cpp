// SPDX-License-Identifier: Apache-2.0
#include "cli/table.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace mpm {
namespace {

using Lines = std::vector<std::string>;

std::string spaces(int count) {
  return std::string(static_cast<std::size_t>(std::max(count, 0)), ' ');
}

std::optional<std::size_t> flexible_column(const std::vector<Column>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].flexible) return i;
  return std::nullopt;
}

std::vector<int> widths_of(const std::vector<Column>& columns, const std::vector<Row>& rows,
                           const Style& style, const TableLayout& layout) {
  std::vector<int> widths;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    int width = display_width(columns[i].heading);
    for (const Row& row : rows)
      if (i < row.cells.size()) width = std::max(width, display_width(row.cells[i]));
    widths.push_back(width);
  }
  const auto flexible = flexible_column(columns);
  if (!flexible) return widths;
  int rest = style.width - layout.indent - layout.gap * (static_cast<int>(columns.size()) - 1);
  for (std::size_t i = 0; i < widths.size(); ++i)
    if (i != *flexible) rest -= widths[i];
  widths[*flexible] = std::min(widths[*flexible], std::max(rest, layout.flexible_min));
  return widths;
}

// One line of a row: the i-th line of each cell. The last column is not padded on its right.
std::string line_of(const std::vector<Column>& columns, const std::vector<Lines>& cells,
                    const std::vector<int>& widths, std::size_t line, const Style& style,
                    const TableLayout& layout) {
  std::string text;
  std::string pending = spaces(layout.indent);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool present = i < cells.size() && line < cells[i].size();
    const std::string cell = present ? cells[i][line] : "";
    const int room = widths[i] - display_width(cell);
    if (columns[i].align == Align::Right) pending += spaces(room);
    if (!cell.empty()) {
      text += pending + style.paint(columns[i].tone, cell);
      pending.clear();
    }
    if (columns[i].align == Align::Left) pending += spaces(room);
    pending += spaces(layout.gap);
  }
  return text + "\n";
}

}  // namespace

std::string table(const std::vector<Column>& columns, const std::vector<Row>& rows,
                  const Style& style, const TableLayout& layout) {
  std::vector<Row> clean = rows;
  for (Row& row : clean)
    for (std::string& cell : row.cells)
      cell = printable(cell);
  const std::vector<int> widths = widths_of(columns, clean, style, layout);

  std::vector<Column> headings = columns;
  std::vector<Lines> heading_cells;
  for (Column& column : headings) {
    column.tone = Tone::Faint;
    heading_cells.push_back({column.heading});
  }
  std::string text = line_of(headings, heading_cells, widths, 0, style, layout);
  for (const Row& row : clean) {
    std::vector<Lines> cells;
    std::size_t height = 1;
    for (std::size_t i = 0; i < columns.size() && i < row.cells.size(); ++i) {
      cells.push_back(columns[i].flexible ? wrapped(row.cells[i], widths[i]) : Lines{row.cells[i]});
      height = std::max(height, cells.back().size());
    }
    for (std::size_t line = 0; line < height; ++line)
      text += line_of(columns, cells, widths, line, style, layout);
    for (const Note& note : row.notes)
      text += paragraph({spaces(layout.note_indent)}, note.text, style, note.tone);
  }
  return text;
}

std::string paragraph(const Lead& lead, std::string_view text, const Style& style, Tone tone) {
  const int indent = display_width(lead.text);
  std::string result;
  for (const std::string& line : wrapped(printable(text), style.width - indent)) {
    result += result.empty() ? style.paint(lead.tone, lead.text) : spaces(indent);
    result += style.paint(tone, line) + "\n";
  }
  return result;
}

std::string heading(std::string_view text, const Style& style) {
  const int rest = style.width - display_width(text) - 1;
  return style.paint(Tone::Strong, text) + " " +
         style.paint(Tone::Faint, repeated(style.glyphs().line, rest)) + "\n";
}

}  // namespace mpm
