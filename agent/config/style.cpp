// SPDX-License-Identifier: Apache-2.0
#include "agent/config/style.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

namespace mpm::config {
namespace {

// Where a text that begins in column `from` ends, with tabs of a width.
std::size_t column_after(std::string_view text, std::size_t from, std::size_t tab) {
  for (const char c : text)
    from = c == '\t' ? from / tab * tab + tab : from + 1;
  return from;
}

enum class Edge : std::uint8_t { Begin, End };  // of the value, that lines up

struct Alignment {
  Edge edge = Edge::Begin;
  std::size_t column = 0;
  std::size_t tab = 8;
};

std::size_t value_column(const WrittenLine& line, Edge edge, std::size_t tab) {
  const std::size_t begin = column_after(line.indent + line.name + line.separator, 0, tab);
  return edge == Edge::Begin ? begin : begin + line.value.size();
}

// A column counts when most lines keep it, although something before it differs in length.
std::optional<std::size_t> common_column(const std::vector<WrittenLine>& block, Edge edge,
                                         std::size_t tab) {
  std::map<std::size_t, std::map<std::size_t, std::size_t>> lengths;  // by column
  for (const WrittenLine& line : block) {
    const std::size_t moves = line.name.size() + (edge == Edge::End ? line.value.size() : 0);
    ++lengths[value_column(line, edge, tab)][moves];
  }
  for (const auto& [column, by_length] : lengths) {
    std::size_t lines = 0;
    for (const auto& entry : by_length)
      lines += entry.second;
    if (by_length.size() > 1 && 2 * lines > block.size()) return column;
  }
  return std::nullopt;
}

std::optional<Alignment> alignment_of(const std::vector<WrittenLine>& block) {
  for (const Edge edge : {Edge::Begin, Edge::End})
    for (const std::size_t tab : {8U, 4U})
      if (const auto column = common_column(block, edge, tab)) return Alignment{edge, *column, tab};
  return std::nullopt;
}

// White space from one column to another in the manner of a sample: tabs as far as they go when
// it has any, then blanks. At least one.
std::string filled(std::size_t from, std::size_t to, std::size_t tab, std::string_view sample) {
  std::string text;
  if (sample.find('\t') != std::string_view::npos)
    while (from / tab * tab + tab <= to) {
      text += '\t';
      from = from / tab * tab + tab;
    }
  if (from < to) text.append(to - from, ' ');
  if (text.empty()) text = sample.find('\t') == std::string_view::npos ? " " : "\t";
  return text;
}

std::string separator_for(const LineWish& wish, const WrittenLine& nearest,
                          const std::vector<WrittenLine>& block) {
  const bool same = std::all_of(block.begin(), block.end(), [&](const WrittenLine& line) {
    return line.separator == block.front().separator;
  });
  const bool alone = std::all_of(block.begin(), block.end(), [&](const WrittenLine& line) {
    return line.name.size() == block.front().name.size();
  });
  // One line with much white space stands for a column.
  if (same && (!alone || nearest.separator.size() < 2)) return nearest.separator;
  const auto alignment = alone ? Alignment{Edge::Begin, value_column(nearest, Edge::Begin, 8), 8}
                               : alignment_of(block);
  if (!alignment) return nearest.separator;
  const std::size_t from = column_after(nearest.indent + std::string(wish.name), 0, alignment->tab);
  std::size_t to = alignment->column;
  if (alignment->edge == Edge::End) to -= std::min(to, wish.value.size());
  return filled(from, to, alignment->tab, nearest.separator);
}

}  // namespace

WrittenLine written_line(const Tree& tree, const Line& line) {
  WrittenLine parts;
  const std::string& bytes = tree.bytes();
  std::size_t at = line.bytes.begin;
  while (at < line.bytes.end && (bytes[at] == ' ' || bytes[at] == '\t'))
    parts.indent += bytes[at++];
  const std::vector<Word> words = split_words(line.text);
  if (words.size() > 1) {
    const Span name = Tree::physical(line, words[0].logical);
    const Span value = Tree::physical(line, words[1].logical);
    parts.name = line.text.substr(words[0].logical.begin, words[0].logical.size());
    parts.separator = bytes.substr(name.end, value.begin - name.end);
    parts.value = line.text.substr(words[1].logical.begin, words[1].logical.size());
  }
  // Name and value on lines of their own are no example to follow.
  if (parts.separator.find_first_not_of(" \t") != std::string::npos || parts.separator.empty())
    parts.separator = " ";
  const std::size_t end = line.bytes.end;
  if (end > line.bytes.begin && bytes[end - 1] == '\n')
    parts.end = end - line.bytes.begin > 1 && bytes[end - 2] == '\r' ? "\r\n" : "\n";
  return parts;
}

std::string line_like(const LineWish& wish, const WrittenLine& nearest,
                      const std::vector<WrittenLine>& block) {
  return nearest.indent + std::string(wish.name) + separator_for(wish, nearest, block) +
         wish.value + (nearest.end.empty() ? wish.fallback_end : nearest.end);
}

std::string line_end_of(const std::string& bytes) {
  const std::size_t lf = bytes.find('\n');
  return lf != std::string::npos && lf > 0 && bytes[lf - 1] == '\r' ? "\r\n" : "\n";
}

std::string with_word(const Tree& tree, const Line& line, const Word& word,
                      const std::string& value) {
  std::string text = value;
  if (word.quote != 0) {
    // At the end of a line a quote need not be closed.
    const std::string_view raw =
        std::string_view(line.text).substr(word.logical.begin, word.logical.size());
    text.insert(text.begin(), word.quote);
    if (raw.size() > 1 && raw.back() == word.quote) text += word.quote;
  } else {
    text = as_word(value);
  }
  const Span span = Tree::physical(line, word.logical);
  std::string bytes = tree.bytes();
  return bytes.replace(span.begin, span.size(), text);
}

std::string as_word(const std::string& value) {
  const bool blank = std::any_of(value.begin(), value.end(), is_space);
  return blank || value.empty() ? '"' + value + '"' : value;
}

}  // namespace mpm::config
