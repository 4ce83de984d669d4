// SPDX-License-Identifier: Apache-2.0
//
// php-fpm as what is full behind httpd. A rule of the table in rules.h, and what the plan asks.
// Pure.
#pragma once

#include <optional>

#include "agent/advise/facts.h"
#include "schema/model/observation.h"
#include "schema/model/proposal.h"

namespace mpm::advise {

// The pool that requests wait for: all the processes that it may have are there, a quarter as many
// connections wait at its socket, and half of the time more workers of httpd were busy than it has
// processes. nullptr when there is none.
const PhpPool* full_php_pool(const Observation& seen);

// It is the limit, and not httpd's workers.
std::optional<Finding> php_pool_full(const Facts& facts);

// It may be: all is so, and how many wait is not known.
std::optional<Finding> php_queue_unknown(const Facts& facts);

}  // namespace mpm::advise
