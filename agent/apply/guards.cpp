// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/guards.h"

#include <algorithm>

#include <fmt/format.h>

namespace mpm::apply {
namespace {

// One reading may be a moment's; two in a row are a state.
constexpr int kShortSamples = 2;

}  // namespace

void Streak::add(double seconds, double of) {
  now_ = std::max(0.0, now_ + seconds - 2 * (of - seconds));
  longest_ = std::max(longest_, now_);
}

double host_memory_free(const Sample& sample) {
  if (sample.host.memory_total.value <= 0) return 1;
  return static_cast<double>(sample.host.memory_available.value) /
         static_cast<double>(sample.host.memory_total.value);
}

double cgroup_memory_free(const Sample& sample) {
  double least = 1;
  for (const MemoryLimit& limit : sample.host.limits) {
    if (limit.limit.value <= 0) continue;
    const Bytes used = limit.current - limit.inactive_file;
    least = std::min(least,
                     1 - static_cast<double>(used.value) / static_cast<double>(limit.limit.value));
  }
  return least;
}

Guards::Guards(std::span<const Sample> before, const GuardBounds& bounds) : bounds_(bounds) {
  const Sample* last = nullptr;
  for (const Sample& sample : before) {
    host_free_ = std::min(host_free_, host_memory_free(sample));
    cgroup_free_ = std::min(cgroup_free_, cgroup_memory_free(sample));
    pressure_ = std::max(pressure_, sample.host.memory_pressure_full.value_or(0));
    if (sample.worker_limit > 0) limit_ = sample.worker_limit;
    if (last != nullptr)
      if (const auto second = between(*last, sample)) {
        saturated_before_.add(second->saturated_and_waiting, second->seconds);
        silent_before_.add(second->silent, second->seconds);
      }
    last = &sample;
  }
}

std::optional<VerdictEvidence> Guards::short_of_memory(double free, double before,
                                                       const char* where) const {
  // Short before already: then half of what was left is the bound.
  if (free >= std::min(bounds_.memory_floor, before / 2)) return std::nullopt;
  return VerdictEvidence{
      "memory",
      100 * before,
      100 * free,
      "percent free",
      true,
      fmt::format("{} has {:.1f} % of its memory left; before the change it had at least {:.1f} %.",
                  where, 100 * std::max(0.0, free), 100 * before)};
}

std::optional<VerdictEvidence> Guards::memory(const Sample& sample) {
  auto found = short_of_memory(host_memory_free(sample), host_free_, "The host");
  if (!found)
    found = short_of_memory(cgroup_memory_free(sample), cgroup_free_, "The server's control group");
  const double pressure = sample.host.memory_pressure_full.value_or(0);
  if (!found && pressure > std::max(bounds_.pressure_full, 2 * pressure_))
    found = VerdictEvidence{
        "memory-pressure",
        pressure_,
        pressure,
        "percent",
        true,
        fmt::format("For {:.0f} % of the last ten seconds nothing could run for want of memory; "
                    "before the change it was {:.0f} % at most.",
                    pressure, pressure_)};
  short_samples_ = found ? short_samples_ + 1 : 0;
  if (short_samples_ < kShortSamples) return std::nullopt;
  return found;
}

std::optional<VerdictEvidence> Guards::service(const Sample& sample, const Block& second) {
  const bool lowered = limit_ > 0 && sample.worker_limit > 0 && sample.worker_limit < limit_;
  saturated_.add(lowered ? second.saturated_and_waiting : 0, second.seconds);
  if (saturated_.now() >= std::max(bounds_.saturation_seconds, 2 * saturated_before_.longest()))
    return VerdictEvidence{
        "saturation",
        saturated_before_.longest(),
        saturated_.now(),
        "seconds",
        true,
        fmt::format("The limit was lowered from {} to {} workers, and for {:.0f} s all of them "
                    "were busy while {:.0f} connections waited; before the change that lasted "
                    "{:.0f} s at most.",
                    limit_, sample.worker_limit, saturated_.now(),
                    second.per_second(second.waiting), saturated_before_.longest())};
  silent_.add(second.silent, second.seconds);
  if (silent_.now() >= std::max(bounds_.silence_seconds, 2 * silent_before_.longest()))
    return VerdictEvidence{
        "silence",
        silent_before_.longest(),
        silent_.now(),
        "seconds",
        true,
        fmt::format("Connections waited for {:.0f} s, and no request was completed; before the "
                    "change that lasted {:.0f} s at most.",
                    silent_.now(), silent_before_.longest())};
  return std::nullopt;
}

}  // namespace mpm::apply
