// SPDX-License-Identifier: Apache-2.0
//
// The loads that advice is tried with: thirteen that were made by hand, each for something that can
// go wrong, and as many random ones as a seed gives.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/regret/case.h"

namespace mpm::regret {

// L1 to L13.
std::vector<Case> hand_made();
// R00 and on: the same for the same seed, and the first ones whatever `count` is.
std::vector<Case> random_cases(std::uint64_t seed, int count);

}  // namespace mpm::regret
