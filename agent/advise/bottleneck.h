// SPDX-License-Identifier: Apache-2.0
//
// What the requests wait for besides a worker: the processors, or something behind httpd. Rules of
// the table in rules.h. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "agent/advise/facts.h"
#include "schema/model/proposal.h"

namespace mpm::advise {

// Where the next bound may be.
inline constexpr std::string_view kLookBehind =
    "Look at what the requests wait for: pm.max_children of php-fpm, connections of a database, "
    "a proxy's max=.";

// The processors are full, and httpd's requests spend their time on them or waiting for one; with
// little confidence where only the host's load is known.
std::optional<Finding> cpu_saturated(const Facts& facts);
// They are full with the work of others.
std::optional<Finding> cpu_taken(const Facts& facts);
// More requests at once did not bring more throughput, or requests stand in line.
std::optional<Finding> backend_saturated(const Facts& facts);

}  // namespace mpm::advise
