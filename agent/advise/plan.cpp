// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/plan.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "agent/advise/php_pool.h"
#include "agent/advise/pool_size.h"
#include "agent/advise/reuse.h"
#include "agent/advise/spares.h"
#include "agent/apache/directives.h"

namespace mpm::advise {
namespace {

// A child must live for some connections, whatever it leaks.
constexpr std::int64_t kShortestLife = 50;
constexpr std::int64_t kLongestLife = 100000;
constexpr std::int64_t kMostFactor = 10;

std::int64_t up_to_multiple(double value, std::int64_t of) {
  const auto whole = static_cast<std::int64_t>(std::ceil(value));
  return std::max(of, (whole + of - 1) / of * of);
}

std::int64_t down_to_multiple(std::int64_t value, std::int64_t of) {
  return std::max(of, value / of * of);
}

class Planner {
 public:
  explicit Planner(const Facts& facts) : facts_(facts) {}

  std::vector<Change> changes() && {
    plan_workers();
    plan_connections();
    plan_processes();
    plan_spares();
    plan_keepalive();
    plan_life();
    plan_backlog();
    keep_consistent();
    std::ranges::stable_sort(changes_, {}, [](const Change& change) {
      return find_directive(change.directive) - directives().data();
    });
    return std::move(changes_);
  }

 private:
  // The value that would be in force with what is planned so far.
  std::int64_t value(std::string_view directive) const {
    for (const Change& change : changes_)
      if (change.directive == directive) return change.to;
    return directive == facts_.pool_directive() ? facts_.limit() : facts_.effective(directive);
  }

  struct Reason {
    std::string because;
    std::string formula;  // with the numbers in it
    std::string_view rule;
  };

  void set(std::string_view directive, std::int64_t to, Reason reason) {
    if (to == value(directive)) return;
    for (Change& change : changes_)
      if (change.directive == directive) {
        change.to = to;
        change.rules.emplace_back(reason.rule);
        return;
      }
    Change change;
    change.directive = directive;
    change.from = value(directive);
    change.to = to;
    change.because = std::move(reason.because);
    change.formula = std::move(reason.formula);
    change.rules.emplace_back(reason.rule);
    change.restart = find_directive(directive)->restart;
    changes_.push_back(std::move(change));
  }

  std::int64_t workers() const { return value(facts_.pool_directive()); }
  std::int64_t processes() const { return workers() / facts_.per_process(); }

  void plan_workers() {
    const std::int64_t limit = facts_.limit();
    const std::int64_t unit = facts_.per_process();
    const auto fits = facts_.workers_that_fit();
    if (fits && *fits < limit && memory_fails()) {
      const std::int64_t to = down_to_multiple(*fits, unit);
      if (to < limit)
        set(facts_.pool_directive(), to,
            {.because = fmt::format(
                 "{} leaves room for {} workers; with {} busy the memory would not hold.",
                 facts_.budget->bound, *fits, limit),
             .formula = in_multiples(facts_, memory_formula(facts_, *fits), to),
             .rule = "memory-overcommitted"});
      return;
    }
    // More workers help neither against idle clients nor against full processors or what is full
    // behind httpd, and without the memory of a warm child nobody knows how many there may be.
    if (facts_.held_by_keepalive() || facts_.cpu_full() || facts_.backend_full() ||
        full_php_pool(facts_.seen) != nullptr || !fits)
      return;
    const Demand& demand = facts_.demand;
    const bool pinned = is_pinned(facts_.seen);
    if (!pinned && !facts_.near_limit()) return;

    double want =
        std::max(facts_.policy.headroom * demand.workers + kKeepaliveMargin * demand.keepalive,
                 facts_.policy.headroom * demand.past);
    if (pinned)
      want = std::clamp(want, kPinnedGrowth * static_cast<double>(limit),
                        kLongestStep * static_cast<double>(limit));
    const std::int64_t wanted = up_to_multiple(want, unit);
    const std::int64_t to = std::min(wanted, down_to_multiple(*fits, unit));
    if (to <= limit) return;
    set(facts_.pool_directive(), to,
        {.because = because_of_demand(facts_, to, wanted, *fits),
         .formula = in_multiples(facts_,
                                 demand_formula(facts_) + "; " + memory_formula(facts_, *fits), to),
         .rule = pinned ? "workers-exhausted" : "workers-nearly-exhausted"});
  }

