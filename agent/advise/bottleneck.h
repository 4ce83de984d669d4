// SPDX-License-Identifier: Apache-2.0
//
// What the requests wait for besides a worker: the processors, or something behind httpd. Rules of
// the table in rules.h. Pure.
#pragma once

#include <optional>

#include "agent/advise/facts.h"
#include "schema/model/proposal.h"

namespace mpm::advise {

// The processors are full, and httpd's requests spend their time on them or waiting for one; with
// little confidence where only the host's load is known.
std::optional<Finding> cpu_saturated(const Facts& facts);
// They are full with the work of others.
std::optional<Finding> cpu_taken(const Facts& facts);
// More requests at once did not bring more throughput.
std::optional<Finding> backend_saturated(const Facts& facts);

// A larger pool was full in the days before, and ended fewer requests.
std::optional<Finding> larger_pool_brought_less(const Facts& facts);

// A smaller pool was full in the days before, and ended many more.
std::optional<Finding> smaller_pool_brought_more(const Facts& facts);

}  // namespace mpm::advise
