// SPDX-License-Identifier: Apache-2.0
//
// A simulated server with some directives: how well it serves a case, and what an agent that
// watches it would have seen.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "schema/model/sample.h"
#include "schema/model/settings.h"
#include "tests/regret/case.h"

namespace mpm::regret {

// As they would be written; httpd's defaults hold for the others.
using Directives = std::map<std::string, std::int64_t>;

// As httpd would run with them, its corrections made.
MpmSettings settings_of(Mpm mpm, const Directives& directives);

// The server that a simulation takes.
model::Served served_by(const Case& tried, const Directives& directives);

struct Outcome {
  double seconds = 0;      // J: the mean time of an answer, where a failure counts as ten seconds
  double failed = 0;       // share of the requests
  double over_budget = 0;  // share of the seconds in which memory was over its budget

  // More than a moment.
  bool breaks_budget() const { return over_budget > 0.02; }
};

// Mean of three seeds, and of as many moments of the parent's look; the same ones for all.
Outcome outcome_of(const Case& tried, const Directives& directives);
// Of one seed.
Outcome outcome_of(const Case& tried, const Directives& directives, std::uint64_t seed,
                   model::Limiter* limiter = nullptr);

// A run's samples, one a second, with the children's memory every ten, after the warm-up.
struct Watched {
  MpmSettings settings;
  std::vector<Sample> samples;
  Outcome outcome;
};
Watched watch(const Case& tried, const Directives& directives, std::uint64_t seed);

}  // namespace mpm::regret
