// SPDX-License-Identifier: Apache-2.0
#include "agent/service/verdict.h"

#include <fmt/format.h>

namespace mpm {
namespace {

std::string connections(std::int64_t n) {
  return n == 1 ? "1 connection waits" : fmt::format("{} connections wait", n);
}

std::string busy_of_limit(const WorkerCounts& workers) {
  if (workers.limit == 0) return fmt::format("{} workers are busy", workers.busy);
  return fmt::format("{} of {} workers are busy", workers.busy, workers.limit);
}

}  // namespace

Verdict judge(const TargetStatus& status) {
  const WorkerCounts& workers = status.workers;
  const std::int64_t queue = queue_of(status.listeners);
  const std::string queued = queue > 0 ? connections(queue) + " in the kernel" : "";

  if (workers.idle > 0 && workers.deaf == workers.idle && workers.starting == 0)
    return {Health::Saturated,
            fmt::format("All {} idle workers are in processes that hold too many connections to "
                        "accept another{}: new clients wait although workers are free.",
                        workers.idle, queue > 0 ? ", and " + queued : "")};
  if (workers.idle == 0 && workers.starting == 0 && workers.busy > 0) {
    const std::string waits = queue > 0 ? " and " + queued : "";
    if (workers.limit > 0 && workers.busy - workers.finishing >= workers.limit)
      return {Health::Saturated,
              fmt::format("All {} workers are busy{}: new clients wait.", workers.limit, waits)};
    return {Health::Strained,
            fmt::format("{} and none is idle{}: the server is starting more, or cannot.",
                        busy_of_limit(workers), waits)};
  }
  if (queue > 0)
    return {Health::Strained,
            fmt::format("{}, {} are idle, and {}.", busy_of_limit(workers), workers.idle, queued)};
  if (workers.limit > 0 && (workers.busy - workers.finishing) * 10 >= workers.limit * 9)
    return {Health::Strained, fmt::format("{}; only {} more can be.", busy_of_limit(workers),
                                          workers.limit - (workers.busy - workers.finishing))};
  if (workers.busy + workers.idle + workers.starting == 0)
    return {Health::Unknown, "No worker is there: the server has just started, or is ending."};
  return {Health::Well,
          fmt::format("{}, {} are idle, nothing waits.", busy_of_limit(workers), workers.idle)};
}

}  // namespace mpm
