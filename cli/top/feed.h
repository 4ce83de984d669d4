// SPDX-License-Identifier: Apache-2.0
//
// Asks the agent round after round on a thread of its own, so that the screen answers keys while an
// answer takes its time.
//
// Threads: made, used and destroyed by one; the client is its own as long as it lives.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "cli/client.h"
#include "cli/top/data.h"
#include "cli/top/draw.h"

namespace mpm::top {

class Feed {
 public:
  // Begins with `first`, which `asked` was answered with.
  Feed(Client& client, Asked asked, Picture first);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // What the next rounds ask. Where it is something else it is asked at once, also while paused.
  void want(const Asked& asked, bool paused);
  // Can be read when there is a newer picture.
  int descriptor() const { return news_; }
  // The newest, never null; takes the news from the descriptor.
  std::shared_ptr<const Picture> picture();

 private:
  void run(const std::stop_token& stop);
  void keep(const Asked& asked, Result<Answers> answers);

  Client& client_;
  int news_ = -1;  // an eventfd
  std::mutex mutex_;
  std::condition_variable_any changed_;
  Asked asked_;                             // guarded by mutex_
  bool paused_ = false;                     // likewise
  bool at_once_ = false;                    // likewise
  std::shared_ptr<const Picture> picture_;  // likewise
  std::jthread thread_;                     // last: it must end before what it uses
};

}  // namespace mpm::top
