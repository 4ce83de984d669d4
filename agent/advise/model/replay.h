// SPDX-License-Identifier: Apache-2.0
//
// From what was seen of a server to what the simulator takes: the load that came, and the server
// that its settings describe, on the processors that it may use and that others leave it. What
// samples cannot tell is left at its most harmless: clients wait ten seconds, and each request
// comes alone.
#pragma once

#include <optional>
#include <span>

#include "agent/advise/model/simulate.h"
#include "schema/model/observation.h"
#include "schema/model/sample.h"
#include "schema/model/settings.h"

namespace mpm::model {

// Second by second from the first sample to the last, which are of one server, by time: what was
// answered, what was begun or waits besides, and what the kernel turned away. A second that nobody
// looked at is like the one before it.
LoadShape load_of(std::span<const Sample> samples, const Observation& seen);

// nullopt: the MPM is not known, or none of prefork, worker and event.
std::optional<Served> served_by(const MpmSettings& settings, const Observation& seen);

}  // namespace mpm::model
