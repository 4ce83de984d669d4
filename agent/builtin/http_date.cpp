// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/http_date.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

namespace mpm::builtin {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> kDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr std::int64_t kFirst = sys_seconds(sys_days(year(0) / 1 / 1)).time_since_epoch().count();
constexpr std::int64_t kLast =
    sys_seconds(sys_days(year(10000) / 1 / 1)).time_since_epoch().count() - 1;

// Takes a date's parts from the front of a text. After the first part that is not there, none is.
class Parts {
 public:
  explicit Parts(std::string_view text) : rest_(text) {}

  bool take(std::string_view literal) {
    if (!rest_.starts_with(literal)) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }
  void need(std::string_view literal) { fits_ = take(literal) && fits_; }

  int digits(std::size_t count) {
    int number = 0;
    for (std::size_t at = 0; at < count; ++at) {
      const char digit = at < rest_.size() ? rest_[at] : 'x';
      if (digit < '0' || digit > '9') return refuse();
      number = number * 10 + (digit - '0');
    }
    rest_.remove_prefix(count);
    return number;
  }

  unsigned month() {
    for (std::size_t at = 0; at < kMonths.size(); ++at)
      if (take(kMonths[at])) return static_cast<unsigned>(at) + 1;
    refuse();
    return 0;
  }

  void clock() {
    const int hour = digits(2);
    need(":");
    const int minute = digits(2);
    need(":");
    const int second = digits(2);
    if (hour > 23 || minute > 59 || second > 60) refuse();  // 60: a leap second
    time_ = hours(hour) + minutes(minute) + seconds(second);
  }

  std::optional<std::int64_t> since_1970(int in_year, unsigned in_month, int in_day) const {
    const year_month_day date{year(in_year), std::chrono::month(in_month),
                              day(static_cast<unsigned>(in_day))};
    if (!fits_ || !rest_.empty() || !date.ok()) return std::nullopt;
    return (sys_seconds(sys_days(date)) + time_).time_since_epoch().count();
  }

 private:
  int refuse() {
    fits_ = false;
    return 0;
  }

  std::string_view rest_;
  bool fits_ = true;
  seconds time_{0};
};

// "06 Nov 1994 08:49:37 GMT"
std::optional<std::int64_t> parse_fixed(Parts parts) {
  const int day = parts.digits(2);
  parts.need(" ");
  const unsigned month = parts.month();
  parts.need(" ");
  const int year = parts.digits(4);
  parts.need(" ");
  parts.clock();
  parts.need(" GMT");
  return parts.since_1970(year, month, day);
}

// "06-Nov-94 08:49:37 GMT". The century is that of APR, which needs no clock to tell it.
std::optional<std::int64_t> parse_rfc850(Parts parts) {
  const int day = parts.digits(2);
  parts.need("-");
  const unsigned month = parts.month();
  parts.need("-");
  const int year = parts.digits(2);
  parts.need(" ");
  parts.clock();
  parts.need(" GMT");
  return parts.since_1970(year < 70 ? 2000 + year : 1900 + year, month, day);
}

// "Nov  6 08:49:37 1994"
std::optional<std::int64_t> parse_asctime(Parts parts) {
  const unsigned month = parts.month();
  parts.need(" ");
  const int day = parts.digits(parts.take(" ") ? 1 : 2);
  parts.need(" ");
  parts.clock();
  parts.need(" ");
  const int year = parts.digits(4);
  return parts.since_1970(year, month, day);
}

}  // namespace

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  for (const std::string_view name : kDays) {
    Parts parts(text);
    // The long name first: it begins with the short one.
    if (parts.take(name)) return parts.take(", ") ? parse_rfc850(parts) : std::nullopt;
    if (!parts.take(name.substr(0, 3))) continue;
    if (parts.take(", ")) return parse_fixed(parts);
    return parts.take(" ") ? parse_asctime(parts) : std::nullopt;
  }
  return std::nullopt;
}

std::string http_date(std::int64_t since_1970) {
  const sys_seconds moment{seconds(std::clamp(since_1970, kFirst, kLast))};
  const auto midnight = floor<days>(moment);
  const year_month_day date(midnight);
  const hh_mm_ss time(moment - midnight);
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
      kDays[weekday(midnight).c_encoding()].substr(0, 3), static_cast<unsigned>(date.day()),
      kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace mpm::builtin
