// SPDX-License-Identifier: Apache-2.0
//
// A window of samples, reduced to an Observation. Pure.
//
// Counters are differenced between neighbours and never averaged over the server's life; a pair
// between which the server was restarted, or which is too far apart, adds nothing.
#pragma once

#include <span>

#include "schema/model/observation.h"
#include "schema/model/sample.h"
#include "schema/model/settings.h"

namespace mpm {

// `samples` are of one server, by time.
Observation observe(std::span<const Sample> samples, const MpmSettings& settings);

}  // namespace mpm
