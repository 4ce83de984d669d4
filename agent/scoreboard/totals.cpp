// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/totals.h"

#include <algorithm>
#include <cstring>

namespace mpm {
namespace {

// struct tms counts in USER_HZ, which is 100 on every Linux of 64 bits.
constexpr double kTicksPerSecond = 100;
constexpr double kMicrosecond = 1e-6;
// Ten thousand years of one processor; above, the bytes are torn.
constexpr std::int64_t kMostTicks = std::int64_t{1} << 45;
constexpr std::int64_t kMostMicroseconds = std::int64_t{1} << 60;

// Offsets in global_score and worker_score; include/scoreboard.h.
constexpr std::size_t kGlobalTimes = 24, kStatus = 20, kAccessCount = 32, kTimes = 88,
                      kDuration = 264;

template <class T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

std::int64_t bounded(std::int64_t value, std::int64_t most) {
  return value >= 0 && value <= most ? value : 0;
}

struct Ticks {
  std::array<std::int64_t, 4> of{};  // struct tms: user, system, children's user and system

  static Ticks at(const std::byte* at) {
    Ticks ticks;
    for (std::size_t i = 0; i < ticks.of.size(); ++i)
      ticks.of[i] = bounded(load<std::int64_t>(at + sizeof(std::int64_t) * i), kMostTicks);
    return ticks;
  }
  void add(const Ticks& more) {
    for (std::size_t i = 0; i < of.size(); ++i)
      of[i] += more.of[i];
  }
  bool has_more_than(const Ticks& other) const {
    for (std::size_t i = 0; i < of.size(); ++i)
      if (of[i] > other.of[i]) return true;
    return false;
  }
};

// A slot without a request tells nothing unless somebody works in it now.
bool ever_worked(const std::byte* worker) {
  const auto status = static_cast<WorkerState>(worker[kStatus]);
  return load<std::uint64_t>(worker + kAccessCount) != 0 ||
         (status != WorkerState::Ready && status != WorkerState::Dead);
}

struct Sums {
  Ticks cpu;
  std::int64_t duration_us = 0;
};

void add_child(const std::byte* workers, const ShmLayout& layout, Sums& sums) {
  const bool has_duration = layout.worker_stride >= kDuration + sizeof(std::int64_t);
  Ticks latest;
  for (std::int32_t thread = 0; thread < layout.thread_limit; ++thread) {
    const std::byte* at = workers + layout.worker_stride * static_cast<std::size_t>(thread);
    if (!ever_worked(at)) continue;
    const Ticks seen = Ticks::at(at + kTimes);
    if (seen.has_more_than(latest)) latest = seen;
    if (has_duration)
      sums.duration_us += bounded(load<std::int64_t>(at + kDuration), kMostMicroseconds);
  }
  sums.cpu.add(latest);
}

}  // namespace

ServerTotals totals_of_segment(std::span<const std::byte> segment, const ShmLayout& layout) {
  ServerTotals totals;
  if (segment.size() < layout.total()) return totals;
  Sums sums;
  if (layout.global_stride >= kGlobalTimes + 4 * sizeof(std::int64_t))
    sums.cpu = Ticks::at(segment.data() + layout.header + kGlobalTimes);
  const std::size_t child = layout.worker_stride * static_cast<std::size_t>(layout.thread_limit);
  for (std::int32_t slot = 0; slot < layout.server_limit; ++slot)
    add_child(segment.data() + layout.workers_at() + child * static_cast<std::size_t>(slot), layout,
              sums);
  totals.cpu_user_seconds = static_cast<double>(sums.cpu.of[0] + sums.cpu.of[2]) / kTicksPerSecond;
  totals.cpu_system_seconds =
      static_cast<double>(sums.cpu.of[1] + sums.cpu.of[3]) / kTicksPerSecond;
  if (layout.worker_stride >= kDuration + sizeof(std::int64_t))
    totals.duration_seconds = static_cast<double>(sums.duration_us) * kMicrosecond;
  return totals;
}

}  // namespace mpm
