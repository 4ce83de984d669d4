// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/status_format.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <ctime>

namespace mpm::builtin {
namespace {

// 0.DIGITS * 10^point
struct Decimal {
  std::string digits;  // without zeros at its end, but "0" for 0
  int point = 0;
};

// fmt would round 0.5 to the even neighbour; so the digits are exact, and are rounded here.
Decimal decimal(double value, int digits) {
  constexpr int kExact = 40;  // beyond these there is none that could turn a half
  if (value == 0) return {"0", 1};
  const std::string exact = fmt::format("{:.{}e}", value, kExact);
  Decimal result;
  result.digits = exact.substr(0, 1) + exact.substr(2, static_cast<std::size_t>(digits));
  result.point = std::stoi(exact.substr(exact.find('e') + 1)) + 1;
  const bool up = result.digits.back() >= '5';
  result.digits.pop_back();
  while (up && !result.digits.empty() && result.digits.back() == '9')
    result.digits.pop_back();
  if (up && result.digits.empty()) return {"1", result.point + 1};
  if (up) ++result.digits.back();
  while (result.digits.size() > 1 && result.digits.back() == '0')
    result.digits.pop_back();
  return result;
}

}  // namespace

std::string general(double value, int digits) {
  constexpr int kMostZeros = 4;  // at the end of a whole number
  constexpr int kLeastPoint = -3;
  if (!std::isfinite(value) || value < 0) return "0";
  const auto [shown, point] = decimal(value, digits);
  const int size = static_cast<int>(shown.size());
  if (point < kLeastPoint || point - size > kMostZeros) {
    const int exponent = point - 1;
    return fmt::format("{}.{}e{}{}", shown.substr(0, 1), shown.substr(1), exponent < 0 ? '-' : '+',
                       std::abs(exponent));
  }
  if (point <= 0) return fmt::format(".{:0>{}}", shown, size - point);
  if (point >= size) return fmt::format("{:0<{}}", shown, point);
  const auto whole = static_cast<std::size_t>(point);
  return fmt::format("{}.{}", shown.substr(0, whole), shown.substr(whole));
}

std::string fixed(double value, int decimals) {
  const double scale = std::pow(10, decimals);
  return fmt::format("{:.{}f}", std::floor(value * scale + 0.5) / scale, decimals);
}

std::string local_time(std::int64_t microseconds) {
  const std::time_t seconds = microseconds / 1'000'000;
  std::tm parts{};
  if (::localtime_r(&seconds, &parts) == nullptr) return {};
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%A, %d-%b-%Y %H:%M:%S %Z", &parts)};
}

std::string shown_uptime(std::int64_t seconds) {
  const std::array<std::pair<std::int64_t, std::string_view>, 4> parts{{
      {seconds / 86400, "day"},
      {seconds / 3600 % 24, "hour"},
      {seconds / 60 % 60, "minute"},
      {seconds % 60, "second"},
  }};
  std::string text;
  for (const auto& [count, unit] : parts) {
    if (count != 0) text += fmt::format(" {} {}{}", count, unit, count == 1 ? "" : "s");
  }
  return text;
}

std::string shown_bytes(std::uint64_t bytes) {
  constexpr std::uint64_t kKilo = 1024;
  constexpr std::uint64_t kMega = kKilo * 1024;
  constexpr std::uint64_t kGiga = kMega * 1024;
  const auto value = static_cast<double>(bytes);
  if (bytes < 5 * kKilo) return fmt::format("{} B", bytes);
  if (bytes < kMega / 2) return fixed(value / kKilo, 1) + " kB";
  if (bytes < kGiga / 2) return fixed(value / kMega, 1) + " MB";
  return fixed(value / kGiga, 1) + " GB";
}

std::string shown_kilobytes(std::uint64_t kilobytes) {
  constexpr std::uint64_t kMega = 1024;
  constexpr std::uint64_t kGiga = kMega * 1024;
  const auto value = static_cast<double>(kilobytes);
  if (kilobytes < kMega) return fmt::format("{} kB", kilobytes);
  if (kilobytes < kGiga) return fixed(value / kMega, 1) + " MB";
  return fixed(value / kGiga, 1) + " GB";
}

std::string escaped(std::string_view text) {
  constexpr std::string_view kNamed = "\b\n\r\t\v";
  constexpr std::string_view kNames = "bnrtv";
  std::string result;
  for (const char c : text) {
    const auto named = kNamed.find(c);
    if (named != std::string_view::npos) {
      result += {'\\', kNames[named]};
    } else if (c < ' ' || c > '~') {
      append(result, "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      switch (c) {
        case '\\':
          result += "\\\\";
          break;
        case '"':
          result += "\\&quot;";
          break;
        case '&':
          result += "&amp;";
          break;
        case '<':
          result += "&lt;";
          break;
        case '>':
          result += "&gt;";
          break;
        default:
          result += c;
      }
    }
  }
  return result;
}

}  // namespace mpm::builtin
