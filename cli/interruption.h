// SPDX-License-Identifier: Apache-2.0
//
// Ctrl-C and its like. SIGINT, SIGTERM and SIGHUP are blocked in every thread and waited for
// in one of our own, so that what has to be tidied up is done by ordinary code whatever the
// main thread is waiting for; then the process ends with 128 and the signal's number.
#pragma once

#include <functional>
#include <thread>

namespace mpm {

// To be made before any other thread, so that all inherit the blocked signals.
class Interruption {
 public:
  // `farewell` is called in this object's thread, at most once, and shall not need any other
  // thread to go on.
  explicit Interruption(std::function<void()> farewell);
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

 private:
  void wait();

  std::function<void()> farewell_;
  int signals_ = -1;  // a signalfd
  int done_ = -1;     // an eventfd: nothing to wait for any more
  std::thread thread_;
};

}  // namespace mpm
