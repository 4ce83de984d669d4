// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/bottleneck.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "agent/advise/finding.h"

namespace mpm::advise {
namespace {

std::vector<Evidence> processor_evidence(const LoadObservation& load) {
  std::vector<Evidence> evidence{{"cpu busy share", load.cpu_busy_share, kFullProcessors, "share"}};
  if (load.cpu_full_share > 0)
    evidence.push_back({"cpu full share", load.cpu_full_share, kFullLooks, "share"});
  if (load.cpu_own_share)
    evidence.push_back({"cpu own share", *load.cpu_own_share, kFullProcessors, "share"});
  if (load.cpu_ready_share)
    evidence.push_back({"cpu ready share", *load.cpu_ready_share, 0.5, "share"});
  if (load.cpu_wait_share) evidence.push_back({"cpu wait share", *load.cpu_wait_share, 0, "share"});
  if (load.cpu_throttled_share > 0)
    evidence.push_back({"cpu throttled share", load.cpu_throttled_share, kThrottled, "share"});
  evidence.push_back({"cpu per request", load.cpu_seconds_per_request, 0, "s"});
  return evidence;
}

// "The processors were 97 % busy", or when, or whose quota was used up.
std::string full_processors(const LoadObservation& load) {
  if (load.cpu_throttled_share > kThrottled)
    return fmt::format(
        "httpd's cgroup had used up its quota of processor time in {} of the periods",
        percent(load.cpu_throttled_share));
  const bool used_up = load.cpu_own_share.value_or(0) > kFullProcessors;
  if (load.cpu_busy_share <= kFullProcessors && !used_up)
    return fmt::format("httpd's own work filled the processors in {} of the looks",
                       percent(load.cpu_full_share));
  if (load.cpu_busy_share <= kFullProcessors)
    return fmt::format("httpd used {} of the processors that it may use",
                       percent(load.cpu_own_share.value_or(0)));
  return fmt::format("The processors were {} busy", percent(load.cpu_busy_share));
}

std::string waited(const LoadObservation& load) {
  if (!load.cpu_ready_share) return "";
  const std::string spent =
      fmt::format(", its requests spent {} of their time on one or waiting for one",
                  percent(*load.cpu_ready_share));
  if (!load.cpu_wait_share) return spent;
  return fmt::format("{}, and its workers waited {} of their runnable time", spent,
                     percent(*load.cpu_wait_share));
}

}  // namespace

std::optional<Finding> cpu_saturated(const Facts& facts) {
  if (!facts.cpu_full()) return std::nullopt;
  const LoadObservation& load = facts.seen.load;
  if (facts.processors() == Processors::Untold) {
    Finding untold = finding(
        Severity::Warning,
        fmt::format(
            "{}; how much of that is httpd's is not known, since its processes could not be "
            "read. If it is, more workers would only make every request slower.",
            full_processors(load)),
        "Let mpm-agent read the server's processes: mpmctl doctor says what is missing.",
        processor_evidence(load));
    untold.confidence = Confidence::Low;
    return untold;
  }
  return finding(
      Severity::Warning,
      fmt::format("{}; httpd used {} of them{}: more workers would only make every "
                  "request slower.",
                  full_processors(load), percent(load.cpu_own_share.value_or(0)), waited(load)),
      "Make the requests cheaper or add processors; do not raise MaxRequestWorkers.",
      processor_evidence(load));
}

std::optional<Finding> cpu_taken(const Facts& facts) {
  if (facts.processors() != Processors::Others) return std::nullopt;
  const LoadObservation& load = facts.seen.load;
  return finding(
      Severity::Note,
      fmt::format("{}, but with the work of other programs: httpd used {} of them{}. They "
                  "are not what its clients wait for.",
                  full_processors(load), percent(load.cpu_own_share.value_or(0)), waited(load)),
      "", processor_evidence(load));
}

// Where the next bound may be.
constexpr std::string_view kLookBehind =
    "Look at what the requests wait for: pm.max_children of php-fpm, connections of a database, "
    "a proxy's max=.";

std::optional<Finding> backend_saturated(const Facts& facts) {
  if (!facts.backend_full()) return std::nullopt;
  const Plateau& plateau = *facts.seen.load.plateau;
  const double short_time = plateau.workers / plateau.per_second;
  const double long_time = plateau.most_workers / std::max(plateau.most_per_second, 1e-9);
  return finding(
      Severity::Warning,
      fmt::format(
          "With {:.0f} requests at once the server finished {:.0f} a second, and with {:.0f} "
          "{:.0f}: a request took {:.0f} ms and then {:.0f} ms, with the processors {} busy. "
          "Something behind httpd is full.",
          plateau.workers, plateau.per_second, plateau.most_workers, plateau.most_per_second,
          1000 * short_time, 1000 * long_time, percent(facts.seen.load.cpu_busy_share)),
      fmt::format("{} More workers would only wait there.", kLookBehind),
      {{"throughput at the plateau", plateau.per_second, 0, "requests/s"},
       {"throughput beyond it", plateau.most_per_second, plateau.per_second, "requests/s"},
       {"workers.busy beyond it", plateau.most_workers, plateau.workers, "workers"}});
}

std::optional<Finding> larger_pool_brought_less(const Facts& facts) {
  const FullPool* larger = facts.larger_that_brought_less();
  if (larger == nullptr) return std::nullopt;
  const double now = facts.seen.load.pinned_per_second;
  return finding(
      Severity::Note,
      fmt::format("All {} workers were busy and ended {:.0f} requests a second; of the {} that "
                  "there were until {}, all of them busy for {:.0f} s, {:.0f} ended.",
                  facts.limit(), now, larger->workers, hour_of(larger->at), larger->seconds,
                  larger->per_second),
      "More workers would wait for each other again. What they waited for is behind httpd, or its "
      "processors or memory.",
      {{"throughput with all workers busy", now, larger->per_second, "requests/s"},
       {"workers of the larger pool", number(larger->workers), number(facts.limit()), "workers"}});
}

std::optional<Finding> smaller_pool_brought_more(const Facts& facts) {
  const FullPool* smaller = facts.smaller_that_brought_more();
  if (smaller == nullptr) return std::nullopt;
  const double now = facts.seen.load.pinned_per_second;
  return finding(
      Severity::Warning,
      fmt::format("All {} workers were busy and ended {:.0f} requests a second; the {} that there "
                  "were until {}, all of them busy for {:.0f} s, ended {:.0f}.",
                  facts.limit(), now, smaller->workers, hour_of(smaller->at), smaller->seconds,
                  smaller->per_second),
      std::string(kLookBehind),
      {{"throughput with all workers busy", now, smaller->per_second, "requests/s"},
       {"workers of the smaller pool", number(smaller->workers), number(facts.limit()),
        "workers"}});
}

}  // namespace mpm::advise
