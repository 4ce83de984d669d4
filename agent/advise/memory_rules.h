// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with the memory. Four rules of the table in rules.h. Pure.
#pragma once

#include <optional>

#include "agent/advise/facts.h"
#include "schema/model/proposal.h"

namespace mpm::advise {

// With every worker busy it does not hold, or would not at the largest size that some have had.
std::optional<Finding> memory_overcommitted(const Facts& facts);

// The children have served too little to know their size.
std::optional<Finding> memory_not_warm(const Facts& facts);

// They grow with every request.
std::optional<Finding> children_grow(const Facts& facts);

// They end together, and too few others are there then.
std::optional<Finding> children_end_together(const Facts& facts);

}  // namespace mpm::advise
