// SPDX-License-Identifier: Apache-2.0
#include "agent/service/crowd.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

#include <sys/socket.h>

namespace mpm {
namespace {

// A thread that has nothing to do stays so long: Prometheus and dashboards come again soon, and
// beginning a thread takes longer than most answers.
constexpr std::chrono::seconds kStays{20};

}  // namespace

Crowd::Crowd(std::size_t at_once, std::size_t in_waiting, Serve serve)
    : at_once_(at_once), in_waiting_(in_waiting), serve_(std::move(serve)) {}

Crowd::Member::Member(Crowd& crowd, int fd) : crowd_(crowd) {
  const std::lock_guard lock(crowd_.mutex_);
  entry_ = crowd_.members_.insert(crowd_.members_.end(), {fd, false, false});
  if (crowd_.stopped_) ::shutdown(fd, SHUT_RD);
  crowd_.make_room_locked();
}

// Before its descriptor is closed: the number may be another's right after.
Crowd::Member::~Member() {
  const std::lock_guard lock(crowd_.mutex_);
  crowd_.members_.erase(entry_);
}

void Crowd::Member::answers(bool is_answering) {
  const std::lock_guard lock(crowd_.mutex_);
  entry_->answers = is_answering;
  // The answer still goes out.
  if (!is_answering && crowd_.stopped_) ::shutdown(entry_->fd, SHUT_RD);
  // What it waits for now began now.
  if (is_answering) return;
  crowd_.members_.splice(crowd_.members_.end(), crowd_.members_, entry_);
  crowd_.make_room_locked();
}

bool Crowd::hang_up_locked() {
  const auto oldest = std::ranges::find_if(
      members_, [](const Entry& entry) { return !entry.answers && !entry.hung_up; });
  if (oldest == members_.end()) return false;
  oldest->hung_up = true;
  ::shutdown(oldest->fd, SHUT_RD);
  return true;
}

// As many are hung up on as wait for a thread. When many come at once, all that have one may be on
// their way out already, so this is looked at again whenever one gets a thread.
void Crowd::make_room_locked() {
  auto left = static_cast<std::size_t>(std::ranges::count_if(members_, &Entry::hung_up));
  if (one_is_idle_) ++left;
  for (; left < queue_.size(); ++left)
    if (!hang_up_locked()) return;
}

bool Crowd::hang_up_on_the_oldest() {
  const std::lock_guard lock(mutex_);
  return hang_up_locked();
}

void Crowd::add(UniqueFd socket) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  if (one_is_idle_ && queue_.empty()) {
    queue_.push_back(std::move(socket));
    came_.notify_one();
    return;
  }
  if (threads_ == at_once_) {
    if (queue_.size() >= in_waiting_) return;
    queue_.push_back(std::move(socket));
    make_room_locked();
    return;
  }
  try {
    std::thread([this, fd = std::move(socket)]() mutable { run(std::move(fd)); }).detach();
    ++threads_;
  } catch (const std::system_error&) {
    // There is no thread to be had; the socket closes, and the client may come again.
  }
}

void Crowd::run(UniqueFd socket) {
  // OpenSSL writes to sockets that may be closed at their other end.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  for (;;) {
    serve_(std::move(socket));
    std::unique_lock lock(mutex_);
    if (!next_locked(lock, socket)) {
      --threads_;
      ended_.notify_all();
      return;
    }
  }
}

// False: there is none, and the thread ends.
bool Crowd::next_locked(std::unique_lock<std::mutex>& lock, UniqueFd& socket) {
  if (queue_.empty() && !stopped_ && !one_is_idle_) {
    one_is_idle_ = true;
    ended_.notify_all();
    came_.wait_for(lock, kStays, [this] { return !queue_.empty() || stopped_; });
    one_is_idle_ = false;
  }
  if (queue_.empty() || stopped_) return false;
  socket = std::move(queue_.front());
  queue_.pop_front();
  return true;
}

bool Crowd::stopped() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void Crowd::drain() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return queue_.empty() && threads_ == (one_is_idle_ ? 1U : 0U); });
}

void Crowd::stop() {
  std::unique_lock lock(mutex_);
  stopped_ = true;
  queue_.clear();
  came_.notify_all();
  for (const Entry& entry : members_)
    ::shutdown(entry.fd, SHUT_RD);
  ended_.wait(lock, [this] { return threads_ == 0; });
}

}  // namespace mpm
