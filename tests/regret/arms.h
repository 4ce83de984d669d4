// SPDX-License-Identifier: Apache-2.0
//
// Who sets the directives of a case: our engine, others' ways, and an oracle that tries a grid of
// them. Each way gets what its authors gave it, and nothing more.
//
// Gradient2 (Netflix's concurrency-limits) sheds what is over its limit; here that waits.
// apache2buddy and the division by RSS know prefork alone; under the others they leave the
// defaults.
#pragma once

#include <vector>

#include "schema/model/proposal.h"
#include "tests/regret/server.h"

namespace mpm::regret {

// httpd's own, and those in Debian's mpm_*.conf.
Directives defaults();
Directives debian(Mpm mpm);

// Memory by the largest child's writeable and private memory as pmap -d shows it.
Directives apache2buddy(const Case& tried);
// Memory by the mean RSS of a child.
Directives memory_over_rss(const Case& tried);

// IBM's saturation heuristic (Liu et al. 2003), eight windows: more workers while clients wait and
// the processors have room, fewer while these are full and nobody waits.
Directives saturation(const Case& tried);
// Hill climbing on the measured time of an answer, twelve windows; the best of them.
Directives hill_climb(const Case& tried);
// What Gradient2 in front of a server of a thousand workers comes to.
Outcome gradient2(const Case& tried);

// The engine, round by round: what it said of the server as it was, and the directives after that.
struct Round {
  Outcome before;
  Proposal proposal;
  Directives directives;
};
std::vector<Round> advised(const Case& tried, int rounds);

// How fine a grid is tried.
enum class Grid : std::uint8_t { Coarse, Fine };
struct Oracle {
  Directives directives;
  Outcome outcome;
};
// The best of the grid that keeps to the budget: of workers, spares and backlog, with kept
// connections also of their time, with leaks also of the children's life.
Oracle oracle(const Case& tried, Grid grid);

}  // namespace mpm::regret
