// SPDX-License-Identifier: Apache-2.0
#include "cli/top/screen.h"

#include <algorithm>

#include "cli/text.h"

namespace mpm::top {

Line clipped(const Line& line, int columns, const Style& style) {
  Line result;
  int left = std::max(columns, 0);
  for (const Span& span : line) {
    const int width = display_width(span.text);
    if (width <= left) {
      result.push_back(span);
      left -= width;
      continue;
    }
    if (left > 0)
      result.push_back({shortened(span.text, left, style.glyphs().more), span.tone, span.marked});
    break;
  }
  return result;
}

std::string plain_text(const Screen& screen) {
  std::string text;
  for (const Line& line : screen) {
    std::string whole;
    for (const Span& span : line)
      whole += span.text;
    whole.erase(whole.find_last_not_of(' ') + 1);
    text += whole + "\n";
  }
  return text;
}

}  // namespace mpm::top
