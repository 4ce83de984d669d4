// SPDX-License-Identifier: Apache-2.0
//
// Dates as HTTP writes them (RFC 9110 5.6.7), without locale and time zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mpm::builtin {

// Seconds since 1970 of an HTTP date in any of its three forms: that of http_date,
// "Monday, 23-Nov-26 12:00:00 GMT", "Mon Nov 23 12:00:00 2026".
std::optional<std::int64_t> parse_http_date(std::string_view text);

// "Mon, 23 Nov 2026 12:00:00 GMT" of seconds since 1970; a time outside the years 0 to 9999 is that
// of their edge.
std::string http_date(std::int64_t since_1970);

}  // namespace mpm::builtin
