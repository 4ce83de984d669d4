// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/cap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "agent/advise/finding.h"
#include "agent/advise/pool_size.h"
#include "agent/advise/pools.h"

namespace mpm::advise {
namespace {

constexpr double kOverPlateau = 1.15;

Cap at(double workers, std::string_view rule) {
  return {.workers = workers, .growth = workers, .because = {}, .formula = {}, .rule = rule};
}

Cap none() {
  return at(std::numeric_limits<double>::infinity(), {});
}

Cap of_processors(const Facts& facts) {
  if (!facts.cpu_full()) return none();
  const double cores = facts.seen.host.cores;
  const double workers = facts.keep_running();
  // What may be others' work takes no workers away.
  const bool untold = facts.processors() == Processors::Untold;
  const double with_idle = workers + kKeepaliveMargin * facts.demand.keepalive;
  if (workers <= 0 || (untold && with_idle <= number(facts.limit())))
    return at(number(facts.limit()), kProcessors);
  return {
      .workers = workers,
      .growth = workers,
      .because = fmt::format("{:.0f} requests at once keep {:.0f} processors running; more only "
                             "wait for them inside httpd, and make each other slower.",
                             workers, cores),
      .formula = fmt::format("{:.0f} processors x {:.1f} ms of a request / {:.1f} ms of "
                             "it on one + 2 x {:.0f} = {:.0f}",
                             cores, 1000 * facts.undisturbed_seconds(),
                             1000 * facts.seen.load.cpu_seconds_per_request, cores, workers),
      .rule = kProcessors};
}

// `part` is kLeastStep or kLeastSeenStep.
std::string part_in_words(const Facts& facts, double part) {
  return fmt::format("{} of {}", part == kLeastStep ? "half" : "a quarter", facts.limit());
}

Cap part_of(const Facts& facts, double part, std::string_view rule, std::string because) {
  Cap cap = at(part * number(facts.limit()), rule);
  cap.because = std::move(because);
  cap.formula = part_in_words(facts, part);
  return cap;
}

// All that come need no more when nobody waits.
void leave_enough_for_all(const Facts& facts, Cap& cap) {
  const LoadObservation& load = facts.seen.load;
  cap.workers = kOverPlateau * load.arrived_per_second * load.calm_service_seconds;
  cap.formula = fmt::format("1.15 x {:.0f} arrivals a second x {:.2g} s", load.arrived_per_second,
                            load.calm_service_seconds);
}

// Who is in a line of N is served after N / c others by each of c behind httpd, so that times whose
// own squared variation is v vary by v / N (1 + c^2 / N) in all: c <= N sqrt(cv2 / v). What varies
// by as little as can be told may be a timeout after all.
void leave_what_is_served(const Facts& facts, Cap& cap) {
  const double varies = facts.seen.load.service_cv2;
  if (varies <= kLeastVariation) return;
  cap.workers = number(facts.limit()) * std::sqrt(varies / kNoClockwork);
  cap.formula = fmt::format("{} x sqrt({:.2g} / {})", facts.limit(), varies, kNoClockwork);
}

Cap of_line(const Facts& facts) {
  const InLine line = facts.in_line();
  if (line == InLine::No) return none();
  const double limit = number(facts.limit());
  Cap cap = part_of(facts, kLeastStep, "backend-saturated",
                    fmt::format("A request takes {:.1f} s with all {} workers busy, most of it in "
                                "line behind httpd; fewer workers end as many.",
                                facts.seconds_when_full(), facts.limit()));
  if (line == InLine::Longer)
    leave_enough_for_all(facts, cap);
  else
    leave_what_is_served(facts, cap);
  if (cap.workers < kLeastSeenStep * limit)
    cap.formula += "; at least " + part_in_words(facts, kLeastSeenStep);
  else if (cap.workers > kLeastStep * limit)
    cap.formula += "; at most " + part_in_words(facts, kLeastStep);
  cap.workers = cap.growth = std::clamp(cap.workers, kLeastSeenStep * limit, kLeastStep * limit);
  return cap;
}

// A part of the pool, or so many as were seen to be enough, to see what they bring; unless fewer
// are known to bring less.
Cap tried(const Facts& facts, double part, double enough, std::string_view rule,
          std::string because) {
  if (fewer_brought_less(facts) || enough >= number(facts.limit()))
    return at(number(facts.limit()), rule);
  Cap cap = part_of(facts, part, rule, std::move(because));
  if (enough <= cap.workers) return cap;
  cap.workers = cap.growth = enough;
  cap.formula = fmt::format("{:.0f} that were enough", enough);
  return cap;
}

// Children that grow have to end so early that httpd does not start others in time. Of a pool that
// was just made larger nobody knows that yet.
Cap of_short_lives(const Facts& facts) {
  const LoadObservation& load = facts.seen.load;
  const std::int64_t life = facts.effective("MaxConnectionsPerChild");
  const bool mostly = load.pinned_share > kMostly && load.overflows > 0;
  if (life == 0 || !mostly || !more_brought_less(facts)) return none();
  const double ended = load.pinned_per_second / facts.requests_a_connection() / number(life);
  if (ended <= kStarted) return none();
  return tried(facts, kLeastStep, 0, kShortLives,
               fmt::format("Children end after {} connections, {:.1f} a second, and httpd begins "
                           "with one a second; in the same memory fewer live longer.",
                           life, ended));
}

bool fell_far(const Plateau& plateau) {
  return plateau.most_per_second < kFarLess * plateau.best_per_second;
}

// Clients are turned away while all workers are busy, and fewer of them ended far more; or as much,
// where that is often so.
bool is_left_behind(const Facts& facts, const Plateau& plateau) {
  const LoadObservation& load = facts.seen.load;
  const bool long_full = load.pinned_share * facts.seen.span_seconds >= kLongFull;
  const bool often = load.pinned_share > kOften;
  return facts.turns_away() && long_full && (often || fell_far(plateau));
}

Cap of_backend(const Facts& facts) {
  if (!facts.backend_full()) return of_line(facts);
  const Plateau& plateau = *facts.seen.load.plateau;
  const bool fell = plateau.most_per_second < kFell * plateau.best_per_second;
  const bool overrun = facts.more_came() || facts.nobody_is_answered();
  const bool collapses = !overrun && facts.collapses();
  const double calm = facts.calm_seconds();
  const bool longer =
      took_longer(plateau) || (calm > 0 && facts.seconds_when_full() > kOnlyLonger * calm);
  const bool harmed = (fell || longer) && (overrun || collapses);
  if (!harmed && !is_left_behind(facts, plateau))
    return at(number(facts.limit()), "backend-saturated");
  const bool seen_rising = plateau.onset_workers > 0 && !collapses;
  const double knee = seen_rising ? plateau.onset_workers : plateau.end_workers;
  const double workers = kOverPlateau * knee + 1;
  if (!harmed)
    return tried(
        facts, fell_far(plateau) ? kLeastSeenStep : kLeastStep, workers, "backend-saturated",
        fmt::format("With all {} busy {:.0f} requests a second end and clients are "
                    "turned away; with {:.0f} of them {:.0f} did.",
                    facts.limit(), plateau.most_per_second, plateau.workers, plateau.per_second));
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

// Workers that wait for idle clients come on top. More of them than serve could all serve when a
// crowd comes, and nothing would be left of a backend's cap: it ends the waits.
void add_those_that_wait(const Facts& facts, Cap& cap) {
  const double kept = kKeepaliveMargin * facts.demand.keepalive;
  // The limit as it is has them in it.
  if (cap.formula.empty() || kept <= 0) return;
  if (cap.rule == "backend-saturated" && facts.seen.mpm != Mpm::Event && kept > cap.workers) {
    cap.ends_waits = true;
    return;
  }
  cap.workers += kept;
  cap.growth += kept;
  cap.formula +=
      fmt::format(", and {:.1f} x {:.0f} in keep-alive", kKeepaliveMargin, facts.demand.keepalive);
}

Cap of_what_is_full(const Facts& facts) {
  Cap cap = of_processors(facts);
  if (Cap other = of_backend(facts); other.workers < cap.workers) cap = std::move(other);
  if (Cap other = of_short_lives(facts); other.workers < cap.workers) cap = std::move(other);
  add_those_that_wait(facts, cap);
  Cap pools = cap_of_pools(facts);
  if (!cap.rule.empty() && pools.workers >= cap.workers) {
    cap.growth = std::min(cap.growth, pools.growth);
    return cap;
  }
  // What binds already is not grown towards.
  if (std::isfinite(cap.workers)) pools.growth = std::min(pools.growth, number(facts.limit()));
  return pools;
}

// Workers that wait no more would serve, all at once, and nobody has seen what is behind httpd with
// so many.
Cap of_ended_waits(const Facts& facts) {
  if (!facts.ends_waits()) return none();
  const LoadObservation& load = facts.seen.load;
  const double workers = kSomeMore * facts.demand.workers;
  return {
      .workers = workers,
      .growth = workers,
      .because = fmt::format(
          "At most {:.0f} requests were served at once while the other workers waited; without "
          "these waits it could be {} of a sudden. More follow when these are busy.",
          load.busy.p99, facts.limit()),
      .formula = fmt::format("{:.1f} x {:.0f} needed to serve", kSomeMore, facts.demand.workers),
      .rule = "keepalive-holds-workers"};
}

}  // namespace

Cap cap_of(const Facts& facts) {
  if (facts.seen.mpm == Mpm::Winnt) return none();
  Cap full = of_what_is_full(facts);
  Cap freed = of_ended_waits(facts);
  return freed.workers < full.workers ? freed : full;
}

}  // namespace mpm::advise
