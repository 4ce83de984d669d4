// SPDX-License-Identifier: Apache-2.0
#include "agent/base/clock.h"

#include <condition_variable>
#include <mutex>

namespace mpm {

Instant SystemClock::now() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::chrono::steady_clock::time_point SystemClock::mono() const {
  return std::chrono::steady_clock::now();
}

bool SystemClock::sleep_until(std::chrono::steady_clock::time_point when, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stop, when, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace mpm
