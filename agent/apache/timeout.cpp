// SPDX-License-Identifier: Apache-2.0
#include "agent/apache/timeout.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace mpm {
namespace {

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

}  // namespace

std::optional<std::chrono::milliseconds> timeout_with_unit(std::string_view text) {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  // from_chars would take a sign.
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc()) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  constexpr std::array kUnits = std::to_array<std::pair<std::string_view, std::int64_t>>(
      {{"s", 1000}, {"ms", 1}, {"mi", 60'000}, {"h", 3'600'000}});
  // httpd counts in microseconds.
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 1000;
  for (const auto& [begin, factor] : kUnits) {
    const bool meant = unit.empty() ? begin == "s" : unit.substr(0, begin.size()) == begin;
    if (!meant) continue;
    if (count > kMost / factor) return std::nullopt;
    return std::chrono::milliseconds(count * factor);
  }
  return std::nullopt;
}

}  // namespace mpm
