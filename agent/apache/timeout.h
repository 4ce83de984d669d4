// SPDX-License-Identifier: Apache-2.0
//
// A time with a unit, as httpd's ap_timeout_parameter_parse (server/util.c) takes it: "5" is 5 s,
// "500ms", "5s", "1min" and "1h" are what they look like. The unit counts by its first letters,
// which are small ones. KeepAliveTimeout is read so. Timeout is not: it is a plain integer of
// seconds, whatever stands behind its digits.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace mpm {

// Nothing when httpd would refuse it.
std::optional<std::chrono::milliseconds> timeout_with_unit(std::string_view text);

}  // namespace mpm
