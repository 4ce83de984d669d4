// SPDX-License-Identifier: Apache-2.0
//
// Findings as the rules make them, and numbers as their sentences have them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/model/proposal.h"
#include "schema/model/units.h"

namespace mpm::advise {

// Its rule, formula and what the data take from the confidence are added by whoever asked the rule.
Finding finding(Severity severity, std::string claim, std::string advice,
                std::vector<Evidence> evidence);

std::string percent(double share);  // "38 %", "0.4 %"

std::string hour_of(Instant at);  // "2026-11-17 19:00 UTC"

// Evidence is of real numbers.
constexpr double number(std::int64_t value) {
  return static_cast<double>(value);
}

}  // namespace mpm::advise
