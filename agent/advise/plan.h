// SPDX-License-Identifier: Apache-2.0
//
// From the facts to a set of directives that fit together: what httpd would be told to run with,
// and would run without correcting any of it. Pure.
#pragma once

#include <vector>

#include "agent/advise/facts.h"
#include "schema/model/proposal.h"

namespace mpm::advise {

// Empty when nothing would be gained, and when too little was seen. In the order in which an
// administrator's file has the directives.
std::vector<Change> plan(const Facts& facts);

}  // namespace mpm::advise
