// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/cap.h"

#include <algorithm>
#include <cmath>
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
// Of the time of a request: so much longer, and who waits for it had better wait outside.
constexpr double kOnlyLonger = 4;
// Of the best throughput: so much came that it could not have been served.
constexpr double kMoreCame = 1.1;

// Of the time of a request when nobody waited: longer, and it waits behind httpd. Where nearly all
// the looks are of a full pool, the others are those in which requests were quick by chance.
constexpr double kWaitsBehind = 1.3;
// How far a pool goes towards a larger one that brought less.
constexpr double kGentleGrowth = 1.3;

// Of a request that waits for nothing else: as it was when nobody waited, or what it runs and what
// it neither ran nor waited for a processor.
double undisturbed_seconds(const LoadObservation& load) {
  if (load.calm_service_seconds > 0) return load.calm_service_seconds;
  return load.cpu_seconds_per_request +
         load.service_seconds * (1 - load.cpu_ready_share.value_or(0));
}

Cap at(double workers, std::string_view rule) {
  return {.workers = workers, .growth = workers, .because = {}, .formula = {}, .rule = rule};
}

Cap none() {
  return at(std::numeric_limits<double>::infinity(), {});
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
    return at(number(facts.limit()), "cpu-saturated");
  return {
      .workers = workers,
      .growth = cores * takes / runs + kPerCore * cores,
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
  const bool fell = plateau.most_per_second < kFell * plateau.best_per_second;
  // By Little's law: the time of a request with the most at once, against that at the plateau.
  const bool longer = plateau.most_workers * plateau.best_per_second >
                      kOnlyLonger * plateau.workers * plateau.most_per_second;
  if ((!fell && !longer) || plateau.onset_arrivals < kMoreCame * plateau.best_per_second)
    return at(number(facts.limit()), "backend-saturated");
  const bool seen_rising = plateau.onset_workers > 0;
  const double knee = seen_rising ? plateau.onset_workers : plateau.end_workers;
  const double workers = kOverPlateau * knee + 1;
  return {.workers = workers,
          .growth = workers,
          .because = fmt::format(
              "With more than {:.0f} requests at once {}: {:.0f} a second with {:.0f} of them, and "
              "up to {:.0f} before.",
              knee, fell ? "fewer of them end" : "no more of them end, and each takes longer",
              plateau.most_per_second, plateau.most_workers, plateau.best_per_second),
          .formula = fmt::format(
              "1.15 x {:.0f} at once with {} + 1 = {:.0f}", knee,
              seen_rising ? "what ended while that number rose" : "93 % of the best throughput",
              workers),
          .rule = "backend-saturated"};
}

// As far below one as that is below another; nobody waits so long for an answer.
constexpr double kPatience = 10;  // seconds
constexpr double kNearlyInProportion = 0.6;

double below(double smaller, double larger) {
  return smaller * smaller / larger;
}

// With more of them it was worse: back, and beyond where nobody was answered in time then either.
Cap of_smaller_pool(const Facts& facts) {
  const FullPool* smaller = facts.smaller_that_brought_more();
  if (smaller == nullptr) return none();
  const auto limit = number(facts.limit());
  const auto before = number(smaller->workers);
  const bool nobody_was_answered = before > kPatience * smaller->per_second;
  const double workers = nobody_was_answered ? below(before, limit) : before;
  return {
      .workers = workers,
      .growth = workers,
      .because = fmt::format("With {} workers, all of them busy, {:.0f} requests a second "
                             "ended ({}), and with {} of them {:.0f} do.",
                             smaller->workers, smaller->per_second, hour_of(smaller->at),
                             facts.limit(), facts.seen.load.pinned_per_second),
      .formula = nobody_was_answered
                     ? fmt::format("{0} x {0} / {1}: {0} took {2:.0f} s for a request",
                                   smaller->workers, facts.limit(), before / smaller->per_second)
                     : fmt::format("{} as they were", smaller->workers),
      .rule = "smaller-pool-brought-more"};
}

// Whether, as far as is known, fewer always brought more: of three pools at least, and from the
// next larger one to this nearly in proportion.
bool gets_better_downwards(const Facts& facts, const FullPool& larger) {
  const auto brought_less = std::ranges::count_if(facts.seen.full_pools, [&](const FullPool& pool) {
    return pool.workers > larger.workers && pool.per_second < larger.per_second;
  });
  const double fewer = number(larger.workers) / number(facts.limit());
  return brought_less > 0 &&
         facts.seen.load.pinned_per_second > kNearlyInProportion * fewer * larger.per_second;
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
  const bool still_better = gets_better_downwards(facts, *larger);
  const bool goes_down = takes > kPatience || still_better;
  const double workers = goes_down ? below(limit, number(larger->workers))
                                   : std::min(most * limit, number(larger->workers) - 1);
  return {.workers = workers,
          .growth = workers,
          .because = fmt::format("With {} workers, all of them busy, {:.0f} requests a second "
                                 "ended ({}), and with {} of them {:.0f} do.",
                                 larger->workers, larger->per_second, hour_of(larger->at),
                                 facts.limit(), now),
          .formula = goes_down ? fmt::format("{0} x {0} / {1}: {0} take {2:.1f} s for a request",
                                             facts.limit(), larger->workers, takes)
                               : fmt::format("{:.1f} x {}", most, facts.limit()),
          .rule = kLargerPool};
}

}  // namespace

Cap cap_of(const Facts& facts) {
  if (facts.seen.mpm == Mpm::Winnt) return none();
  Cap cap = of_processors(facts);
  if (Cap other = of_backend(facts); other.workers < cap.workers) cap = std::move(other);
  // The limit as it is has those in keep-alive in it.
  if (!cap.formula.empty() && facts.demand.keepalive > 0) {
    cap.workers += kKeepaliveMargin * facts.demand.keepalive;
    cap.growth += kKeepaliveMargin * facts.demand.keepalive;
    cap.formula += fmt::format(", and {:.1f} x {:.0f} in keep-alive", kKeepaliveMargin,
                               facts.demand.keepalive);
  }
  if (Cap smaller = of_smaller_pool(facts); smaller.workers < cap.workers) return smaller;
  Cap larger = of_larger_pool(facts);
  if (larger.workers >= cap.workers) return cap;
  // What binds already is not grown towards.
  if (std::isfinite(cap.workers)) larger.growth = std::min(larger.growth, number(facts.limit()));
  return larger;
}

}  // namespace mpm::advise
