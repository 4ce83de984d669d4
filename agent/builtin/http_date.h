// SPDX-License-Identifier: Apache-2.0
//
// Dates as HTTP has them (RFC 9110 5.6.7), always GMT.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mpm::builtin {

// Seconds since 1970 of a date in any of the three forms.
std::optional<std::int64_t> parse_http_date(std::string_view text);
// "Mon, 23 Nov 2026 12:00:00 GMT"
std::string http_date(std::int64_t seconds);

}  // namespace mpm::builtin
