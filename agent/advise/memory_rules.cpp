// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/memory_rules.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "agent/advise/finding.h"

namespace mpm::advise {
namespace {

// What the sum is made of: a size, or of children that grow and end the two that make it.
std::vector<Evidence> memory_evidence(const Facts& facts) {
  std::vector<Evidence> evidence{{"memory at the limit", number(facts.filled().value),
                                  number(facts.budget->total.value), "bytes"}};
  const double requests = facts.grown_for();
  if (requests == 0) {
    evidence.push_back({"unique memory of a process", number(facts.cost->large.value), 0, "bytes"});
    return evidence;
  }
  evidence.push_back(
      {"unique memory of a warm process", number(facts.growth->warm.value), 0, "bytes"});
  evidence.push_back({"growth of one in its life", facts.growth->a_request * requests, 0, "bytes"});
  return evidence;
}

}  // namespace

std::optional<Finding> memory_overcommitted(const Facts& facts) {
  if (!facts.budget || !facts.cost) return std::nullopt;
  const Cost& cost = *facts.cost;
  const Bytes peak = cost.base + cost.peak * facts.running().value;
  if (facts.memory_fails())
    return finding(
        Severity::Danger,
        fmt::format("With all {} workers busy httpd needs {}, and {} leaves it {}: the kernel "
                    "would swap or kill before the limit is reached.",
                    facts.limit(), in_words(facts.filled()), facts.budget->bound,
                    in_words(facts.budget->total)),
        "", memory_evidence(facts));
  if (peak > facts.budget->total)
    return finding(
        Severity::Advice,
        fmt::format("If every process grew to the peak that some have had ({}), all of them "
                    "would need {}, and {} leaves {}.",
                    in_words(cost.peak), in_words(peak), facts.budget->bound,
                    in_words(facts.budget->total)),
        "Find the requests that take so much memory, and limit them (PHP's memory_limit).",
        {{"memory at the peaks", number(peak.value), number(facts.budget->total.value), "bytes"}});
  return std::nullopt;
}

std::optional<Finding> memory_not_warm(const Facts& facts) {
  if (!facts.seen.memory || facts.cost || facts.seen.memory->children == 0) return std::nullopt;
  const MemoryObservation& memory = *facts.seen.memory;
  return finding(
      Severity::Note,
      fmt::format("The children have served {:.0f} requests each (the median), so their {} say "
                  "little about their size under load; no number is drawn from it.",
                  memory.requests_per_child, in_words(memory.child_typical)),
      "Ask again when the server has been busy for a while.",
      {{"requests per child", memory.requests_per_child, facts.policy.min_requests_per_child, ""}});
}

std::optional<Finding> children_grow(const Facts& facts) {
  if (!facts.growth) return std::nullopt;
  const double growth = facts.growth->a_request;
  const MemoryObservation& memory = *facts.seen.memory;
  return finding(
      Severity::Advice,
      fmt::format("Children grow by {:.1f} KiB with every request they serve, now {} each.",
                  growth / 1024, in_words(memory.child_typical)),
      "",
      {{"growth per request", growth, 0, "bytes"},
       {"growth, 10th percentile", memory.growth_low, 0, "bytes"},
       {"pairs of sweeps", number(memory.growth_pairs), 8, ""}});
}

std::optional<Finding> children_end_together(const Facts& facts) {
  const std::int64_t life = facts.effective("MaxConnectionsPerChild");
  const double seconds = facts.all_ended_after(facts.running());
  if (life == 0 || seconds > kSoon) return std::nullopt;
  const std::int64_t start = facts.effective("StartServers");
  const Apart apart = facts.apart(facts.running(), facts.least_spare());
  const double others = facts.slowed()
                            ? 0
                            : std::min({kOthersAtLeast * facts.usual(), number(facts.limit()),
                                        std::floor(facts.least_that_fits(facts.running()))});
  if (start <= apart.most() && number(facts.least_spare()) >= others) return std::nullopt;
  return finding(
      Severity::Advice,
      fmt::format("Each child ends after {} connections, and gets them in turn with the others: "
                  "those that were started together end together, within {:.0f} s, and httpd "
                  "begins with one a second.",
                  life, seconds),
      "",
      {{"time until all have ended", seconds, kSoon, "s"},
       {"StartServers", number(start), number(apart.most()), "processes"},
       {"idle workers at least", number(facts.least_spare()), others, "workers"}});
}

}  // namespace mpm::advise
