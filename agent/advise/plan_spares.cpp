// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/plan_spares.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "agent/advise/finding.h"
#include "agent/advise/spares.h"

namespace mpm::advise {
namespace {

constexpr std::string_view kRampLimited = "ramp-limited";

Apart apart(const Draft& draft) {
  return draft.facts.apart(Processes{draft.processes()}, draft.value(draft.least()));
}

// `to` of them at a start.
Draft::Reason started_apart(const Draft& draft, std::int64_t to) {
  const Apart those = apart(draft);
  const bool busy = to == those.wanted();
  return {.because = fmt::format("Who is started together ends together; the others of {} are "
                                 "started later and there then.",
                                 those.running),
          .formula =
              busy ? fmt::format("{} usually busy, at most half of {}", those.usual, those.running)
                   : fmt::format("a quarter of {}, more than the {} usually busy", those.running,
                                 those.usual),
          .rule = draft.facts.rule_of_ends()};
}

// Processes that a start may begin with. That children end soon is not asked: with another pool
// they may end sooner or later, and what was raised would be lowered again.
std::int64_t started_at_most(const Draft& draft) {
  return draft.facts.may_end_together() ? apart(draft).wanted() : draft.processes();
}

// Workers that are all wanted again with the next burst, and that memory is kept for anyway.
void keep_all(Draft& draft) {
  const Draft::Reason reason{
      .because =
          "All workers that may be are wanted, and memory is kept for them: none is "
          "ended to be started again.",
      .formula = fmt::format("MaxRequestWorkers {}", draft.workers()),
      .rule = "workers-exhausted"};
  draft.set(draft.least(), draft.workers(), reason);
  const std::int64_t start = started_at_most(draft);
  if (start <= draft.value("StartServers")) return;
  const bool all = start == draft.processes();
  draft.set("StartServers", start, all ? reason : started_apart(draft, start));
}

// Whether the idle workers that are kept now, and the processes that httpd starts meanwhile, would
// have served all that was ever asked for: who waited for a process then did so because requests
// took longer, and more at once help none of them.
bool always_ready(const Draft& draft) {
  const LoadObservation& load = draft.facts.seen.load;
  if (is_pinned(draft.facts.seen)) return false;  // the limit hides what was asked for
  const std::int64_t ready =
      draft.value(draft.least()) + started_after(2) * draft.facts.per_process();
  return load.offered.count > 0 &&
         load.offered.max + load.keepalive.max <= draft.facts.usual() + number(ready);
}

// MaxSpare clear of MinSpare.
void keep_clear(Draft& draft, std::string_view rule) {
  const std::int64_t least = draft.value(draft.least());
  const Clear clear = draft.facts.clear();
  const std::int64_t upper = least + clear.gap + clear.flapping;
  if (upper > draft.value(draft.most()))
    draft.set(draft.most(), upper,
              {.because = "It stays clear of the lower bound, or processes would come and go.",
               .formula = fmt::format("{} {} + {} + half of what the busy workers vary by, {}",
                                      draft.least(), least, clear.gap, clear.flapping),
               .rule = rule});
}

// The most that MinSpare may be.
struct Most {
  double workers = 0;
  bool by_memory = false;
  std::string in_words() const {
    return fmt::format("at most {:.0f}{}", workers,
                       by_memory ? " that memory holds when they have grown" : "");
  }
};

Most most_of(const Draft& draft) {
  const double fit = std::floor(draft.facts.least_that_fits(Processes{draft.processes()}));
  const double all = number(draft.workers());
  return fit < all ? Most{fit, true} : Most{all, false};
}

void follow_jumps(Draft& draft) {
  const LoadObservation& load = draft.facts.seen.load;
  const std::int64_t unit = draft.facts.per_process();
  // Where neighbouring looks are too far apart to see a rise, all of it may come at once.
  const std::vector<double> rises =
      load.rises.empty() ? std::vector{load.busy.p99 - load.busy.p50 + load.queue.p95} : load.rises;
  const Spares spares = spares_for(rises, load.busy.p50, unit);
  const std::int64_t now = draft.value(draft.least());
  const Most most = most_of(draft);
  const auto to = static_cast<std::int64_t>(
      std::clamp(std::ceil(spares.wanted), number(now), std::max(number(now), most.workers)));
  if (to == now) return;
  draft.set(
      draft.least(), to,
      {.because =
           fmt::format("The load can rise by {:.0f} workers within {} s, and httpd adds {} in "
                       "that time: it starts 1, 2, 4 processes a second.",
                       spares.worst.workers, spares.worst.seconds, spares.started),
       .formula = fmt::format("1.15 x {:.0f} - {} + 2 x sqrt({:.0f} usually busy) = {:.0f}, {}",
                              spares.worst.workers, spares.started, load.busy.p50, spares.wanted,
                              most.in_words()),
       .rule = kRampLimited});
  keep_clear(draft, kRampLimited);
  const std::int64_t most_started = started_at_most(draft);
  const std::int64_t start =
      std::min(most_started, up_to_multiple(load.busy.p95 + static_cast<double>(to), unit) / unit);
  if (start > draft.value("StartServers"))
    draft.set(
        "StartServers", start,
        {.because = "A start or a reload begins with enough for the usual load.",
         .formula = fmt::format("({:.0f} busy, the 95th percentile, + {} {}) / {}, at most {}",
                                load.busy.p95, draft.least(), to, unit, most_started),
         .rule = kRampLimited});
}

// Twice as many are idle as are busy, so that those that end leave enough; of growing ones no more
// than memory holds when they are large.
void keep_others(Draft& draft) {
  const double usual = draft.facts.usual();
  const std::int64_t now = draft.value(draft.least());
  if (number(now) >= kOthersAtLeast * usual || now >= draft.workers()) return;
  const Most most = most_of(draft);
  const auto to = static_cast<std::int64_t>(std::min(std::ceil(kOthers * usual), most.workers));
  if (to <= now) return;
  draft.set(draft.least(), to,
            {.because = fmt::format("Children that were started together end together; so many "
                                    "others have to be there meanwhile, {:.0f} being busy usually.",
                                    usual),
             .formula = fmt::format("2 x {:.0f} usually busy, {}", usual, most.in_words()),
             .rule = draft.facts.rule_of_ends()});
  keep_clear(draft, draft.facts.rule_of_ends());
}

// Of those that run no more are started at once than leave enough when they end.
void start_apart(Draft& draft) {
  const Apart those = apart(draft);
  const std::int64_t now = draft.value("StartServers");
  if (now > those.most())
    draft.set("StartServers", those.lowered(), started_apart(draft, those.lowered()));
  else if (now < those.wanted() / 2)
    draft.set("StartServers", those.wanted(), started_apart(draft, those.wanted()));
}

}  // namespace

void plan_spares(Draft& draft) {
  if (draft.facts.seen.mpm == Mpm::Winnt) return;
  // What rose then was the time of the requests.
  const bool slowed = draft.facts.slowed();
  if (draft.binds)
    keep_all(draft);
  else if (draft.facts.ramping() && !slowed && !always_ready(draft))
    follow_jumps(draft);
  if (draft.facts.all_ended_after(Processes{draft.processes()}) > kSoon) return;
  if (!slowed) keep_others(draft);
  start_apart(draft);
}

}  // namespace mpm::advise
