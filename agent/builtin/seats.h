// SPDX-License-Identifier: Apache-2.0
//
// What the threads of one child have in common under worker, winnt and event: work that waits for
// a thread, the number of threads that wait for work, and the start of the threads themselves.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include <pthread.h>

#include "agent/builtin/generation.h"

namespace mpm::builtin {

// Work handed from one listener to many workers. Safe from all of them.
template <class Work>
class WorkQueue {
 public:
  void push(Work work) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(work));
    }
    there_is_work_.notify_one();
  }

  // nullopt: closed, and nothing is left.
  std::optional<Work> pop() {
    std::unique_lock lock(mutex_);
    there_is_work_.wait(lock, [this] { return !queue_.empty() || closed_; });
    if (queue_.empty()) return std::nullopt;
    std::optional<Work> work(std::move(queue_.front()));
    queue_.pop_front();
    return work;
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    there_is_work_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable there_is_work_;
  std::deque<Work> queue_;
  bool closed_ = false;
};

// The worker threads of one child, each with a seat in the scoreboard.
class Crew {
 public:
  using Body = std::function<void(const Seat&)>;

  // Starts as many threads as ThreadsPerChild says. Under worker a seat may still be taken by a
  // thread of the child before, which goes down; then its thread starts when that one is gone.
  Crew(const ChildContext& context, const std::atomic<bool>& going, Body body);
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  // Waits for all of them; they end by themselves.
  ~Crew();

  // Starts threads whose seats have become free since. True when none is missing.
  bool fill();
  // Threads that wait for work show that they will get no more.
  void show_going() const;

 private:
  struct Member {
    const Crew* crew;
    std::int32_t thread;
    bool started = false;
    pthread_t handle{};
  };
  static void* run(void* member);
  Seat seat(std::int32_t thread) const {
    return {context_.generation, context_.board, going_, context_.slot, thread};
  }

  const ChildContext& context_;
  const std::atomic<bool>& going_;
  const Body body_;
  std::vector<Member> members_;
};

}  // namespace mpm::builtin
