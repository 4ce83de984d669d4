// SPDX-License-Identifier: Apache-2.0
//
// Aligned columns. At most one column is flexible: it takes the room that the others leave
// and its cells are wrapped; every other column is as wide as its widest cell. A row may
// carry notes, full sentences that are printed below it.
//
//   Directive          From   To  Because
//   MaxRequestWorkers   150  400  Up to 143 workers were busy at once, and a reserve of
//                                 half as many again is wanted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/style.h"
#include "cli/text.h"

namespace mpm {

struct Column {
  std::string heading;
  Align align = Align::Left;
  bool flexible = false;
  Tone tone = Tone::Plain;
};

struct Note {
  Tone tone = Tone::Faint;
  std::string text;
};

struct Row {
  std::vector<std::string> cells;  // one a column; made printable by the table
  std::vector<Note> notes;
};

struct TableLayout {
  int indent = 2;
  int gap = 2;            // columns between two columns
  int note_indent = 4;    // of the notes, from the left margin
  int flexible_min = 20;  // the flexible column is never narrower, whatever the width
};

// The table as text; each line ends with a newline and has no trailing spaces.
std::string table(const std::vector<Column>& columns, const std::vector<Row>& rows,
                  const Style& style, const TableLayout& layout = {});

// A paragraph: `lead` on the first line, the following lines indented by the lead's width,
// all of it wrapped to the style's width. The lead is painted, the text in its own tone.
struct Lead {
  std::string text;
  Tone tone = Tone::Plain;
};
std::string paragraph(const Lead& lead, std::string_view text, const Style& style,
                      Tone tone = Tone::Plain);

// A heading and the line that fills the rest of the width.
std::string heading(std::string_view text, const Style& style);

}  // namespace mpm
