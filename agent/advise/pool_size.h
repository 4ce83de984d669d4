// SPDX-License-Identifier: Apache-2.0
//
// How far the number of workers may go in one step, and the sentences that say why it is what it
// is. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "agent/advise/facts.h"

namespace mpm::advise {

// A worker that waits for a client's next request is needed too, a little more than seen.
inline constexpr double kKeepaliveMargin = 1.3;
inline constexpr double kPinnedGrowth = 1.5;
// Demand that was hidden is a guess, the wilder the more clients were turned away and came
// again: one step goes this far, and the next look knows more.
inline constexpr double kLongestStep = 4;

// `wanted` is what the demand asks for, `to` what it comes to with what memory `fits`.
std::string because_of_demand(const Facts& facts, std::int64_t to, std::int64_t wanted,
                              std::int64_t fits);

// "2.0 x 128 needed + 1.3 x 0 in keep-alive"
std::string demand_formula(const Facts& facts);
// Budget and cost are known: "memory: (90 % of 6.0 GB - 10.0 MB) / 18.0 MB x 25 = 7650".
std::string memory_formula(const Facts& facts, std::int64_t fits);
// With ": 275" behind it, and how that was rounded.
std::string in_multiples(const Facts& facts, const std::string& formula, std::int64_t to);

}  // namespace mpm::advise
