// SPDX-License-Identifier: Apache-2.0
//
// What each MPM ignores at a restart: prefork.c, worker.c and event.c, check_config; the listening
// sockets that are kept: listen.c, alloc_listener and ap_setup_listeners.
#include "agent/apache/load_plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "agent/apache/directives.h"

namespace mpm {
namespace {

std::string text_of(const SettingValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
  return std::get<std::string>(value);
}

std::string named(const ValueChange& change) {
  return fmt::format("{} {} to {}", change.directive, text_of(change.from), text_of(change.to));
}

std::int64_t number_of(const SettingValue& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

// " (AH00501)", or nothing under an MPM without it.
std::string code_for(const LoadQuestion& question, const std::array<std::string_view, 4>& codes) {
  if (!question.running_mpm) return {};
  const std::string_view code = codes[static_cast<std::size_t>(*question.running_mpm)];
  return code.empty() ? std::string() : fmt::format(" ({})", code);
}

LoadReason fixed_at_start(const LoadQuestion& question, const ValueChange& change) {
  if (same_name(change.directive, "ListenBacklog"))
    return {change.directive, LoadWay::StopStart,
            fmt::format("{}: a listening socket keeps its queue over every reload, and nothing in "
                        "the log says so.",
                        named(change))};
  std::string code;
  if (same_name(change.directive, "ServerLimit"))
    code = code_for(question, {"AH00179", "AH00304", "AH00501", ""});
  if (same_name(change.directive, "ThreadLimit"))
    code = code_for(question, {"", "AH00309", "AH00506", ""});
  return {change.directive, LoadWay::StopStart,
          fmt::format("{}: the running parent keeps the old value over every reload{}.",
                      named(change), code)};
}

// A number that the parent's limits would cut; nullopt when it fits or the limits are unknown.
std::optional<LoadReason> beyond_limits(const LoadQuestion& question, const ValueChange& change) {
  const std::int64_t to = number_of(change.to);
  const std::int64_t thread_limit = question.running.thread_limit;
  const std::int64_t server_limit = question.running.server_limit;
  if (same_name(change.directive, "ThreadsPerChild") && thread_limit > 0 && to > thread_limit)
    return LoadReason{change.directive, LoadWay::StopStart,
                      fmt::format("{}: the running server has room for {} threads a process "
                                  "(ThreadLimit), and a reload would cut it to that.",
                                  named(change), thread_limit)};
  if (!same_name(change.directive, "MaxRequestWorkers") || server_limit <= 0) return std::nullopt;
  const bool prefork = question.running_mpm == Mpm::Prefork;
  std::int64_t threads = prefork ? 1 : question.threads_per_child;
  if (thread_limit > 0) threads = std::min(threads, thread_limit);
  if (threads <= 0 || to <= server_limit * threads) return std::nullopt;
  return LoadReason{change.directive, LoadWay::StopStart,
                    fmt::format("{}: that needs {} processes, the running server has room for {} "
                                "(ServerLimit), and a reload would cut it to {} workers.",
                                named(change), (to + threads - 1) / threads, server_limit,
                                server_limit * threads)};
}

LoadReason reason_for(const LoadQuestion& question, const ValueChange& change) {
  if (auto beyond = beyond_limits(question, change)) return std::move(*beyond);
  const Directive* directive = find_directive(change.directive);
  const LoadWay way = directive == nullptr ? LoadWay::Graceful : directive->restart;
  if (way == LoadWay::StopStart) return fixed_at_start(question, change);
  if (way == LoadWay::Restart)
    return {change.directive, way,
            fmt::format("{}: a graceful restart keeps the old value, a restart takes the new one "
                        "and cuts the requests in service.",
                        named(change))};
  return {change.directive, way,
          fmt::format("{}: a graceful restart takes it, and requests in service are finished.",
                      named(change))};
}

}  // namespace

LoadPlan load_plan(const LoadQuestion& question) {
  LoadPlan plan;
  if (question.running_mpm && question.configured_mpm &&
      *question.running_mpm != *question.configured_mpm)
    plan.reasons.push_back(
        {"MPM", LoadWay::StopStart,
         fmt::format("The MPM changes from {} to {}: a server that is told to reload with another "
                     "MPM ends (AH00534), though its check says that all is well.",
                     name_of_mpm(*question.running_mpm), name_of_mpm(*question.configured_mpm))});
  for (const ValueChange& change : question.changes)
    plan.reasons.push_back(reason_for(question, change));
  std::ranges::stable_sort(plan.reasons, std::ranges::greater(), &LoadReason::way);
  if (!plan.reasons.empty()) plan.way = plan.reasons.front().way;
  return plan;
}

}  // namespace mpm
