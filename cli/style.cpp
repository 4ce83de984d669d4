// SPDX-License-Identifier: Apache-2.0
#include "cli/style.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace mpm {
namespace {

constexpr Glyphs kUtf8{.full = "█",
                       .half = "▒",
                       .empty = "░",
                       .line = "─",
                       .arrow = "→",
                       .minus = "−",
                       .dot = "·",
                       .more = "…",
                       .fine = "✔",
                       .note = "•",
                       .advice = "▶",
                       .warning = "▲",
                       .danger = "✖"};
constexpr Glyphs kAscii{.full = "#",
                        .half = "=",
                        .empty = ".",
                        .line = "-",
                        .arrow = "->",
                        .minus = "-",
                        .dot = "-",
                        .more = "+",
                        .fine = "+",
                        .note = "-",
                        .advice = ">",
                        .warning = "!",
                        .danger = "X"};

// SGR parameters. The sixteen colours alone: they follow the terminal's own palette, so they
// can be read on light and dark backgrounds.
std::string_view sgr(Tone tone) {
  switch (tone) {
    case Tone::Plain:
      return "";
    case Tone::Strong:
      return "1";
    case Tone::Faint:
      return "2";
    case Tone::Good:
      return "32";
    case Tone::Notice:
      return "36";
    case Tone::Caution:
      return "33";
    case Tone::Bad:
      return "1;31";
  }
  return "";
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

// "en_US.UTF-8", "C.utf8": the charset's name has neither case nor hyphen that matters.
bool says_utf8(std::string_view locale) {
  std::string plain;
  for (const char c : locale)
    if (c != '-') plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return plain.find("utf8") != std::string::npos;
}

}  // namespace

const Glyphs& Style::glyphs() const {
  return utf8 ? kUtf8 : kAscii;
}

std::string Style::paint(Tone tone, std::string_view text) const {
  const std::string_view code = sgr(tone);
  if (!color || code.empty() || text.empty()) return std::string(text);
  std::string painted = "\x1b[";
  painted.append(code).append("m").append(text).append("\x1b[0m");
  return painted;
}

Style style_for(ColorChoice choice, const Surroundings& surroundings) {
  Style style;
  switch (choice) {
    case ColorChoice::Always:
      style.color = true;
      break;
    case ColorChoice::Never:
      style.color = false;
      break;
    case ColorChoice::Auto:
      style.color =
          surroundings.terminal && surroundings.no_color.empty() && surroundings.term != "dumb";
      break;
  }
  style.utf8 = says_utf8(surroundings.locale);
  const int width = surroundings.terminal_width.value_or(number(surroundings.columns).value_or(80));
  style.width = std::clamp(width, kNarrowest, kWidest);
  return style;
}

Surroundings surroundings_of(int descriptor) {
  Surroundings found{.terminal = isatty(descriptor) == 1,
                     .terminal_width = std::nullopt,
                     .no_color = variable("NO_COLOR"),
                     .term = variable("TERM"),
                     .columns = variable("COLUMNS"),
                     .locale = ""};
  winsize size{};
  if (found.terminal && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    found.terminal_width = size.ws_col;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    found.locale = variable(name);
    if (!found.locale.empty()) break;
  }
  return found;
}

}  // namespace mpm
