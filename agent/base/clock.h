// SPDX-License-Identifier: Apache-2.0
//
// The only clocks in the program. Whoever needs the time is handed a Clock; a test hands in
// one that it moves itself.
#pragma once

#include <chrono>
#include <stop_token>

#include "schema/model/units.h"

namespace mpm {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual std::chrono::steady_clock::time_point mono() const = 0;
  // Sleeps until `when` or until a stop is asked for; false when stopped.
  virtual bool sleep_until(std::chrono::steady_clock::time_point when, std::stop_token stop) = 0;
};

// Safe from any thread.
class SystemClock final : public Clock {
 public:
  Instant now() const override;
  std::chrono::steady_clock::time_point mono() const override;
  bool sleep_until(std::chrono::steady_clock::time_point when, std::stop_token stop) override;
};

}  // namespace mpm
