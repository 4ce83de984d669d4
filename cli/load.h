// SPDX-License-Identifier: Apache-2.0
//
// An open-loop load on 127.0.0.1: requests begin when they are due, whether or not earlier ones
// were answered, as the clients of a real server do; and a latency counts from when its request
// was due, so a server that stands still cannot hide it. Arrivals are Poisson's, from a fixed
// seed. Every request has a connection of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace mpm {

struct LoadOptions {
  std::uint16_t port = 0;
  std::string path = "/";
  double per_second = 10;
  std::chrono::milliseconds span{10000};      // in which requests begin
  std::size_t most_open = 2000;               // beyond it a request that is due counts as failed
  std::chrono::milliseconds patience{10000};  // then a request has failed
};

struct LoadResult {
  std::int64_t begun = 0;
  std::vector<std::int64_t> begun_by_second;  // of them, those that were due in each
  std::int64_t answered = 0;                  // with 200
  std::int64_t failed = 0;
  double mean_seconds = 0;  // of the answered, as the others
  double p50_seconds = 0;
  double p95_seconds = 0;
  double p99_seconds = 0;
};

// Until all that was begun has ended, or a stop is asked for.
LoadResult generate(const LoadOptions& options, const std::stop_token& stop = {});

// The same in the background.
class Load {
 public:
  explicit Load(const LoadOptions& options)
      : thread_(
            [this, options](const std::stop_token& stop) { result_ = generate(options, stop); }) {}
  // Ends it now.
  LoadResult stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    return result_;
  }

 private:
  LoadResult result_;
  std::jthread thread_;
};

}  // namespace mpm
