// SPDX-License-Identifier: Apache-2.0
//
// A full screen as a value: lines of text in tones. What is on it is decided without a terminal,
// and terminal.h paints it.
#pragma once

#include <string>
#include <vector>

#include "cli/style.h"

namespace mpm::top {

struct Size {
  int columns = 80;
  int rows = 24;
};

struct Span {
  std::string text;  // printable, without line breaks
  Tone tone = Tone::Plain;
  bool marked = false;  // shown in reverse; never the only sign
};

using Line = std::vector<Span>;
using Screen = std::vector<Line>;

// What fits into so many columns; a mark says where something was cut off.
Line clipped(const Line& line, int columns, const Style& style);

// The screen without tones; no line has spaces at its end.
std::string plain_text(const Screen& screen);

}  // namespace mpm::top
