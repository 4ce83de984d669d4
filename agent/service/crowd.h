// SPDX-License-Identifier: Apache-2.0
//
// The connections that are served at once, each on a thread of its own, and no more than a bound.
// At the bound a newcomer takes the place of the one that has waited for its client the longest:
// a thousand that say nothing cannot keep out one that asks.
//
// Threads: every method may be called from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>

#include "agent/base/fd.h"

namespace mpm {

class Crowd {
  struct Entry {
    int fd = -1;
    bool answers = false;
    bool hung_up = false;
  };

 public:
  // What a thread does with a connection: it closes the socket that it is given.
  using Serve = std::function<void(UniqueFd)>;

  Crowd(std::size_t at_once, std::size_t in_waiting, Serve serve);
  ~Crowd() { stop(); }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  // Serves it, soon. Closes it when even more are there than may wait.
  void add(UniqueFd socket);
  // Makes room by hearing the one no more that has waited the longest; false when none waits. What
  // it has said before is still answered.
  bool hang_up_on_the_oldest();
  // Waits until nobody is there any more. Who adds meanwhile is waited for too.
  void drain();
  // Hears nobody any more, lets the answers that are under way end, and takes no more.
  void stop();
  bool stopped();

  // A connection while a thread has it. It waits for its client but where it answers.
  class Member {
   public:
    Member(Crowd& crowd, int fd);
    ~Member();
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    void answers(bool is_answering);

   private:
    Crowd& crowd_;
    std::list<Entry>::iterator entry_;
  };

 private:
  void run(UniqueFd socket);
  bool next_locked(std::unique_lock<std::mutex>& lock, UniqueFd& socket);
  bool hang_up_locked();
  void make_room_locked();

  const std::size_t at_once_;
  const std::size_t in_waiting_;
  const Serve serve_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::condition_variable came_;
  std::list<Entry> members_;    // the oldest first; guarded by mutex_
  std::deque<UniqueFd> queue_;  // guarded by mutex_
  std::size_t threads_ = 0;     // guarded by mutex_
  bool one_is_idle_ = false;    // of the threads; guarded by mutex_
  bool stopped_ = false;        // guarded by mutex_
};

}  // namespace mpm
