// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/model/machine.h"

#include <algorithm>

namespace mpm::model {

// Who is slowed down waits for the disk meanwhile.
double Processors::busy_cores() const {
  return std::min(cores_, static_cast<double>(running_.size())) / slowdown_;
}

void Processors::advance(Time now) {
  const double seconds = in_seconds(now - now_);
  got_ += rate_ * seconds;
  busy_ += busy_cores() * seconds;
  if (!running_.empty()) {
    ran_ += busy_cores() * seconds / static_cast<double>(running_.size());
    ready_ += seconds / slowdown_;
  }
  now_ = now;
}

void Processors::foresee() {
  if (running_.empty()) {
    rate_ = 0;
    next_ = Time::max();
    return;
  }
  const auto run = static_cast<double>(running_.size());
  rate_ = 1 / slowdown_;
  if (run > cores_) rate_ *= cores_ / run / (1 + switching_ * (run - cores_));
  next_ = now_ + seconds_of(std::max(0.0, running_.front().done_at - got_) / rate_);
}

void Processors::add(std::uint32_t connection, Time work, Time now) {
  advance(now);
  running_.push_back({got_ + in_seconds(work), connection, ran_, ready_});
  std::push_heap(running_.begin(), running_.end(), Later{});
  foresee();
}

Processors::Done Processors::take_next() {
  advance(next_);
  std::pop_heap(running_.begin(), running_.end(), Later{});
  const Share done = running_.back();
  running_.pop_back();
  // A nanosecond's rounding must not add up.
  got_ = std::max(got_, done.done_at);
  foresee();
  const double ran = ran_ - done.ran_before;
  return {done.connection, ran, ready_ - done.ready_before - ran};
}

void Processors::slow_down(double slowdown, Time now) {
  if (slowdown == slowdown_) return;
  advance(now);
  slowdown_ = slowdown;
  foresee();
}

double Processors::busy_seconds(Time now) const {
  return busy_ + busy_cores() * in_seconds(now - now_);
}

bool Backend::begin(const Service& service) {
  if (busy_ == servers_) {
    waiting_.push_back(service);
    return false;
  }
  ++busy_;
  return true;
}

std::optional<Backend::Service> Backend::next() {
  if (waiting_.empty()) {
    --busy_;
    return std::nullopt;
  }
  Service service = waiting_.front();
  waiting_.pop_front();
  const double longer = 1 + contention_ * static_cast<double>(waiting_.size());
  service.takes = seconds_of(in_seconds(service.takes) * longer);
  return service;
}

}  // namespace mpm::model
