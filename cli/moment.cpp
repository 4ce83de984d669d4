// SPDX-License-Identifier: Apache-2.0
#include "cli/moment.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "schema/codec/instant.h"

namespace mpm {
namespace {

constexpr double kTenYears = 3650.0 * 86400;

std::optional<double> seconds_ago(std::string_view text) {
  if (text == "now") return 0;
  double factor = 1;
  constexpr std::string_view kUnits = "smhdw";
  constexpr double kSeconds[] = {1, 60, 3600, 86400, 7 * 86400};
  if (const auto unit = kUnits.find(text.empty() ? ' ' : text.back());
      unit != std::string_view::npos) {
    factor = kSeconds[unit];
    text.remove_suffix(1);
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  const double seconds = value * factor;
  if (!(seconds >= 0 && seconds <= kTenYears)) return std::nullopt;
  return seconds;
}

}  // namespace

Result<std::string> parse_moment(std::string_view option, const std::string& text) {
  if (parse_instant(text)) return text;
  const auto seconds = seconds_ago(text);
  if (!seconds)
    return fail(Error::Kind::Usage,
                fmt::format("{}: '{}' is no moment of the past; write now, a time ago as 30m, 24h "
                            "or 7d, or a time as 2026-11-23T08:40:00Z.",
                            option, text));
  return *seconds > 0 ? fmt::format("-{}", *seconds) : std::string();
}

std::string moment(Instant instant) {
  std::string text = to_text(instant);
  if (const auto dot = text.find('.'); dot != std::string::npos) text.erase(dot);
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text + "Z";
}

}  // namespace mpm
