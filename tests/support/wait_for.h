// SPDX-License-Identifier: Apache-2.0
//
// Waiting for something to become true, and giving up: what a test does instead of sleeping.
#pragma once

#include <chrono>
#include <thread>

namespace mpm {

// Asks again and again; false when the deadline passes first.
template <class Condition>
bool wait_for(Condition&& condition,
              std::chrono::milliseconds deadline = std::chrono::seconds(10)) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace mpm
