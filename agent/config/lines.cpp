// SPDX-License-Identifier: Apache-2.0
#include "agent/config/lines.h"

#include <algorithm>

namespace mpm::config {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string unescape(std::string_view text, char quote) {
  std::string word;
  word.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 1 < text.size() &&
                        (text[i + 1] == '\\' || (quote != '\0' && text[i + 1] == quote));
    word += text[escape ? ++i : i];
  }
  return word;
}

}  // namespace

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

std::vector<LogicalLine> split_lines(std::string_view text) {
  std::vector<LogicalLine> lines;
  std::int64_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    LogicalLine line;
    line.begin = at;
    line.first_line = number + 1;
    std::string joined;
    bool goes_on = true;
    while (goes_on && at < text.size()) {
      const auto newline = text.find('\n', at);
      const bool ended = newline != std::string_view::npos;
      std::string_view part = text.substr(at, ended ? newline - at : std::string_view::npos);
      at = ended ? newline + 1 : text.size();
      ++number;

      // httpd reads C strings: what follows a NUL is lost, the end of the line with it, and
      // with that the chance to go on.
      const auto nul = part.find('\0');
      if (nul != std::string_view::npos) {
        joined += part.substr(0, nul);
        goes_on = false;
        break;
      }
      if (ended && !part.empty() && part.back() == '\r') part.remove_suffix(1);
      joined += part;
      // The test is on all that was joined: a\\ before an empty line goes on once more.
      goes_on = ended && !joined.empty() && joined.back() == '\\';
      if (goes_on) joined.pop_back();
    }
    // httpd has begun to count the line that a backslash before the end of the file asks for.
    line.last_line = goes_on ? number + 1 : number;
    line.end = at;
    line.text = trim(joined);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string take_word(std::string_view& line) {
  while (!line.empty() && is_blank(line.front()))
    line.remove_prefix(1);
  if (line.empty()) return {};

  const char quote = line.front() == '"' || line.front() == '\'' ? line.front() : '\0';
  std::size_t end = 0;
  std::string word;
  if (quote != '\0') {
    end = 1;
    while (end < line.size() && line[end] != quote) {
      const bool escape = line[end] == '\\' && end + 1 < line.size() &&
                          (line[end + 1] == quote || line[end + 1] == '\\');
      end += escape ? 2 : 1;
    }
    word = unescape(line.substr(1, end - 1), quote);
    if (end < line.size()) ++end;
  } else {
    while (end < line.size() && !is_blank(line[end]))
      ++end;
    word = unescape(line.substr(0, end), '\0');
  }
  line.remove_prefix(end);
  while (!line.empty() && is_blank(line.front()))
    line.remove_prefix(1);
  return word;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  for (line = trim(line); !line.empty();)
    words.push_back(take_word(line));
  return words;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

}  // namespace mpm::config
