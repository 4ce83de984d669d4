// SPDX-License-Identifier: Apache-2.0
#include "agent/config/tree.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mpm::config {
namespace {

char lower_of(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The physical line at `at`: where its text ends before NUL or LF, and where the next begins.
struct Physical {
  std::size_t text_end = 0;
  std::size_t next = 0;
  bool has_end = false;  // its LF was seen by httpd: no NUL stands before it
};

Physical physical_line(const std::string& bytes, std::size_t at) {
  Physical line;
  const std::size_t lf = bytes.find('\n', at);
  const std::size_t end = lf == std::string::npos ? bytes.size() : lf;
  line.next = lf == std::string::npos ? bytes.size() : lf + 1;
  const void* nul = std::memchr(bytes.data() + at, '\0', end - at);
  line.text_end =
      nul ? static_cast<std::size_t>(static_cast<const char*>(nul) - bytes.data()) : end;
  line.has_end = nul == nullptr && lf != std::string::npos;
  return line;
}

std::size_t count_of_ends(const std::string& bytes) {
  std::size_t count = 0;
  for (std::size_t at = bytes.find('\n'); at != std::string::npos; at = bytes.find('\n', at + 1))
    ++count;
  return count;
}

// Cuts white space at both ends of the text and keeps the map to the bytes in step.
void trim_line(Line& line) {
  std::size_t begin = 0;
  std::size_t end = line.text.size();
  while (begin < end && is_space(line.text[begin]))
    ++begin;
  while (end > begin && is_space(line.text[end - 1]))
    --end;
  line.text.erase(end);
  line.text.erase(0, begin);
  if (begin == 0) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < line.pieces.size(); ++i)
    if (line.pieces[i].logical <= begin) kept = i;
  line.pieces.erase(line.pieces.begin(), line.pieces.begin() + static_cast<std::ptrdiff_t>(kept));
  for (Piece& piece : line.pieces) {
    if (piece.logical < begin) {
      piece.physical += begin - piece.logical;
      piece.logical = 0;
    } else {
      piece.logical -= begin;
    }
  }
}

// A backslash is looked for at the end of everything joined so far, not of the last physical
// line alone: "a\\" LF LF joins twice (util.c ap_cfg_getline_core, `cp > buf`).
Line joined_line(const std::string& bytes, std::size_t at, std::uint32_t number) {
  Line line;
  line.bytes.begin = at;
  line.first_line = number;
  line.last_line = number;
  for (;;) {
    const Physical part = physical_line(bytes, at);
    line.pieces.push_back(Piece{line.text.size(), at});
    line.text.append(bytes, at, part.text_end - at);
    at = part.next;
    if (!part.has_end) break;
    if (!line.text.empty() && line.text.back() == '\r') line.text.pop_back();
    if (line.text.empty() || line.text.back() != '\\') break;
    line.text.pop_back();
    // httpd counts the line that it then looks for at the end of the file, too.
    ++line.last_line;
    if (at >= bytes.size()) break;
    while (line.pieces.size() > 1 && line.pieces.back().logical >= line.text.size())
      line.pieces.pop_back();
  }
  line.bytes.end = at;
  line.read_size = line.text.size() + 1;
  line.too_long = line.text.size() >= kMaxLine;
  trim_line(line);
  line.start = line.pieces.front().physical;
  return line;
}

// Nearly every line is one physical line, and its text is copied once.
Line logical_line(const std::string& bytes, std::size_t at, std::uint32_t number) {
  const Physical part = physical_line(bytes, at);
  std::string_view text = std::string_view(bytes).substr(at, part.text_end - at);
  if (part.has_end && !text.empty() && text.back() == '\r') text.remove_suffix(1);
  if (part.has_end && !text.empty() && text.back() == '\\') return joined_line(bytes, at, number);
  Line line;
  line.bytes = {at, part.next};
  line.first_line = number;
  line.last_line = number;
  line.read_size = text.size() + 1;
  line.too_long = text.size() >= kMaxLine;
  text = trim(text);
  line.start = static_cast<std::size_t>(text.data() - bytes.data());
  line.text = text;
  return line;
}

}  // namespace

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return lower_of(x) == lower_of(y);
         });
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower_of);
  return result;
}

Word next_word(std::string_view text, std::size_t& at) {
  Word word;
  while (at < text.size() && is_space(text[at]))
    ++at;
  word.logical.begin = at;
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
    word.quote = text[at++];
    while (at < text.size() && text[at] != word.quote) {
      const bool escaped = text[at] == '\\' && at + 1 < text.size() &&
                           (text[at + 1] == '\\' || text[at + 1] == word.quote);
      if (escaped) ++at;
      word.value += text[at++];
    }
    if (at < text.size()) ++at;
  } else {
    while (at < text.size() && !is_space(text[at]) && text[at] != '\\')
      ++at;
    word.value = text.substr(word.logical.begin, at - word.logical.begin);
    while (at < text.size() && !is_space(text[at])) {
      if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '\\') ++at;
      word.value += text[at++];
    }
  }
  word.logical.end = at;
  while (at < text.size() && is_space(text[at]))
    ++at;
  return word;
}

std::vector<Word> split_words(std::string_view text) {
  std::vector<Word> words;
  std::size_t at = 0;
  while (at < text.size()) {
    Word word = next_word(text, at);
    if (word.logical.size() == 0) break;
    words.push_back(std::move(word));
  }
  return words;
}

Tree Tree::read(std::string bytes) {
  Tree tree;
  tree.bytes_ = std::move(bytes);
  tree.lines_.reserve(count_of_ends(tree.bytes_) + 1);
  std::size_t at = 0;
  std::uint32_t number = 1;
  while (at < tree.bytes_.size()) {
    tree.lines_.push_back(logical_line(tree.bytes_, at, number));
    at = tree.lines_.back().bytes.end;
    number = tree.lines_.back().last_line + 1;
  }
  return tree;
}

Span Tree::physical(const Line& line, Span logical) {
  const auto place = [&line](std::size_t at) {
    if (line.pieces.empty()) return line.start + at;
    auto after = std::upper_bound(
        line.pieces.begin(), line.pieces.end(), at,
        [](std::size_t offset, const Piece& piece) { return offset < piece.logical; });
    if (after == line.pieces.begin()) return line.bytes.begin;
    --after;
    return after->physical + (at - after->logical);
  };
  const std::size_t begin = place(logical.begin);
  if (logical.size() == 0) return Span{begin, begin};
  return Span{begin, place(logical.end - 1) + 1};
}

}  // namespace mpm::config