  bool memory_fails() const {
    const Cost& cost = *facts_.cost;
    return cost.base + cost.large * facts_.running().value > facts_.budget->total;
  }

  // event: a process accepts while its connections are fewer than its threads and the factor's
  // share of its idle ones (connections_above_limit in event.c).
  void plan_connections() {
    const LoadObservation& load = facts_.seen.load;
    if (facts_.seen.mpm != Mpm::Event || !facts_.deaf()) return;
    const std::int64_t unit = facts_.per_process();
    const std::int64_t factor =
        std::max<std::int64_t>(1, facts_.effective("AsyncRequestWorkerFactor", 2));
    const double wanted = 1.25 * std::max(load.connections.max, 1.0);
    if (load.busy.p99 < 0.5 * static_cast<double>(facts_.limit())) {
      const auto to = std::min<std::int64_t>(
          kMostFactor,
          static_cast<std::int64_t>(std::ceil(wanted / static_cast<double>(facts_.limit()))) - 1);
      if (to > factor)
        set("AsyncRequestWorkerFactor", to,
            {.because = fmt::format(
                 "Up to {:.0f} connections were open and few workers busy; {} connections for each "
                 "idle worker make room without a process more.",
                 load.connections.max, to),
             .formula = fmt::format("1.25 x {:.0f} connections / {} workers - 1, at most {}",
                                    load.connections.max, facts_.limit(), kMostFactor),
             .rule = "connections-exhausted"});
      return;
    }
    const auto needed =
        static_cast<std::int64_t>(std::ceil(wanted / static_cast<double>(unit * (1 + factor))));
    const auto fits = facts_.workers_that_fit();
    if (!fits) return;
    const auto furthest =
        static_cast<std::int64_t>(kLongestStep * static_cast<double>(facts_.limit()));
    const std::int64_t to =
        std::min({needed * unit, down_to_multiple(*fits, unit), down_to_multiple(furthest, unit)});
    if (to > value("MaxRequestWorkers"))
      set("MaxRequestWorkers", to,
          {.because =
               fmt::format("Up to {:.0f} connections were open; {} processes hold them with room.",
                           load.connections.max, to / unit),
           .formula = fmt::format("1.25 x {:.0f} connections / ({} x (1 + {})) processes",
                                  load.connections.max, unit, factor),
           .rule = "connections-exhausted"});
  }

  void plan_processes() {
    const std::int64_t needed = processes();
    const std::int64_t limit = facts_.effective("ServerLimit");
    if (limit == 0) return;
    if (facts_.seen.mpm != Mpm::Event) {
      if (needed > limit)
        set("ServerLimit", needed,
            {.because = fmt::format("MaxRequestWorkers {} needs {} processes.",
                                    value("MaxRequestWorkers"), needed),
             .formula = fmt::format("{} workers / {} a process", value("MaxRequestWorkers"),
                                    facts_.per_process()),
             .rule = "workers-exhausted"});
      return;
    }
    if (limit > needed) return;
    std::int64_t to = needed + std::max<std::int64_t>(1, needed / 4);
    if (facts_.budget && facts_.cost)
      to = std::clamp(processes_that_fit(*facts_.budget, *facts_.cost, facts_.policy).value, to,
                      std::max(to, 2 * needed));
    set("ServerLimit", to,
        {.because = fmt::format("MaxRequestWorkers fills {} processes; the others are for old ones "
                                "that finish their requests after a reload.",
                                needed),
         .formula = fmt::format(
             "2 x {} processes, as far as memory holds, and at least a quarter more", needed),
         .rule = "server-limit-without-slack"});
  }

