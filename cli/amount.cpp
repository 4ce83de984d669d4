// SPDX-License-Identifier: Apache-2.0
#include "cli/amount.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

namespace mpm {
namespace {

// "12.50" is "12.5", "3.00" is "3".
std::string without_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0')
    text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string both(std::int64_t large, std::string_view large_unit, std::int64_t small,
                 std::string_view small_unit) {
  const std::string first =
      large_unit == "day" ? plural(large, "day") : fmt::format("{} {}", large, large_unit);
  return small == 0 ? first : fmt::format("{} {} {}", first, small, small_unit);
}

}  // namespace

std::string count(std::int64_t number) {
  std::string digits = fmt::format("{}", number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;)
    digits.insert(at -= 3, ",");
  return digits;
}

std::string plural(std::int64_t number, std::string_view one) {
  const std::string_view ending = number == 1 ? "" : one.back() == 's' ? "es" : "s";
  return fmt::format("{} {}{}", count(number), one, ending);
}

std::string megabytes(Bytes amount) {
  constexpr std::array<std::string_view, 5> kUnits{"B", "KB", "MB", "GB", "TB"};
  auto value = static_cast<double>(amount.value);
  std::size_t unit = 0;
  while (std::abs(value) >= 1000 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  if (unit == 0) return fmt::format("{} B", amount.value);
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string duration(double seconds) {
  if (!(seconds >= 0) || seconds > 1e12) return "an unknown time";
  if (seconds == 0) return "0 s";
  if (seconds < 0.0095) return without_zeros(fmt::format("{:.1f}", seconds * 1000)) + " ms";
  if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1000);
  if (seconds < 9.95) return without_zeros(fmt::format("{:.1f}", seconds)) + " s";
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 3600;
  constexpr std::int64_t kDay = 86400;
  if (whole < kMinute) return fmt::format("{} s", whole);
  if (whole < kHour) return both(whole / kMinute, "min", whole % kMinute, "s");
  if (whole < kDay) return both(whole / kHour, "h", whole % kHour / kMinute, "min");
  return both(whole / kDay, "day", whole % kDay / kHour, "h");
}

std::string number(double value) {
  if (!std::isfinite(value)) return "unknown";
  const double size = std::abs(value);
  if (size >= 999.5) return count(std::llround(value));
  if (size >= 99.95) return fmt::format("{:.0f}", value);
  if (size >= 9.995) return without_zeros(fmt::format("{:.1f}", value));
  return without_zeros(size >= 0.995 || value == 0 ? fmt::format("{:.2f}", value)
                                                   : fmt::format("{:.3g}", value));
}

std::string percent(double share) {
  const double value = share * 100;
  const std::string digits =
      std::abs(value) < 9.95 ? fmt::format("{:.1f}", value) : fmt::format("{:.0f}", value);
  return without_zeros(digits) + " %";
}

}  // namespace mpm
