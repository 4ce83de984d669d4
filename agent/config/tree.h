// SPDX-License-Identifier: Apache-2.0
//
// One configuration file as logical lines over bytes that never change. Reading cannot fail:
// whatever the bytes are, the spans of the lines tile them from the first to the last, so the
// file can be written again without losing one (the tiling law).
//
// The rules are httpd's own (server/util.c ap_cfg_getline_core, ap_getword_conf): a backslash
// right before the line's end joins the next line with nothing between, in comments too.
// "MaxRequest\<LF>Workers 11" is the logical line "MaxRequestWorkers 11" over two physical ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mpm::config {

// Bytes [begin, end) of a file.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t size() const { return end - begin; }
  bool operator==(const Span&) const = default;
};

// A part of a logical line's text that lies unbroken in the file: logical bytes from `logical` on
// are the file's bytes from `physical` on.
struct Piece {
  std::size_t logical = 0;
  std::size_t physical = 0;
};

// One logical line.
struct Line {
  Span bytes;                    // whole, with its line ends; the lines' spans tile the file
  std::uint32_t first_line = 0;  // physical, from 1
  std::uint32_t last_line = 0;   // what httpd reports in its errors
  std::string text;              // joined, cut at NUL, trimmed
  std::size_t start = 0;         // where the text's first byte lies
  std::vector<Piece> pieces;     // of a text that was joined, by rising offset; else none
  std::size_t read_size = 0;     // bytes that httpd read: joined, before trimming, with its end
  bool too_long = false;         // httpd refuses it: more than kMaxLine bytes
};

// One word of a logical line as ap_getword_conf takes it.
struct Word {
  std::string value;  // quotes and escapes resolved
  Span logical;       // in the text it was taken from, with its quotes
  char quote = 0;     // '"', '\'' or 0
};

// "Line too long", config.c:1249. Longer ones are read all the same and marked.
inline constexpr std::size_t kMaxLine = std::size_t{16} * 1024 * 1024;

// The C locale's isspace, as httpd trims and splits: SP TAB LF VT FF CR; no NBSP.
bool is_space(char c);
std::string_view trim(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII only
std::string lower(std::string_view text);                          // ASCII only

// The word at or after `at`; moves `at` behind it and the white space that follows. At the
// end of the text the word is empty and its span too.
Word next_word(std::string_view text, std::size_t& at);
std::vector<Word> split_words(std::string_view text);

class Tree {
 public:
  static Tree read(std::string bytes);

  const std::string& bytes() const { return bytes_; }
  const std::vector<Line>& lines() const& { return lines_; }
  const std::vector<Line>& lines() && = delete;  // they would not outlive the tree
  std::vector<Line> take_lines() && { return std::move(lines_); }

  // Where the logical bytes [begin, end) of a line lie in the file; line ends that were
  // joined inside a word lie inside its span, so a word replaced takes them along.
  static Span physical(const Line& line, Span logical);

 private:
  std::string bytes_;
  std::vector<Line> lines_;
};

}  // namespace mpm::config
