// SPDX-License-Identifier: Apache-2.0
//
// A time of day in words: RFC 3339, UTC, milliseconds: 2026-11-23T08:40:00.123Z.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/model/units.h"

namespace mpm {

std::string to_text(Instant instant);

// Accepts a fraction of 0 to 9 digits and cuts it to milliseconds; nullopt for anything that is
// no such time.
std::optional<Instant> parse_instant(std::string_view text);

}  // namespace mpm
