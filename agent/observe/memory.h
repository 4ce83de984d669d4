// SPDX-License-Identifier: Apache-2.0
//
// The children's memory over a window: what one of them really costs, and how it grows.
#pragma once

#include <optional>
#include <span>

#include "schema/model/observation.h"
#include "schema/model/sample.h"

namespace mpm {

// nullopt when no sample of the window holds a sweep with a child in it.
std::optional<MemoryObservation> memory_of(std::span<const Sample> samples);

}  // namespace mpm
