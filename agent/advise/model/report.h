// SPDX-License-Identifier: Apache-2.0
//
// The answer to "what if": what was seen, the same load simulated with the server's own directives,
// and with others. The middle one says how far the last is to be believed. Pure.
#pragma once

#include <span>
#include <vector>

#include "schema/model/observation.h"
#include "schema/model/result.h"
#include "schema/model/sample.h"
#include "schema/model/settings.h"
#include "schema/model/simulation.h"

namespace mpm::model {

// What is known of the time that is gone over again; `samples` are of one server, by time.
struct Past {
  std::span<const Sample> samples;
  const Observation& seen;
  const MpmSettings& settings;
};

// Usage: too little was seen to go by, or the MPM is one that is not simulated.
Result<SimulationReport> foretold(const Past& past, const std::vector<DirectiveChange>& changes);

}  // namespace mpm::model
