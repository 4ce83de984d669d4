// SPDX-License-Identifier: Apache-2.0
//
// Windows of samples as a server of a given kind would yield them, for the observation and the
// engine.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "schema/model/sample.h"
#include "schema/model/settings.h"

namespace mpm {

inline constexpr Instant kNoon{std::chrono::milliseconds{1700000000000}};

// One sample a second from kNoon on; `fill` is given each and its number.
inline std::vector<Sample> window(int seconds, const std::function<void(Sample&, int)>& fill) {
  std::vector<Sample> samples;
  for (int second = 0; second <= seconds; ++second) {
    Sample sample;
    sample.at = kNoon + std::chrono::seconds(second);
    sample.pid = 1;
    sample.restarted = kNoon - std::chrono::hours(1);
    sample.host.cores = 4;
    sample.host.memory_total = Bytes{std::int64_t{4} << 30};
    sample.host.memory_available = Bytes{std::int64_t{2} << 30};
    sample.host.cpu_total_seconds = 4.0 * second;
    sample.host.somaxconn = 4096;
    fill(sample, second);
    samples.push_back(std::move(sample));
  }
  return samples;
}

inline ListenerUsage listener(std::int64_t queue, std::int64_t established) {
  return {"0.0.0.0", 80, queue, 511, established, 0};
}

inline ProcessUsage process(std::int32_t pid, std::int64_t requests, std::int64_t unique,
                            std::int64_t shared = 10 << 20) {
  ProcessUsage usage;
  usage.pid = pid;
  usage.requests = requests;
  usage.unique = Bytes{unique};
  usage.shared = Bytes{shared};
  usage.rss = Bytes{unique + shared};
  usage.pss = Bytes{unique + shared / 4};
  usage.peak = usage.rss;
  return usage;
}

inline MpmSettings settings_of(Mpm mpm, std::int64_t limit,
                               const std::vector<std::pair<std::string, std::int64_t>>& values) {
  MpmSettings settings;
  settings.pid = 1;
  settings.mpm = mpm;
  settings.worker_limit = limit;
  for (const auto& [directive, value] : values) {
    Setting setting;
    setting.directive = directive;
    setting.value = std::to_string(value);
    setting.effective = value;
    settings.settings.push_back(std::move(setting));
  }
  return settings;
}

}  // namespace mpm
