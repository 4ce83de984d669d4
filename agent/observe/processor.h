// SPDX-License-Identifier: Apache-2.0
//
// What the server's own processes did with the processors: how much they ran, and how long they
// were ready to run and had none. The host's load alone would blame httpd for another program's
// work. Pure.
#pragma once

#include <span>

#include "schema/model/observation.h"
#include "schema/model/sample.h"

namespace mpm {

// Fills cpu_seconds_per_request, cpu_full_share, cpu_own_share, cpu_wait_share and cpu_ready_share
// of `load`, as far as two sweeps one after the other tell them.
void add_processor_use(std::span<const Sample> samples, LoadObservation& load);

}  // namespace mpm
