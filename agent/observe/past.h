// SPDX-License-Identifier: Apache-2.0
//
// The weeks before a window, as the history has summed them up: when the server was busiest. Pure.
#pragma once

#include <optional>
#include <span>

#include "agent/history/rollup.h"
#include "schema/model/observation.h"

namespace mpm {

// Of several hours with as many busy workers the last one. Hours of which less than a quarter was
// seen tell nothing; nullopt when all are such.
std::optional<PastPeak> past_peak(std::span<const Rollup> hours);

}  // namespace mpm
