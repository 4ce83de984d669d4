// SPDX-License-Identifier: Apache-2.0
//
// A clock that stands until it is moved: who sleeps is woken when its moment has come. Safe from
// any thread.
#pragma once

#include <condition_variable>
#include <iterator>
#include <mutex>
#include <set>

#include "agent/base/clock.h"

namespace mpm::test {

class StepClock final : public Clock {
 public:
  explicit StepClock(Instant begin) : begin_(begin) {}

  Instant now() const override {
    return begin_ +
           std::chrono::duration_cast<std::chrono::milliseconds>(mono().time_since_epoch());
  }
  std::chrono::steady_clock::time_point mono() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  bool sleep_until(std::chrono::steady_clock::time_point when, std::stop_token stop) override {
    std::unique_lock lock(mutex_);
    const auto self = sleepers_.insert(when);
    changed_.notify_all();
    moved_.wait(lock, stop, [&] { return when <= now_; });
    sleepers_.erase(self);
    return !stop.stop_requested();
  }

  // Waits until so many threads sleep, so that what came due before is done, and goes on.
  void move(std::chrono::milliseconds by, std::ptrdiff_t sleepers = 1) {
    settle(sleepers);
    const std::lock_guard lock(mutex_);
    now_ += by;
    moved_.notify_all();
  }
  void settle(std::ptrdiff_t sleepers = 1) {
    std::unique_lock lock(mutex_);
    // One whose moment has come sleeps no more, even where it does not know that yet.
    changed_.wait(lock, [&] {
      return std::distance(sleepers_.upper_bound(now_), sleepers_.end()) >= sleepers;
    });
  }

 private:
  const Instant begin_;
  mutable std::mutex mutex_;
  std::condition_variable_any moved_;
  std::condition_variable changed_;
  std::chrono::steady_clock::time_point now_;
  std::multiset<std::chrono::steady_clock::time_point> sleepers_;  // until when each sleeps
};

}  // namespace mpm::test