  void plan_spares() {
    const LoadObservation& load = facts_.seen.load;
    if (!facts_.ramping() || facts_.cpu_full() || facts_.seen.mpm == Mpm::Winnt) return;
    const std::string_view least = facts_.threaded() ? "MinSpareThreads" : "MinSpareServers";
    const std::string_view most = facts_.threaded() ? "MaxSpareThreads" : "MaxSpareServers";
    const std::int64_t unit = facts_.per_process();
    // Where neighbouring looks are too far apart to see a rise, all of it may come at once.
    const std::vector<double> rises =
        load.rises.empty() ? std::vector{load.busy.p99 - load.busy.p50 + load.queue.p95}
                           : load.rises;
    const Spares spares = spares_for(rises, load.busy.p50, unit);
    const std::int64_t to =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(spares.wanted)), value(least),
                                 std::max(value(least), workers()));
    if (to == value(least)) return;
    set(least, to,
        {.because =
             fmt::format("The load can rise by {:.0f} workers within {} s, and httpd adds {} in "
                         "that time: it starts 1, 2, 4 processes a second.",
                         spares.worst.workers, spares.worst.seconds, spares.started),
         .formula = fmt::format(
             "1.15 x {:.0f} - {} + 2 x sqrt({:.0f} usually busy) = {:.0f}, at most {}",
             spares.worst.workers, spares.started, load.busy.p50, spares.wanted, workers()),
         .rule = "ramp-limited"});
    const auto flapping = static_cast<std::int64_t>((load.busy.p99 - load.busy.p50) / 2);
    const std::int64_t upper = to + std::max<std::int64_t>(unit + 1, 5) + flapping;
    if (upper > value(most))
      set(most, upper,
          {.because = "It stays clear of the lower bound, or processes would come and go.",
           .formula = fmt::format("{} {} + {} + half of what the busy workers vary by, {}", least,
                                  to, std::max<std::int64_t>(unit + 1, 5), flapping),
           .rule = "ramp-limited"});
    const std::int64_t start =
        std::min(processes(), up_to_multiple(load.busy.p95 + static_cast<double>(to), unit) / unit);
    if (start > value("StartServers"))
      set("StartServers", start,
          {.because = "A start or a reload begins with enough for the usual load.",
           .formula = fmt::format("({:.0f} busy, the 95th percentile, + {} {}) / {}, at most {}",
                                  load.busy.p95, least, to, unit, processes()),
           .rule = "ramp-limited"});
  }

  void plan_keepalive() {
    const std::int64_t now = facts_.effective("KeepAliveTimeout");
    if (!facts_.held_by_keepalive() || now <= 1) return;
    const LoadObservation& load = facts_.seen.load;
    std::string because =
        fmt::format("At {} s, {:.0f} of {} workers wait for clients that say nothing.", now,
                    load.keepalive.p50, facts_.limit());
    const auto reuse = reuse_of(load.waiting_by_age, now);
    const std::int64_t to = reuse ? reuse->timeout : now > 2 ? 2 : 1;
    std::string formula =
        "2 s, or 1 s where that is in force: no shorter wait keeps the re-use, or too little was "
        "seen";
    if (reuse) {
      because += fmt::format(
          " Of those that come in time, {:.0f} % do so within {} s, and {:.0f} % of "
          "the workers that wait would be free.",
          100 * reuse->kept, reuse->timeout, 100 * reuse->freed);
      formula = fmt::format(
          "the shortest of 1, 2, 3, 5, 10 s that keeps 85 % of what P(T > u) falls by "
          "until {} s; P(T > u) from the ages of the waits",
          now);
    }
    if (to >= now) return;
    set("KeepAliveTimeout", to,
        {.because = std::move(because),
         .formula = std::move(formula),
         .rule = "keepalive-holds-workers"});
  }

