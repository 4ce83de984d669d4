// SPDX-License-Identifier: Apache-2.0
//
// How the lines around a new one are written, so that it looks as if the same hand had written
// it: the white space before the name, what stands between name and value, the column in which
// values begin or end, and the end of the line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/config/tree.h"

namespace mpm::config {

// "\tStartServers\t\t2\r\n" in its parts.
struct WrittenLine {
  std::string indent;
  std::string name;
  std::string separator;
  std::string value;  // with its quotes
  std::string end;    // "\n", "\r\n", or nothing at the end of the file
};

WrittenLine written_line(const Tree& tree, const Line& line);

// A line of `name` and `value` like `nearest`, and like `block`, the lines that stand together.
// Without an end of line in `nearest`, `fallback_end` ends it.
struct LineWish {
  std::string_view name;
  std::string value;
  std::string fallback_end;
};
std::string line_like(const LineWish& wish, const WrittenLine& nearest,
                      const std::vector<WrittenLine>& block);

// The end of the file's lines: of its first one, and "\n" where there is none.
std::string line_end_of(const std::string& bytes);

// The bytes of a file with the bytes of one word replaced; quotes stay as they are.
std::string with_word(const Tree& tree, const Line& line, const Word& word,
                      const std::string& value);

// A value as a word of its own: in quotes when it has a blank.
std::string as_word(const std::string& value);

}  // namespace mpm::config
