// SPDX-License-Identifier: Apache-2.0
//
// How text may look here: colour, glyphs, width. Everything that prints takes a Style and
// asks nobody else, so a golden is the same on every machine. The decision itself is
// style_for(), a function of what was asked for and what the surroundings say:
//
//   colour   --color=always|never decides; else a terminal, unless NO_COLOR is set and not
//            empty (no-color.org) or TERM is dumb
//   glyphs   UTF-8 when the first of LC_ALL, LC_CTYPE, LANG that is set says UTF-8
//   width    the terminal's, else COLUMNS, else 80; never outside kNarrowest..kWidest
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mpm {

inline constexpr int kNarrowest = 40;
inline constexpr int kWidest = 120;  // longer lines are hard to read

enum class ColorChoice : std::uint8_t { Auto, Always, Never };

// What a piece of text means; the colour follows from it.
enum class Tone : std::uint8_t { Plain, Strong, Faint, Good, Notice, Caution, Bad };

// The glyphs of a locale. ASCII where it does not say UTF-8.
struct Glyphs {
  std::string_view full;   // a bar's busy part
  std::string_view half;   // its second part: idle
  std::string_view empty;  // the rest
  std::string_view line;   // horizontal
  std::string_view arrow;
  std::string_view minus;  // before an amount that is taken away
  std::string_view dot;    // between short facts
  std::string_view more;   // where text was cut off
  std::string_view fine;   // the mark of each severity
  std::string_view note;
  std::string_view advice;
  std::string_view warning;
  std::string_view danger;
};

struct Style {
  bool color = false;
  bool utf8 = false;
  int width = 80;

  const Glyphs& glyphs() const;
  // `text` between the codes that set and end the tone's colour; `text` itself without colour.
  std::string paint(Tone tone, std::string_view text) const;
};

// What the surroundings of the program say about one of its outputs.
struct Surroundings {
  bool terminal = false;
  std::optional<int> terminal_width;
  std::string no_color;  // NO_COLOR
  std::string term;      // TERM
  std::string columns;   // COLUMNS
  std::string locale;    // of LC_ALL, LC_CTYPE, LANG the first that is not empty
};

Style style_for(ColorChoice choice, const Surroundings& surroundings);

// Reads the environment and asks the kernel about the descriptor.
Surroundings surroundings_of(int descriptor);

}  // namespace mpm
