// SPDX-License-Identifier: Apache-2.0
//
// Numbers and times as they stand on mod_status's page. They are APR's (strings/apr_snprintf.c),
// which are not C's: ".5" for 0.5, "1.e-5" for 1e-5, and halves are rounded up.
#pragma once

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace mpm::builtin {

template <class... Values>
void append(std::string& text, fmt::format_string<Values...> format, Values&&... values) {
  fmt::format_to(std::back_inserter(text), format, std::forward<Values>(values)...);
}

// "%g" and "%.3g". Of a number that is finite and not negative.
std::string general(double value, int digits = 6);
// "%.2f".
std::string fixed(double value, int decimals);

// "Monday, 23-Nov-2026 09:35:44 UTC", in the host's time zone.
std::string local_time(std::int64_t microseconds);
// " 2 days 4 hours 1 second"; nothing for 0.
std::string shown_uptime(std::int64_t seconds);
// "17 B", "5.2 kB", "1.5 GB".
std::string shown_bytes(std::uint64_t bytes);
std::string shown_kilobytes(std::uint64_t kilobytes);

// A client's text in HTML: what is no ASCII to print is written as in a log, \xhh.
std::string escaped(std::string_view text);

}  // namespace mpm::builtin
