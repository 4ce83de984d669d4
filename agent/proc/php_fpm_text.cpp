// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/php_fpm_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <utility>

namespace mpm {
namespace {

constexpr std::string_view kBlanks = " \t\r\"'";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::int64_t whole(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// php-fpm writes the pool's name for $pool in every value.
std::string with_name(std::string_view value, const std::string& name) {
  constexpr std::string_view kVariable = "$pool";
  std::string text(value);
  for (auto at = text.find(kVariable); at != std::string::npos;
       at = text.find(kVariable, at + name.size()))
    text.replace(at, kVariable.size(), name);
  return text;
}

std::optional<std::string> after(std::string_view title, std::string_view prefix) {
  if (!title.starts_with(prefix)) return std::nullopt;
  return std::string(title.substr(prefix.size()));
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

}  // namespace

PhpFpmText parse_php_fpm(std::string_view text) {
  PhpFpmText found;
  bool in_pool = false;
  each_line(text, [&](std::string_view line) {
    line = trimmed(line.substr(0, line.find(';')));
    if (line.size() > 2 && line.front() == '[' && line.back() == ']') {
      const std::string_view name = line.substr(1, line.size() - 2);
      in_pool = name != "global";
      if (in_pool) found.pools.emplace_back().name = name;
      return;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return;
    const std::string_view key = trimmed(line.substr(0, equals));
    const std::string_view value = trimmed(line.substr(equals + 1));
    if (key == "include") found.includes.emplace_back(value);
    if (!in_pool) return;
    PhpPool& pool = found.pools.back();
    if (key == "listen") pool.listen = with_name(value, pool.name);
    if (key == "pm.max_children") pool.max_children = whole(value);
  });
  return found;
}

std::optional<std::string> php_fpm_file(std::string_view title) {
  auto file = after(title, "php-fpm: master process (");
  if (!file || file->empty() || file->back() != ')') return std::nullopt;
  file->pop_back();
  return file;
}

std::optional<std::string> php_fpm_pool(std::string_view title) {
  return after(title, "php-fpm: pool ");
}

std::int64_t waiting_at(std::string_view net_unix, std::string_view path) {
  std::int64_t waiting = 0;
  each_line(net_unix, [&](std::string_view line) {
    // Num RefCount Protocol Flags Type St Inode Path
    std::istringstream words{std::string(line)};
    std::array<std::string, 8> word;
    for (std::string& each : word)
      words >> each;
    if (word[7] == path && word[5] == "02" && word[6] == "0") ++waiting;
  });
  return waiting;
}

}  // namespace mpm
