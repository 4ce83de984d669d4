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
  std::vector<Evidence> evidence{
      {"processors, busy", load.cpu_busy_share, kFullProcessors, "share"}};
  if (load.cpu_full_share > 0)
    evidence.push_back({"looks with full processors", load.cpu_full_share, kFullLooks, "share"});
  if (load.cpu_own_share)
    evidence.push_back(
        {"processors, busy with httpd", *load.cpu_own_share, kFullProcessors, "share"});
  if (load.cpu_ready_share)
    evidence.push_back({"time of a request on a processor or waiting for one",
                        *load.cpu_ready_share, 0.5, "share"});
  if (load.cpu_wait_share)
    evidence.push_back(
        {"time of a request waiting for a processor", *load.cpu_wait_share, 0, "share"});
  if (load.cpu_throttled_share > 0)
    evidence.push_back(
        {"periods throttled by the cgroup", load.cpu_throttled_share, kThrottled, "share"});
  evidence.push_back({"processor time of a request", load.cpu_seconds_per_request, 0, "s"});
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

namespace {

std::optional<Finding> in_line(const Facts& facts) {
  const LoadObservation& load = facts.seen.load;
  const InLine line = facts.in_line();
  if (line == InLine::No) return std::nullopt;
  const std::string why =
      line == InLine::Longer
          ? fmt::format("and {:.0f} ms when nobody waited", 1000 * load.calm_service_seconds)
          : fmt::format("one as long as the other (squared coefficient of variation {:.2g})",
                        load.service_cv2);
  const std::string harm = facts.nobody_is_answered()
                               ? fmt::format("nobody gets an answer within {:.0f} s", kPatience)
                               : "most clients are turned away";
  Finding found = finding(
      Severity::Warning,
      fmt::format("With all {} workers busy a request took {:.1f} s, {}, with the processors {} "
                  "busy: requests stand in line for something behind httpd, and {}.",
                  facts.limit(), facts.seconds_when_full(), why, percent(load.cpu_busy_share),
                  harm),
      fmt::format("{} More workers would only wait there.", kLookBehind),
      {{"time of a request with all workers busy", facts.seconds_when_full(),
        load.calm_service_seconds, "s"},
       {"squared variation of it", load.service_cv2, 1, ""},
       {"accept queue, p95", load.queue.p95, 0, "connections"}});
  if (line == InLine::Alike) found.confidence = Confidence::Low;
  return found;
}

}  // namespace

std::optional<Finding> backend_saturated(const Facts& facts) {
  if (!facts.backend_full()) return in_line(facts);
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
       {"busy workers beyond it", plateau.most_workers, plateau.workers, "workers"}});
}

}  // namespace mpm::advise
