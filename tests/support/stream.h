// SPDX-License-Identifier: Apache-2.0
//
// The samples of a server that is simulated second by second, for whatever watches one: noise
// that is correlated from one second to the next, a load that drifts and bursts, a limit on the
// workers with a queue before it, and a reload after which old processes leave and the pool grows.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <random>

#include "schema/model/sample.h"
#include "tests/support/samples.h"

namespace mpm::test {

struct StreamSettings {
  double rate = 100;   // requests a second that come by themselves
  double clients = 0;  // instead: so many that wait for their answer, and then think
  double think_seconds = 1;
  double service_seconds = 0.05;  // that a request holds its worker
  double service_noise = 0.1;     // standard deviation of the logarithm
  double rate_noise = 0.1;
  double correlation = 0.6;      // of the noise with that of the second before
  double drift_per_hour = 0;     // part by which the rate grows
  double bursts_per_minute = 0;  // of 2 to 8 s with twice the rate and half as long a service
  double slow_with_load = 0;     // how the service slows, per logarithm of the rate
  double variation = 1;          // standard deviation of a request's duration, of its mean
  double keepalive = 0;          // workers that wait for a next request
  std::int64_t limit = 256;
  double memory_free = 0.5;
};

class Stream {
 public:
  Stream(const StreamSettings& start, std::uint32_t seed) : settings(start), random_(seed) {}

  StreamSettings settings;

  // A reload now: the new pool grows for ten seconds, and old processes leave for six.
  void reload() { reloaded_ = second_; }

  Sample next();
  std::vector<Sample> next(int seconds) {
    std::vector<Sample> samples;
    for (int i = 0; i < seconds; ++i)
      samples.push_back(next());
    return samples;
  }

 private:
  double normal() { return std::normal_distribution<double>()(random_); }
  double poisson(double mean) {
    if (mean <= 0) return 0;
    return static_cast<double>(std::poisson_distribution<std::int64_t>(mean)(random_));
  }
  void advance_noise();
  bool in_burst();
  double serve_arrivals(double rate, double limit, double service);
  double serve_clients(double limit, double service);
  void fill(Sample& sample, double limit, double completed, double service);

  std::mt19937 random_;
  std::int64_t second_ = 0;
  std::int64_t reloaded_ = -1000;
  std::int64_t burst_end_ = -1;
  double service_state_ = 0;
  double rate_state_ = 0;
  double busy_ = 0;
  double queue_ = 0;
  double accesses_ = 1000;
  std::int64_t overflows_ = 0;
};

inline void Stream::advance_noise() {
  const double fresh = std::sqrt(1 - settings.correlation * settings.correlation);
  service_state_ = settings.correlation * service_state_ + fresh * normal();
  rate_state_ = settings.correlation * rate_state_ + fresh * normal();
}

inline bool Stream::in_burst() {
  if (second_ < burst_end_) return true;
  std::uniform_real_distribution<double> uniform;
  if (uniform(random_) >= settings.bursts_per_minute / 60) return false;
  burst_end_ = second_ + 2 + static_cast<std::int64_t>(6 * uniform(random_));
  return true;
}

inline Sample Stream::next() {
  ++second_;
  advance_noise();
  const bool burst = in_burst();
  const double hours = static_cast<double>(second_) / 3600;
  const double rate = settings.rate * (1 + settings.drift_per_hour * hours) *
                      std::exp(settings.rate_noise * rate_state_) * (burst ? 2 : 1);
  const double service =
      settings.service_seconds * std::exp(settings.service_noise * service_state_) *
      (burst ? 1.5 : 1) *
      std::exp(settings.slow_with_load * std::log(std::max(rate, 1.0) / settings.rate));

  const double since = static_cast<double>(second_ - reloaded_);
  const double grown = std::clamp(0.2 + since / 10, 0.0, 1.0);
  const double limit =
      std::max(1.0, std::floor((since < 10 ? grown : 1.0) * static_cast<double>(settings.limit)));
  const double completed =
      settings.clients > 0 ? serve_clients(limit, service) : serve_arrivals(rate, limit, service);
  accesses_ += completed;
  Sample sample;
  fill(sample, limit, completed, service);
  return sample;
}

// Those that come by themselves wait in the queue, and are turned away from a full one.
inline double Stream::serve_arrivals(double rate, double limit, double service) {
  const double offered = queue_ + poisson(rate);
  const double completed = std::min(offered, std::floor(limit / service));
  queue_ = offered - completed;
  if (queue_ > 511) {
    overflows_ += static_cast<std::int64_t>(3 * (queue_ - 511));
    queue_ = 511;
  }
  busy_ = queue_ > 0 ? limit : std::min(limit, poisson(rate * service));
  return completed;
}

// Every client thinks, is served, or waits: what a second of that comes to in the mean.
inline double Stream::serve_clients(double limit, double service) {
  const double rate =
      std::min(settings.clients / (settings.think_seconds + service), limit / service);
  queue_ = std::floor(
      std::max(0.0, settings.clients - rate * (settings.think_seconds + service) + 1e-6));
  busy_ = queue_ > 0 ? limit : std::min(limit, poisson(rate * service));
  return poisson(rate);
}

inline void Stream::fill(Sample& sample, double limit, double completed, double service) {
  sample.seq = second_;
  sample.at = kNoon + std::chrono::seconds(second_);
  sample.pid = 1;
  sample.restarted = kNoon - std::chrono::hours(1);
  sample.worker_limit = settings.limit;
  const double waiting = std::min(settings.keepalive, limit - busy_);
  sample.tally.busy = static_cast<std::int64_t>(busy_ + waiting);
  sample.tally.writing = static_cast<std::int64_t>(busy_);
  sample.tally.keepalive = static_cast<std::int64_t>(waiting);
  sample.tally.idle = static_cast<std::int64_t>(limit - busy_ - waiting);
  sample.tally.processes = settings.limit;
  if (second_ - reloaded_ < 6) {
    sample.tally.processes_old = 3;
    sample.tally.finishing = 3;
    sample.tally.busy += 3;
    sample.tally.graceful = 3;
  }
  sample.accesses = static_cast<std::int64_t>(accesses_);
  const double seen = std::min(completed, limit - busy_);
  if (seen >= 1) {
    const double mean =
        service * std::max(0.1, 1 + settings.variation * normal() / std::sqrt(seen));
    sample.work.finished = static_cast<std::int64_t>(seen);
    sample.work.duration_sum_seconds = static_cast<double>(sample.work.finished) * mean;
  }
  sample.host.cores = 4;
  sample.host.memory_total = Bytes{std::int64_t{4} << 30};
  sample.host.memory_available = Bytes{static_cast<std::int64_t>(
      settings.memory_free * static_cast<double>(sample.host.memory_total.value))};
  sample.host.listen_overflows = overflows_;
  sample.listeners = {listener(static_cast<std::int64_t>(queue_),
                               static_cast<std::int64_t>(busy_ + waiting + queue_))};
}

}  // namespace mpm::test
