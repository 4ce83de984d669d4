// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/pools.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "agent/advise/bottleneck.h"
#include "agent/advise/finding.h"
#include "agent/advise/line.h"

namespace mpm::advise {
namespace {

// How much larger a pool must be than another to be compared with it.
constexpr double kLarger = 1.1;
// Of what another brings: less than it, chance left aside.
constexpr double kLess = 0.9;
// Of the time of a request when nobody waited: longer, and it waits behind httpd, as a few of any
// busy server do; and so much longer that it waits most of the time.
constexpr double kWaits = 1.3;
constexpr double kMostlyWaits = 2;
// Squared coefficient of variation: requests of a time of their own differ more.
constexpr double kRatherAlike = 0.5;
constexpr double kRatherDifferent = 0.7;
// Connections that were turned away, of the requests that ended: not worth a change.
constexpr double kHardlyAny = 0.01;
// From what is known to be good towards what is known not to be, in a step: back from there, and
// towards it.
constexpr double kTwice = 2;
constexpr double kGently = 1.3;
// Clients come for more than so many times as much as a pool brings: its queue is full.
constexpr double kMoreCame = 1.1;

FullPool this_pool(const Facts& facts) {
  const LoadObservation& load = facts.seen.load;
  const double seconds = is_pinned(facts.seen) ? load.pinned_share * facts.seen.span_seconds : 0;
  return {{}, facts.limit(), seconds, load.pinned_per_second};
}

bool is_told(const FullPool& pool) {
  return pool.seconds >= kLongFull && pool.per_second > 0;
}

bool is_larger(const FullPool& pool, const FullPool& than) {
  return number(pool.workers) > kLarger * number(than.workers);
}

bool brought_less(const FullPool& pool, const FullPool& than) {
  return pool.per_second < kLess * than.per_second;
}

// More than there are now, of a pool that was not full, and each waited for the others: a demand
// that was less would have kept fewer busy, or each no longer than it takes when nobody waits.
const FullPool* crowd_with_less(const Facts& facts, const FullPool& than) {
  const auto& crowd = facts.seen.crowd;
  if (!crowd || !is_told(*crowd) || !is_larger(*crowd, than)) return nullptr;
  const double calm = facts.calm_seconds();
  const bool waited = calm > 0 && seconds_each(*crowd) > kOnlyLonger * calm;
  const double less = waited ? 1 : kFarLess;
  return crowd->per_second < less * than.per_second ? &*crowd : nullptr;
}

// The smallest larger one that brought less, or as much and is twice as large.
const FullPool* larger_with_less(const Facts& facts, const FullPool& than) {
  const auto found = std::ranges::find_if(facts.seen.full_pools, [&](const FullPool& pool) {
    const bool far_larger = number(pool.workers) >= kTwice * number(than.workers);
    return is_told(pool) && is_larger(pool, than) &&
           (brought_less(pool, than) || (far_larger && kLess * pool.per_second < than.per_second));
  });
  return found == facts.seen.full_pools.end() ? crowd_with_less(facts, than) : &*found;
}

// The best larger one below `less` that brought more.
const FullPool* larger_with_more(const Facts& facts, const FullPool& than, const FullPool& less) {
  const FullPool* best = nullptr;
  for (const FullPool& pool : facts.seen.full_pools)
    if (is_told(pool) && is_larger(pool, than) && is_larger(less, pool) &&
        brought_less(than, pool) && (best == nullptr || pool.per_second > best->per_second))
      best = &pool;
  return best;
}

// Or else it may have been that which made it slow.
bool memory_held(const Facts& facts, const FullPool& pool) {
  if (!facts.budget || !facts.cost) return true;
  const std::int64_t unit = facts.per_process();
  const std::int64_t processes = (pool.workers + unit - 1) / unit;
  return facts.cost->base + facts.cost->typical * processes <= facts.budget->total;
}

// The best smaller one that brought far more; or more while workers that waited for idle clients
// made it as small, in a pool that was as full. Not where requests take as long as when nobody
// waits: they are others than those were.
const FullPool* smaller_with_more(const Facts& facts, const FullPool& now) {
  const double calm = facts.calm_seconds();
  if (facts.held_by_keepalive() || (calm > 0 && facts.seconds_when_full() < kWaits * calm))
    return nullptr;
  const FullPool* best = nullptr;
  for (const FullPool& pool : facts.seen.full_pools)
    if (is_told(pool) && is_larger(now, pool) && now.per_second < kFarLess * pool.per_second &&
        (best == nullptr || pool.per_second > best->per_second))
      best = &pool;
  const auto& served = facts.seen.served;
  const bool are_better =
      served && is_told(*served) && is_larger(now, *served) && brought_less(now, *served);
  return are_better && (best == nullptr || served->per_second > best->per_second) ? &*served : best;
}

// A pool that is not full shows what it brings as well.
FullPool not_full(const Facts& facts) {
  return {{}, facts.limit(), 0, facts.seen.load.completed_per_second};
}

// What another pool brought, beside this one.
std::string brought(const Facts& facts, const FullPool& other, const FullPool& now) {
  const bool part = (facts.seen.crowd && &other == &*facts.seen.crowd) ||
                    (facts.seen.served && &other == &*facts.seen.served);
  return fmt::format(
      "With {} workers{} busy, {:.0f} requests a second ended ({}), and with {} of them{} {:.0f} "
      "do.",
      other.workers, part ? "" : ", all of them", other.per_second, hour_of(other.at), now.workers,
      is_told(now) ? "" : ", not all busy,", now.per_second);
}

Cap to(double workers, std::string formula) {
  return {.workers = workers,
          .growth = workers,
          .because = {},
          .formula = std::move(formula),
          .rule = {}};
}

// As if throughput fell in proportion to what was added.
Line in_proportion(const FullPool& pool) {
  return {0, 1 / (number(pool.workers) * pool.per_second)};
}

std::string knee_in_words(const FullPool& pool, double seconds, double kept = 0) {
  const std::string product =
      fmt::format("{} x {:.0f} a second x {:.2g} s", pool.workers, pool.per_second, seconds);
  if (kept == 0) return fmt::format("sqrt({})", product);
  return fmt::format("N of N x (N - {:.0f} in keep-alive) = {}", kept, product);
}

std::string serving_in_words(double kept) {
  return kept > 0 ? fmt::format("(N - {:.0f} in keep-alive)", kept) : "N";
}

// Between both, at most twice the good one: of the bad one, and of as many as would end what the
// good one's time of a request allows if throughput only fell in proportion. `worse` is larger than
// `bad` and brought less: with that it is known how it falls.
Cap between(const Facts& facts, const FullPool& good, const FullPool& bad, const FullPool* worse) {
  const auto least = number(good.workers);
  const auto most = number(bad.workers);
  const double seconds = seconds_each(good);
  if (worse != nullptr && brought_less(*worse, bad) && memory_held(facts, *worse)) {
    const Line line = through(bad, *worse);
    return to(std::clamp(knee(line, seconds), least, most),
              fmt::format("{} meets X = N / {:.2g} s", in_words(line), seconds));
  }
  if (most <= kTwice * least) return to(least, fmt::format("{} as they were", good.workers));
  const double knees = std::max(least, knee(in_proportion(bad), seconds));
  return to(std::min(std::sqrt(knees * most), kTwice * least),
            fmt::format("sqrt({} x {}), at least {} and at most twice that",
                        knee_in_words(bad, seconds), bad.workers, good.workers));
}

// Fewer ended so much more that it is hardly another mix of requests.
bool is_seen(const FullPool& fewer, const FullPool& more) {
  return more.per_second < kFarLess * fewer.per_second;
}

// A third pool ended what the line through two others foretells for it: other requests would hardly
// lie on the same line.
bool is_borne_out(const Facts& facts, const FullPool& fewer, const FullPool& more) {
  const Line line = through(fewer, more);
  return std::ranges::any_of(facts.seen.full_pools, [&](const FullPool& third) {
    const double foretold = 1 / (line.fixed + line.per_worker * number(third.workers));
    return is_told(third) && is_larger(third, more) && brought_less(third, more) &&
           memory_held(facts, third) && third.per_second > kLess * foretold &&
           foretold > kLess * third.per_second;
  });
}

// The largest smaller one that brought less.
const FullPool* smaller_with_less(const Facts& facts, const FullPool& than) {
  const FullPool* found = nullptr;
  for (const FullPool& pool : facts.seen.full_pools)
    if (is_told(pool) && is_larger(than, pool) && brought_less(pool, than)) found = &pool;
  return found;
}

Cap below(const FullPool& fewer, const FullPool& more) {
  const Line line = through(fewer, more);
  const double times = kTwice * (is_seen(fewer, more) ? kTwice : 1);
  return to(std::min(far_below(line, fewer.per_second, times), number(fewer.workers)),
            fmt::format("{}, X = {:.0f} x {:.0f} a second, or 7/8 of what it is for N = 0; at most "
                        "{}",
                        in_words(line), times, fewer.per_second, fewer.workers));
}

// Whoever came to the end of its queue, which is full when more come than it serves.
double longest_wait(const Facts& facts, const FullPool& pool) {
  const bool overrun = facts.seen.load.arrived_per_second > kMoreCame * pool.per_second;
  const double queue = overrun ? number(facts.effective("ListenBacklog")) : 0;
  return seconds_each(pool) + queue / pool.per_second;
}

Cap of_smaller(const Facts& facts, const FullPool& now, const FullPool& smaller) {
  // Nobody was answered by that one either.
  if (longest_wait(facts, smaller) > kPatience) return below(smaller, now);
  return between(facts, smaller, now, larger_with_less(facts, now));
}

// Three tenths more; or a process where that is less, beside the others that there are.
double gently(const Facts& facts) {
  const auto limit = number(facts.limit());
  const auto unit = number(facts.per_process());
  return std::max(kGently * limit, limit > unit ? limit + unit : 0);
}

// As they are; or some more that keep the processors running, whatever far more of them brought.
Cap as_they_are(const Facts& facts) {
  const auto limit = number(facts.limit());
  const double running = facts.processors() == Processors::Ours ? facts.keep_running() : 0;
  if (running <= limit) return to(limit, fmt::format("{} as they are", facts.limit()));
  return to(
      std::min(running, gently(facts)),
      fmt::format("{:.0f} keep the processors running, at most {:.0f}", running, gently(facts)));
}

// Nothing is tried where hardly anybody is turned away: what is beyond is known.
Cap of_larger(const Facts& facts, const FullPool& now, const FullPool& larger) {
  const auto limit = number(now.workers);
  const double calm = facts.calm_seconds();
  const double takes = facts.seconds_when_full();
  const double varies = facts.seen.load.service_cv2;
  const double kept = facts.seen.load.keepalive.mean;
  const double ended = facts.seen.load.completed_per_second * facts.seen.span_seconds;
  if (number(facts.seen.load.overflows) > kHardlyAny * ended && brought_less(larger, now) &&
      !facts.cpu_full() && memory_held(facts, larger)) {
    if (calm <= 0 && varies > 0 && varies < kRatherAlike) return below(now, larger);
    if (calm > 0 ? takes < kWaits * calm : varies > kRatherDifferent)
      return to(
          std::clamp(knee(in_proportion(larger), takes, kept), limit, gently(facts)),
          fmt::format("{}, at most {:.0f}", knee_in_words(larger, takes, kept), gently(facts)));
    if (calm > 0 && takes > kMostlyWaits * calm) {
      const Line line = through(now, larger);
      return to(
          std::min(limit, knee(line, calm, kept)),
          fmt::format("{} meets X = {} / {:.2g} s", in_words(line), serving_in_words(kept), calm));
    }
  }
  return as_they_are(facts);
}

Cap reasoned(Cap cap, const Facts& facts, const FullPool& other, std::string_view rule) {
  // Other hours may have had other requests; where these wait in line as well, both say the same.
  const bool larger = other.workers > facts.limit();
  const bool seen = larger && is_seen(this_pool(facts), other);
  const double least = (seen ? kLeastSeenStep : kLeastStep) * number(facts.limit());
  const bool known = larger && is_borne_out(facts, this_pool(facts), other);
  if (cap.workers < least && !known && facts.in_line() == InLine::No) {
    cap.workers = cap.growth = least;
    cap.formula += fmt::format("; at least {} of {}", seen ? "a quarter" : "half", facts.limit());
  }
  // Too few were seen too: half the way to them.
  const FullPool* few = smaller_with_less(facts, this_pool(facts));
  const double middle = few == nullptr ? 0 : std::sqrt(number(few->workers * facts.limit()));
  if (cap.workers < middle) {
    cap.workers = cap.growth = middle;
    cap.formula += fmt::format("; at least sqrt({} x {})", few->workers, facts.limit());
  }
  // Whatever another hour had, these are needed for what ends now.
  const LoadObservation& load = facts.seen.load;
  const double serve = load.pinned_per_second * facts.calm_seconds();
  const double needed = std::min(serve + load.keepalive.mean, number(facts.limit()));
  if (serve > 0 && cap.workers < needed) {
    cap.workers = cap.growth = needed;
    cap.formula += fmt::format("; at least {:.0f} a second x {:.2g} s + {:.0f} in keep-alive",
                               load.pinned_per_second, facts.calm_seconds(), load.keepalive.mean);
  }
  cap.because = brought(facts, other, this_pool(facts));
  cap.rule = rule;
  return cap;
}

// To where it brought more, and not beyond.
Cap grown_to(const FullPool& more, const FullPool& less) {
  Cap cap =
      to(std::numeric_limits<double>::infinity(), fmt::format("{} as they were", more.workers));
  cap.growth = number(more.workers);
  cap.because = fmt::format(
      "With {} workers, all of them busy, {:.0f} requests a second ended ({}), and with {} of them "
      "{:.0f}.",
      more.workers, more.per_second, hour_of(more.at), less.workers, less.per_second);
  cap.rule = kLargerPool;
  return cap;
}

// A pool that is not all busy is not grown to one that brought less than it does.
Cap as_it_is(const Facts& facts, const FullPool& larger) {
  Cap cap =
      to(std::numeric_limits<double>::infinity(), fmt::format("{} as they are", facts.limit()));
  cap.growth = number(facts.limit());
  cap.because = brought(facts, larger, not_full(facts));
  cap.rule = kLargerPool;
  return cap;
}

}  // namespace

std::optional<Finding> larger_pool_brought_less(const Facts& facts) {
  const FullPool now = is_told(this_pool(facts)) ? this_pool(facts) : not_full(facts);
  const FullPool* larger = larger_with_less(facts, now);
  if (larger == nullptr || (!is_told(now) && !facts.near_limit())) return std::nullopt;
  return finding(
      Severity::Note, brought(facts, *larger, now),
      "More workers would wait for each other again. What they waited for is behind httpd, or its "
      "processors or memory.",
      {{is_told(now) ? "throughput with all workers busy" : "throughput, not all workers busy",
        now.per_second, larger->per_second, "requests/s"},
       {"workers of the larger pool", number(larger->workers), number(facts.limit()), "workers"}});
}

std::optional<Finding> smaller_pool_brought_more(const Facts& facts) {
  const FullPool now = this_pool(facts);
  const FullPool* smaller = is_told(now) ? smaller_with_more(facts, now) : nullptr;
  if (smaller == nullptr) return std::nullopt;
  return finding(
      Severity::Warning, brought(facts, *smaller, now), std::string(kLookBehind),
      {{"throughput with all workers busy", now.per_second, smaller->per_second, "requests/s"},
       {"workers of the smaller pool", number(smaller->workers), number(facts.limit()),
        "workers"}});
}

bool more_brought_less(const Facts& facts) {
  return larger_with_less(facts, this_pool(facts)) != nullptr;
}

bool fewer_brought_less(const Facts& facts) {
  return smaller_with_less(facts, this_pool(facts)) != nullptr;
}

Cap cap_of_pools(const Facts& facts) {
  if (const FullPool now = this_pool(facts); is_told(now)) {
    if (const FullPool* smaller = smaller_with_more(facts, now))
      return reasoned(of_smaller(facts, now, *smaller), facts, *smaller, kSmallerPool);
    if (const FullPool* less = larger_with_less(facts, now)) {
      if (const FullPool* more = larger_with_more(facts, now, *less)) return grown_to(*more, *less);
      return reasoned(of_larger(facts, now, *less), facts, *less, kLargerPool);
    }
  }
  const FullPool now = not_full(facts);
  const FullPool* less = larger_with_less(facts, now);
  // What a pool brings that is not all busy is what is asked of it.
  return less != nullptr ? as_it_is(facts, *less) : to(std::numeric_limits<double>::infinity(), {});
}

}  // namespace mpm::advise
