// SPDX-License-Identifier: Apache-2.0
#include "cli/top/feed.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace mpm::top {
namespace {

template <class T>
void replace(std::optional<T>& kept, std::optional<T>& fresh) {
  if (fresh) kept = std::move(fresh);
}

}  // namespace

Feed::Feed(Client& client, Asked asked, Picture first)
    : client_(client),
      news_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      asked_(std::move(asked)),
      picture_(std::make_shared<const Picture>(std::move(first))) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Feed::~Feed() {
  thread_ = {};
  if (news_ >= 0) ::close(news_);
}

void Feed::want(const Asked& asked, bool paused) {
  const std::lock_guard lock(mutex_);
  paused_ = paused;
  if (asked == asked_) return;
  if (asked.target != asked_.target) {
    Picture other;
    other.answers.servers = picture_->answers.servers;
    other.every = picture_->every;
    picture_ = std::make_shared<const Picture>(std::move(other));
  }
  asked_ = asked;
  at_once_ = true;
  changed_.notify_all();
}

std::shared_ptr<const Picture> Feed::picture() {
  eventfd_t number = 0;
  (void)eventfd_read(news_, &number);
  const std::lock_guard lock(mutex_);
  return picture_;
}

// Answers of other pages stay as they were, of the same server.
void Feed::keep(const Asked& asked, Result<Answers> answers) {
  const std::lock_guard lock(mutex_);
  if (asked.target != asked_.target) return;
  auto next = std::make_shared<Picture>(*picture_);
  next->trouble = answers ? "" : answers.error().what;
  if (answers) {
    replace(next->answers.servers, answers->servers);
    replace(next->answers.report, answers->report);
    replace(next->answers.board, answers->board);
    replace(next->answers.workers, answers->workers);
  }
  picture_ = std::move(next);
  (void)eventfd_write(news_, 1);
}

void Feed::run(const std::stop_token& stop) {
  // Ctrl-Z is the screen's: it has to put the terminal back first.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);

  using std::chrono::steady_clock;
  const auto every = picture()->every;
  auto next = steady_clock::now() + every;
  while (true) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, stop, next, [this] { return at_once_; });
    if (stop.stop_requested()) return;
    if (const auto now = steady_clock::now(); now >= next) next = std::max(next + every, now);
    if (paused_ && !at_once_) continue;
    at_once_ = false;
    const Asked asked = asked_;
    lock.unlock();
    keep(asked, ask(client_, asked));
  }
}

}  // namespace mpm::top
