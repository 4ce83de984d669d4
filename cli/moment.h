// SPDX-License-Identifier: Apache-2.0
//
// Moments of the past as they are written on the command line, and as they are shown.
#pragma once

#include <string>
#include <string_view>

#include "schema/model/result.h"
#include "schema/model/units.h"

namespace mpm {

// "24h", "7d", "now" or "2026-11-23T08:40:00Z", as the agent takes it: seconds before now, as
// "-86400", or the time itself. `option` is named where it is none.
Result<std::string> parse_moment(std::string_view option, const std::string& text);

// "2026-11-23 08:40:00Z": to the second, as nobody reads the rest.
std::string moment(Instant instant);

}  // namespace mpm
