// SPDX-License-Identifier: Apache-2.0
//
// The numbers of one MPM by their meaning for another. prefork counts processes where the
// threaded MPMs count workers, and a process of theirs serves as many connections at a time as
// it has workers; so numbers that were right for one are wrong for the other as they stand.
#pragma once

#include <vector>

#include "agent/config/wish.h"
#include "schema/model/settings.h"

namespace mpm::config {

// What to write for `to` so that it does what `from` did: the limit of workers stays, or becomes
// the next multiple of ThreadsPerChild; spare processes become spare workers and the reverse.
// `before` is what `from` runs with, `there` what the configuration says already for `to`, which
// stays where `before` says nothing: a default is no choice, and gives way to the other's. `given`
// wins, and the others are fitted to it.
std::vector<CheckedWish> carried_over(const MpmSettings& before, const MpmSettings& there, Mpm to,
                                      const std::vector<CheckedWish>& given);

}  // namespace mpm::config
