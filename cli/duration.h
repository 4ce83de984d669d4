// SPDX-License-Identifier: Apache-2.0
//
// Lengths of time as they are written on the command line: "30s", "10m", "2h".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/model/result.h"

namespace mpm {

// "45", "45s", "10m", "1.5h" in seconds; between `shortest` and a day.
Result<double> parse_duration(std::string_view text, double shortest = 1);

struct Duration {
  const std::string& text;  // empty: it was not given, and `seconds` stays
  const char* option;
  std::optional<double>& seconds;
  double shortest = 1;
};

// Of --watch 0 has a meaning of its own.
Result<void> read_duration(const Duration& duration);

}  // namespace mpm
