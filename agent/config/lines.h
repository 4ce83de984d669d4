// SPDX-License-Identifier: Apache-2.0
//
// A configuration file as httpd's reader takes it apart: physical lines joined by a backslash
// at their end into logical ones, blanks cut off both ends, and words inside a line. Bytes are
// opaque. Splitting cannot fail, and the spans of the lines tile the text without a gap.
//
//   MaxRequest\          one logical line, "MaxRequestWorkers 1", physical lines 1 to 2
//   Workers 1
//
// Follows ap_cfg_getline and ap_getword_conf of server/util.c.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mpm::config {

struct LogicalLine {
  std::string text;             // joined and trimmed
  std::int64_t first_line = 0;  // from 1
  std::int64_t last_line = 0;   // httpd names this one in its messages
  std::size_t begin = 0;        // its bytes in the file, ends of line included
  std::size_t end = 0;
};

std::vector<LogicalLine> split_lines(std::string_view text);

// Blank as the C locale has it: space, \t \n \v \f \r.
bool is_blank(char c);
std::string_view trim(std::string_view text);

// Takes the first word off `line`, and the blanks after it. A word in quotes may hold blanks
// and ends at the same quote or at the end of the line; \\ and an escaped quote stand for the
// second character. Empty when there is none, and for "".
std::string take_word(std::string_view& line);

// All words of a line.
std::vector<std::string> words_of(std::string_view line);

// Equal without regard to ASCII case, as httpd compares names.
bool same_word(std::string_view a, std::string_view b);
std::string lower_case(std::string_view text);

}  // namespace mpm::config
