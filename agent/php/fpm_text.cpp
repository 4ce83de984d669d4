// SPDX-License-Identifier: Apache-2.0
#include "agent/php/fpm_text.h"

#include <algorithm>
#include <array>

namespace mpm {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Calls for every line, without its end.
template <class Take>
void each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// Behind "=": in quotes as it is, else up to a comment.
std::string_view value_in(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && (text.front() == '"' || text.front() == '\'')) {
    const auto end = text.find(text.front(), 1);
    if (end != std::string_view::npos) return text.substr(1, end - 1);
  }
  return trimmed(text.substr(0, text.find(';')));
}

std::optional<FpmLine> line_in(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('[')) {
    const auto end = std::min(text.find(']'), text.size());
    const std::string_view name = trimmed(text.substr(1, end - 1));
    if (end == text.size() || name.empty()) return std::nullopt;
    return FpmLine{std::string(name), std::nullopt};
  }
  const auto equals = text.find_first_of("=;");
  if (equals == std::string_view::npos || text[equals] == ';') return std::nullopt;
  const std::string_view name = trimmed(text.substr(0, equals));
  if (name.empty()) return std::nullopt;
  return FpmLine{std::string(name), std::string(value_in(text.substr(equals + 1)))};
}

std::optional<std::string> after(std::string_view title, std::string_view prefix) {
  if (!title.starts_with(prefix)) return std::nullopt;
  return std::string(title.substr(prefix.size()));
}

// A line of /proc/net/unix: Num RefCount Protocol Flags Type St Inode Path.
struct UnixSocket {
  std::array<std::string_view, 7> words;
  std::string_view path;  // may hold blanks

  std::string_view flags() const { return words[3]; }
  std::string_view state() const { return words[5]; }
  std::string_view inode() const { return words[6]; }
};

UnixSocket unix_socket_in(std::string_view line) {
  UnixSocket socket;
  for (std::string_view& word : socket.words) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
  }
  socket.path = line.substr(std::min<std::size_t>(1, line.size()));
  return socket;
}

}  // namespace

std::vector<FpmLine> fpm_lines(std::string_view text) {
  std::vector<FpmLine> lines;
  each_line(text, [&](std::string_view line) {
    if (auto found = line_in(line)) lines.push_back(std::move(*found));
  });
  return lines;
}

std::optional<std::string> fpm_file_in(std::string_view title) {
  auto file = after(title, "php-fpm: master process (");
  if (!file || file->empty() || file->back() != ')') return std::nullopt;
  file->pop_back();
  return file;
}

std::optional<std::string> fpm_pool_in(std::string_view title) {
  return after(title, "php-fpm: pool ");
}

std::optional<std::int64_t> waiting_at(std::string_view net_unix, std::string_view path) {
  constexpr std::string_view kListens = "00010000";  // __SO_ACCEPTCON
  bool is_there = false;
  std::int64_t waiting = 0;
  each_line(net_unix, [&](std::string_view line) {
    if (!line.ends_with(path)) return;
    const UnixSocket socket = unix_socket_in(line);
    if (socket.path != path) return;
    if (socket.flags() == kListens) is_there = true;
    if (socket.state() == "02" && socket.inode() == "0") ++waiting;
  });
  if (!is_there) return std::nullopt;
  return waiting;
}

}  // namespace mpm
