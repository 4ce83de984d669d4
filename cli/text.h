// SPDX-License-Identifier: Apache-2.0
//
// Text in columns of a terminal: how wide it is, where it may be broken, how it is padded.
// Everything that came from elsewhere (a configuration file, a path, an agent) goes through
// printable() before it is shown, so that no file can send escape codes to a terminal.
//
//   display_width("größe") == 5, display_width("日本") == 4
//   wrapped("one two three", 8) == {"one two", "three"}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mpm {

// Columns that `text` takes. Bytes that are not UTF-8 count as one column each.
int display_width(std::string_view text);

// `text` with every control character, C1 and bidirectional ones included, and every byte
// that is not UTF-8 shown as '?'. Line breaks and tabs become single spaces.
std::string printable(std::string_view text);

// The same for text of several lines, whose line breaks and tabs stay.
std::string printable_lines(std::string_view text);

// Breaks at spaces into lines of at most `width` columns; a word that is longer is broken
// inside. No text gives one empty line. `width` is taken as at least 1.
std::vector<std::string> wrapped(std::string_view text, int width);

// `text` itself when `width` columns hold it, else what fits before `mark`, and the mark.
std::string shortened(std::string_view text, int width, std::string_view mark);

enum class Align : std::uint8_t { Left, Right };
// `text` and the spaces that make it `width` columns wide; never cut.
std::string padded(std::string_view text, int width, Align align = Align::Left);

// `unit` `count` times over: repeated("ab", 2) == "abab".
std::string repeated(std::string_view unit, int count);

// Joins with `between`: joined({"a", "b"}, ", ") == "a, b".
std::string joined(const std::vector<std::string>& parts, std::string_view between);

}  // namespace mpm
