// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/cap.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "agent/advise/finding.h"
#include "agent/advise/pool_size.h"

namespace mpm::advise {
namespace {

constexpr double kOverKnee = 1.5;
constexpr double kPerCore = 2;
constexpr double kOverPlateau = 1.15;
// Of the best throughput: less, and more at once did harm.
constexpr double kFell = 0.9;
// Of the best throughput: so much came that it could not have been served.
constexpr double kMoreCame = 1.1;

// Of the time of a request when nobody waited: longer, and it waits behind httpd.
constexpr double kWaitsBehind = 1.1;
// How far a pool goes towards a larger one that brought less.
constexpr double kGentleGrowth = 1.2;

// Of a request that waits for nothing else: as it was when nobody waited, or what it runs and what
// it neither ran nor waited for a processor.
double undisturbed_seconds(const LoadObservation& load) {
  if (load.calm_service_seconds > 0) return load.calm_service_seconds;
  return load.cpu_seconds_per_request +
         load.service_seconds * (1 - load.cpu_ready_share.value_or(0));
}

Cap none() {
  return {
      .workers = std::numeric_limits<double>::infinity(), .because = {}, .formula = {}, .rule = {}};
}

Cap of_processors(const Facts& facts) {
  if (!facts.cpu_full()) return none();
  const LoadObservation& load = facts.seen.load;
  const double cores = facts.seen.host.cores;
  const double runs = load.cpu_seconds_per_request;
  const double takes = std::max(runs, undisturbed_seconds(load));
  const double workers = runs > 0 ? kOverKnee * cores * takes / runs + kPerCore * cores : 0;
  // What may be others' work takes no workers away.
  const bool untold = facts.processors() == Processors::Untold;
  if (workers <= 0 || (untold && workers <= number(facts.limit())))
    return {
        .workers = number(facts.limit()), .because = {}, .formula = {}, .rule = "cpu-saturated"};
  return {
      .workers = workers,
      .because = fmt::format("{:.0f} requests at once keep {:.0f} processors running; more only "
                             "wait for them inside httpd, and make each other slower.",
                             workers, cores),
      .formula = fmt::format("1.5 x {:.0f} processors x {:.1f} ms of a request / {:.1f} ms of "
                             "it on one + 2 x {:.0f} = {:.0f}",
                             cores, 1000 * takes, 1000 * runs, cores, workers),
      .rule = "cpu-saturated"};
}

Cap of_backend(const Facts& facts) {
  if (!facts.backend_full()) return none();
  const Plateau& plateau = *facts.seen.load.plateau;
  const bool fell = plateau.most_per_second < kFell * plateau.per_second;
  if (!fell || plateau.onset_arrivals < kMoreCame * plateau.per_second)
    return {.workers = static_cast<double>(facts.limit()),
            .because = {},
            .formula = {},
            .rule = "backend-saturated"};
  const double workers = kOverPlateau * plateau.end_workers + 1;
  return {.workers = workers,
          .because = fmt::format("With more than {:.0f} requests at once fewer of them end: {:.0f} "
                                 "a second with {:.0f} of them, and {:.0f} before.",
                                 plateau.end_workers, plateau.most_per_second, plateau.most_workers,
                                 plateau.per_second),
          .formula = fmt::format("1.15 x {:.0f} at once with 93 % of the best throughput + 1 = "
                                 "{:.0f}",
                                 plateau.end_workers, workers),
          .rule = "backend-saturated"};
}

// A cap hides its own cause: what was full behind httpd is not, with fewer workers.
Cap of_larger_pool(const Facts& facts) {
  const FullPool* larger = facts.larger_that_brought_less();
  if (larger == nullptr) return none();
  const auto limit = number(facts.limit());
  const double now = facts.seen.load.pinned_per_second;
  const double takes = limit / now;
  const double calm = facts.seen.load.calm_service_seconds;
  const bool waits_behind = calm <= 0 || takes > kWaitsBehind * calm;
  const double most = waits_behind ? 1 : kGentleGrowth;
  return {.workers = std::min(most * limit, number(larger->workers) - 1),
          .because = fmt::format("With {} workers, all of them busy, {:.0f} requests a second "
                                 "ended ({}), and with {} of them {:.0f} do.",
                                 larger->workers, larger->per_second, hour_of(larger->at),
                                 facts.limit(), now),
          .formula = fmt::format("{:.1f} x {}", most, facts.limit()),
          .rule = "larger-pool-brought-less"};
}

}  // namespace

Cap cap_of(const Facts& facts) {
  if (facts.seen.mpm == Mpm::Winnt) return none();
  Cap cap = of_processors(facts);
  if (Cap other = of_backend(facts); other.workers < cap.workers) cap = std::move(other);
  // The limit as it is has those in keep-alive in it.
  if (!cap.formula.empty() && facts.demand.keepalive > 0) {
    cap.workers += kKeepaliveMargin * facts.demand.keepalive;
    cap.formula += fmt::format(", and {:.1f} x {:.0f} in keep-alive", kKeepaliveMargin,
                               facts.demand.keepalive);
  }
  if (Cap other = of_larger_pool(facts); other.workers < cap.workers) cap = std::move(other);
  return cap;
}

}  // namespace mpm::advise
