// SPDX-License-Identifier: Apache-2.0
//
// The clients of a simulated server: when they come, which request of theirs is due, and the queue
// in which they wait. Connections have indices that are used again, so that a day of requests takes
// no more memory than its busiest moment.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/advise/model/load.h"

namespace mpm::model {

struct Connection {
  Time due{};                // when its present request began for its client
  Time begun{};              // and for its worker
  Time service{};            // what it takes besides the processors
  std::uint16_t serial = 0;  // of the process that has it
  std::int32_t process = -1;
  std::int32_t left = 1;      // requests, with the present one
  std::int32_t answered = 0;  // on this connection
  std::int32_t tries = 0;     // to connect, that found the queue full
  bool failed = false;        // its client has left
  bool counted = false;       // its present request is, and is not answered
  bool served = false;        // a worker has it
};

class Connections {
 public:
  std::uint32_t add() {
    if (unused_.empty()) {
      all_.emplace_back();
      return static_cast<std::uint32_t>(all_.size() - 1);
    }
    const std::uint32_t index = unused_.back();
    unused_.pop_back();
    all_[index] = {};
    return index;
  }
  void remove(std::uint32_t index) { unused_.push_back(index); }
  Connection& operator[](std::uint32_t index) { return all_[index]; }
  // Those that are not in use as well.
  std::vector<Connection>& all() { return all_; }

 private:
  std::vector<Connection> all_;
  std::vector<std::uint32_t> unused_;
};

// The kernel's queue of a listening socket: it holds one more than its backlog says.
class ListenQueue {
 public:
  explicit ListenQueue(std::int32_t backlog)
      : ring_(static_cast<std::size_t>(backlog > 0 ? backlog : 0) + 1) {}

  bool full() const { return size_ == ring_.size(); }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  void push(std::uint32_t connection) {
    ring_[(first_ + size_) % ring_.size()] = connection;
    ++size_;
  }
  std::uint32_t front() const { return ring_[first_]; }
  void pop() {
    first_ = first_ + 1 == ring_.size() ? 0 : first_ + 1;
    --size_;
  }

 private:
  std::vector<std::uint32_t> ring_;
  std::size_t first_ = 0, size_ = 0;
};

// When clients come, one after the other.
class Arrivals {
 public:
  Arrivals(const LoadShape& load, Random random) : load_(load), random_(random) {
    begin_second();
    advance();
  }

  bool over() const { return second_ >= load_.clients.size(); }
  Time next() const { return next_; }
  Random& random() { return random_; }
  void advance();

 private:
  void advance_poisson();
  void advance_counted();
  void begin_second();

  const LoadShape& load_;
  Random random_;
  std::size_t second_ = 0;
  Time next_{};
  std::int64_t left_ = 0;  // counted, of this second
};

}  // namespace mpm::model
