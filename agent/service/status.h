// SPDX-License-Identifier: Apache-2.0
//
// Two looks at a server a moment apart, as the answer to "how is it right now?". Pure.
#pragma once

#include <optional>

#include "agent/service/watch.h"
#include "schema/model/status.h"
#include "schema/model/target.h"

namespace mpm {

// Memory is of the first look; everything else of the second, when there is one, and the
// rate of requests is their difference.
TargetStatus status_of(const Target& target, const Look& first, const std::optional<Look>& second);

}  // namespace mpm
