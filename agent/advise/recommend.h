// SPDX-License-Identifier: Apache-2.0
//
// The engine: from what was observed and what the operator wants to a proposal. Pure: the same
// observation and policy give the same proposal, anywhere and always.
#pragma once

#include "schema/model/observation.h"
#include "schema/model/proposal.h"

namespace mpm {

Proposal recommend(const Observation& seen, const Policy& policy = {});

}  // namespace mpm