  // Ages are spread evenly up to the end of a life, so a child has grown half of
  // what it may.
  void plan_life() {
    const auto proven = facts_.growth();
    if (!proven || !facts_.budget || !facts_.cost) return;
    const double growth = *proven;
    const double usable =
        facts_.policy.memory_share * static_cast<double>(facts_.budget->total.value) -
        static_cast<double>(facts_.cost->base.value);
    const double room =
        usable / static_cast<double>(processes()) - static_cast<double>(facts_.cost->typical.value);
    const double life = std::max(static_cast<double>(kShortestLife), 2 * room / growth);
    if (life > static_cast<double>(kLongestLife)) return;
    const auto to = static_cast<std::int64_t>(life);
    const std::int64_t now = facts_.effective("MaxConnectionsPerChild");
    if (now != 0 && now <= to) return;
    set("MaxConnectionsPerChild", to,
        {.because = fmt::format(
             "Children grow by {:.1f} KiB a request; after {} the next one begins anew, and all of "
             "them fit the memory. A keep-alive connection counts as one.",
             growth / 1024, to),
         .formula = fmt::format(
             "2 x ({} for each of {} processes - {} of a child) / {:.1f} KiB",
             in_words(Bytes{static_cast<std::int64_t>(usable / static_cast<double>(processes()))}),
             processes(), in_words(facts_.cost->typical), growth / 1024),
         .rule = "children-grow"});
  }

  void plan_backlog() {
    const LoadObservation& load = facts_.seen.load;
    if (!facts_.overflowing()) return;
    const std::int64_t now = facts_.effective("ListenBacklog");
    const std::int64_t most = facts_.seen.host.somaxconn;
    const auto wanted = static_cast<std::int64_t>(std::ceil(2 * load.arrived_per_second));
    const std::int64_t to = std::min(most, std::max<std::int64_t>(511, wanted));
    if (now == 0 || to <= now) return;
    set("ListenBacklog", to,
        {.because =
             fmt::format("The kernel turned connections away {} times while workers were free; "
                         "{} hold two seconds of arrivals.",
                         load.overflows, to),
         .formula =
             fmt::format("2 x {:.0f} arrivals a second, at least 511, at most net.core.somaxconn "
                         "{}",
                         load.arrived_per_second, most),
         .rule = "listen-overflows"});
  }

  // httpd would correct these by itself, some of them silently; what is proposed needs no
  // correction.
  void keep_consistent() {
    if (changes_.empty()) return;
    if (facts_.seen.mpm == Mpm::Winnt) return keep_thread_limit();
    const std::int64_t unit = facts_.per_process();
    if (value("StartServers") > processes() && facts_.effective("StartServers") != 0)
      set("StartServers", processes(),
          consistency(fmt::format("at most {} processes", processes())));
    const std::string_view least = facts_.threaded() ? "MinSpareThreads" : "MinSpareServers";
    const std::string_view most = facts_.threaded() ? "MaxSpareThreads" : "MaxSpareServers";
    const std::int64_t gap = facts_.threaded() ? unit + 1 : 1;
    if (value(most) != 0 && value(most) < value(least) + gap)
      set(most, value(least) + gap,
          consistency(fmt::format("at least {} {} + {}", least, value(least), gap)));
    // A limit that the running parent keeps hides part of the change until a full start.
    const std::int64_t reach =
        facts_.effective("ServerLimit") * (facts_.threaded() ? unit : std::int64_t{1});
    for (Change& change : changes_)
      if (change.directive == "MaxRequestWorkers" && reach > 0 && change.to > reach)
        change.restart = RestartClass::StopStart;
  }

  static Reason consistency(std::string formula) {
    return {.because = "It follows from the other changes.",
            .formula = std::move(formula),
            .rule = "consistency"};
  }

  // winnt: ThreadLimit is above ThreadsPerChild, and a running parent keeps its own.
  void keep_thread_limit() {
    const std::int64_t kept = facts_.effective("ThreadLimit");
    if (workers() <= kept) return;
    for (Change& change : changes_)
      if (change.directive == facts_.pool_directive()) change.restart = RestartClass::StopStart;
    set("ThreadLimit", workers(),
        consistency(fmt::format("at least ThreadsPerChild {}", workers())));
  }

  const Facts& facts_;
  std::vector<Change> changes_;
};

}  // namespace

std::vector<Change> plan(const Facts& facts) {
  if (!facts.enough) return {};
  return Planner(facts).changes();
}

}  // namespace mpm::advise
