// SPDX-License-Identifier: Apache-2.0
//
// A set of numbers, summed up. Quantiles are of the numbers themselves: the smallest that at
// least that share of them does not exceed.
#pragma once

#include <vector>

#include "schema/model/observation.h"

namespace mpm {

// All zero for no numbers.
Distribution distribution_of(std::vector<double> values);

// The same rule for one quantile, `share` from 0 to 1; 0 for no numbers.
double quantile(std::vector<double> values, double share);

}  // namespace mpm
