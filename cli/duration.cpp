// SPDX-License-Identifier: Apache-2.0
#include "cli/duration.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace mpm {

Result<double> parse_duration(std::string_view text, double shortest) {
  const Error bad{
      Error::Kind::Usage,
      fmt::format("'{}' is not a time from {} second{} to 1 day; write {}30s, 10m or 2h.", text,
                  shortest, shortest == 1 ? "" : "s", shortest < 1 ? "0.5s, " : "")};
  if (text.empty()) return fail(bad);
  double factor = 1;
  std::string_view digits = text;
  const char unit = text.back();
  if (unit == 's' || unit == 'm' || unit == 'h') {
    factor = unit == 's' ? 1 : unit == 'm' ? 60 : 3600;
    digits.remove_suffix(1);
  }
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return fail(bad);
  const double seconds = value * factor;
  if (!(seconds >= shortest && seconds <= 86400)) return fail(bad);
  return seconds;
}

Result<void> read_duration(const Duration& duration) {
  if (duration.text.empty()) return {};
  if (duration.text == "0" && std::string_view(duration.option) == "--watch") {
    duration.seconds = 0;
    return {};
  }
  auto seconds = parse_duration(duration.text, duration.shortest);
  if (!seconds) return fail(std::move(seconds.error()).in(duration.option));
  duration.seconds = *seconds;
  return {};
}

}  // namespace mpm
