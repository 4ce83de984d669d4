// SPDX-License-Identifier: Apache-2.0
#include "cli/text.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace mpm {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

// The UTF-8 character that starts `text`, which is not empty. Overlong forms, surrogates and
// what lies beyond U+10FFFF are not characters.
Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  char32_t code = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80) return {};
    code = (code << 6U) | (next & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[bytes] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  return {code, bytes, true};
}

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [=](Range r) { return code >= r.first && code <= r.last; });
}

// Unicode's East Asian Width W and F, and its combining marks, in the blocks that occur in
// names and paths. The C library's wcwidth() needs a locale, which is one more global.
constexpr std::array kWide{Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},  Range{0x3041, 0xA4CF},
                           Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},  Range{0xFE30, 0xFE6F},
                           Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},  Range{0x1F300, 0x1F64F},
                           Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};
constexpr std::array kCombining{Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                                Range{0x064B, 0x065F}, Range{0x1AB0, 0x1AFF}, Range{0x20D0, 0x20FF},
                                Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};
// C0, DEL and C1; zero-width and bidirectional controls, which reorder what is read.
constexpr std::array kControls{Range{0x00, 0x1F},     Range{0x7F, 0x9F},     Range{0x200B, 0x200F},
                               Range{0x2028, 0x202E}, Range{0x2060, 0x206F}, Range{0xFEFF, 0xFEFF}};

int width_of(char32_t code) {
  if (code < 0x300) return 1;
  if (in(kCombining, code)) return 0;
  return in(kWide, code) ? 2 : 1;
}

std::string cleaned(std::string_view text, std::string_view kept) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const Character c = first_character(text);
    const std::string_view bytes = text.substr(0, c.bytes);
    if (!c.valid)
      clean += '?';
    else if (kept.find(text[0]) != std::string_view::npos)
      clean += text[0];
    else if (c.code == '\n' || c.code == '\t')
      clean += ' ';
    else if (in(kControls, c.code))
      clean += '?';
    else
      clean.append(bytes);
    text.remove_prefix(c.bytes);
  }
  return clean;
}

// Takes from the front of `word` the most characters that `width` columns hold, at least one.
std::string_view taken(std::string_view& word, int width) {
  std::size_t bytes = 0;
  int columns = 0;
  while (bytes < word.size()) {
    const Character c = first_character(word.substr(bytes));
    const int wide = c.valid ? width_of(c.code) : 1;
    if (bytes > 0 && columns + wide > width) break;
    columns += wide;
    bytes += c.bytes;
  }
  const std::string_view front = word.substr(0, bytes);
  word.remove_prefix(bytes);
  return front;
}

}  // namespace

int display_width(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const Character c = first_character(text);
    columns += c.valid ? width_of(c.code) : 1;
    text.remove_prefix(c.bytes);
  }
  return columns;
}

std::string printable(std::string_view text) {
  return cleaned(text, "");
}
std::string printable_lines(std::string_view text) {
  return cleaned(text, "\n\t");
}

std::vector<std::string> wrapped(std::string_view text, int width) {
  width = std::max(width, 1);
  std::vector<std::string> lines(1);
  int columns = 0;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (word.empty()) continue;
    const int needed = display_width(word);
    if (columns > 0 && columns + 1 + needed <= width) {
      lines.back().append(" ").append(word);
      columns += 1 + needed;
      continue;
    }
    if (columns > 0) lines.emplace_back();
    lines.back() = taken(word, width);
    while (!word.empty())
      lines.emplace_back(taken(word, width));
    columns = display_width(lines.back());
  }
  return lines;
}

std::string shortened(std::string_view text, int width, std::string_view mark) {
  if (display_width(text) <= width) return std::string(text);
  const int room = width - display_width(mark);
  if (room <= 0) return std::string(room < 0 ? "" : mark);
  std::string_view rest = text;
  std::string front(taken(rest, room));
  // A first character that is wider than the room is taken all the same.
  if (display_width(front) > room) front.clear();
  return front + std::string(mark);
}

std::string padded(std::string_view text, int width, Align align) {
  const std::string space(static_cast<std::size_t>(std::max(0, width - display_width(text))), ' ');
  return align == Align::Left ? std::string(text) + space : space + std::string(text);
}

std::string repeated(std::string_view unit, int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text.append(unit);
  return text;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text.append(between);
    text.append(part);
  }
  return text;
}

}  // namespace mpm
