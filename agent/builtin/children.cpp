// SPDX-License-Identifier: Apache-2.0
//
// The parent's part that has to do with its children: their start and end, and what is seen of
// them.
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include <fmt/format.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/builtin/parent.h"
#include "agent/builtin/privileges.h"

namespace mpm::builtin {
namespace {

using std::chrono::steady_clock;

// httpd's codes by MPM: prefork, worker, event, winnt.
constexpr std::array<std::string_view, 4> kForkFailed{"AH00159", "AH00283", "AH00481", ""};
constexpr milliseconds kPauseAfterFailedFork{10'000};
constexpr milliseconds kUntilKilled{3000};

void end_at_once(int) {
  ::_exit(0);
}

// A child is told to go by its pipe; of the signals only TERM means something to it.
void child_signals() {
  struct sigaction action {};
  action.sa_handler = end_at_once;
  ::sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = SIG_IGN;
  for (const int signal : {SIGHUP, SIGINT, SIGUSR1, SIGWINCH, SIGPIPE})
    ::sigaction(signal, &action, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

void Parent::start_children(std::int32_t count) {
  const Pool& pool = generation_->settings.pool;
  const std::int32_t slots = pool.mpm == Mpm::Event ? pool.server_limit : pool.max_children;
  for (std::int32_t slot = 0; slot < slots && count > 0; ++slot) {
    if (get(board_.process(slot).pid) != 0) continue;
    if (!start_child(slot)) return;
    --count;
  }
}

bool Parent::start_child(std::int32_t slot) {
  ProcessSlot& process = board_.process(slot);
  put(process.quiescing, char{0});
  put(process.not_accepting, char{0});
  for (std::uint32_t* counter : {&process.connections, &process.write_completion,
                                 &process.lingering_close, &process.keep_alive, &process.wait_io})
    put(*counter, 0U);
  put(process.generation, generation_->number);
  put(process.bucket, slot % static_cast<std::int32_t>(buckets_.size()));
  if (generation_->settings.pool.mpm == Mpm::Prefork)
    put_state(board_.worker(slot, 0), WorkerState::Starting);
  const pid_t pid = ::fork();
  if (pid == 0) be_child(slot);
  if (pid < 0) {
    const auto mpm = static_cast<std::size_t>(generation_->settings.pool.mpm);
    say(LogLevel::Error, kForkFailed[mpm],
        fmt::format("fork: Unable to fork new process: {}", std::strerror(errno)));
    if (generation_->settings.pool.mpm == Mpm::Prefork)
      put_state(board_.worker(slot, 0), WorkerState::Dead);
    const timespec pause{kPauseAfterFailedFork.count() / 1000, 0};
    ::nanosleep(&pause, nullptr);
    return false;
  }
  put(process.pid, static_cast<std::int32_t>(pid));
  children_[pid] = {slot, generation_->number};
  used_ = std::max(used_, slot + 1);
  ++daemons_.total;
  ++daemons_.active;
  return true;
}

void Parent::be_child(std::int32_t slot) {
  const pid_t parent = ::getppid();
  child_signals();
  if (!take_identity(generation_->settings)) ::_exit(EXIT_FAILURE);
  // A parent that is killed takes its children along, so that the port is free for the next one.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(0);
  // httpd has a heap a thread and keeps so much in each; here a child has one.
  constexpr std::int32_t kMostKiB = 1 << 20U;
  const std::int32_t keeps = generation_->settings.max_mem_free;
  ::mallopt(M_TRIM_THRESHOLD, keeps == 0 ? -1 : std::min(keeps, kMostKiB) * 1024);
  // The other buckets' sockets would take connections that nobody here accepts.
  const auto own = static_cast<std::size_t>(slot) % buckets_.size();
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    buckets_[i].pipe.keep_reading_end();
    if (i != own) buckets_[i].listeners.clear();
  }
  const ListenBucket& bucket = buckets_[own];
  put(board_.process(slot).pid, static_cast<std::int32_t>(::getpid()));
  const ChildContext context{
      *generation_, board_, bucket.listeners, bucket.baton, bucket.pipe.reading_end(), slot};
  switch (generation_->settings.pool.mpm) {
    case Mpm::Prefork:
      run_prefork_child(context);
      break;
    case Mpm::Worker:
    case Mpm::Winnt:
      run_threads_child(context);
      break;
    case Mpm::Event:
      run_event_child(context);
      break;
  }
  // Not exit(): what the parent registered is the parent's.
  ::_exit(0);
}

bool Parent::reap() {
  int status = 0;
  const pid_t pid = ::waitpid(-1, &status, WNOHANG);
  if (pid <= 0) return false;
  note_end(pid, status);
  return true;
}

// The slot of a dead child, unless a younger one has taken it over already (worker).
void Parent::free_slot(pid_t pid, std::int32_t slot) const {
  const std::int32_t threads =
      generation_->settings.pool.mpm == Mpm::Prefork ? 1 : board_.thread_limit();
  const bool taken_over = get(board_.process(slot).pid) != pid;
  for (std::int32_t i = 0; i < threads; ++i) {
    WorkerSlot& score = board_.worker(slot, i);
    if (!taken_over || get(score.pid) == pid) put_state(score, WorkerState::Dead);
  }
  if (taken_over) return;
  put(board_.process(slot).pid, 0);
  put(board_.process(slot).quiescing, char{0});
}

void Parent::note_end(pid_t pid, int status) {
  const auto found = children_.find(pid);
  if (found == children_.end()) return;
  const Child child = found->second;
  children_.erase(found);
  const Pool& pool = generation_->settings.pool;
  free_slot(pid, child.slot);
  --daemons_.total;
  if (!child.counted_quiescing) --daemons_.active;

  if (WIFSIGNALED(status)) {
    if (WTERMSIG(status) != SIGTERM)
      say(LogLevel::Notice, "AH00052",
          fmt::format("child pid {} exit signal {} ({})", pid, ::strsignal(WTERMSIG(status)),
                      WTERMSIG(status)));
    // A threaded child takes many workers with it: it is replaced at once, but not for ever.
    if (pool.mpm != Mpm::Prefork && ++killed_in_a_row_ < 3 &&
        child.generation == generation_->number)
      ++remaining_;
  }
  const bool in_reach = pool.mpm == Mpm::Event || child.slot < pool.max_children;
  if (remaining_ > 0 && in_reach && get(board_.process(child.slot).pid) == 0) {
    --remaining_;
    start_child(child.slot);
  } else if (pool.mpm == Mpm::Winnt && children_.empty()) {
    start_child(0);
  }
}

SlotView Parent::look_at(std::int32_t slot) const {
  const ProcessSlot& process = board_.process(slot);
  SlotView view;
  view.occupied = get(process.pid) != 0;
  view.quiescing = get(process.quiescing) != 0;
  view.not_accepting = get(process.not_accepting) != 0;
  view.current = get(process.generation) == generation_->number;
  view.all_gone = true;
  const std::int32_t threads = generation_->settings.pool.threads_per_child;
  for (std::int32_t i = 0; i < threads; ++i) {
    const WorkerState state = state_of(board_.worker(slot, i));
    if (state <= WorkerState::Ready) ++view.idle;
    if (state >= WorkerState::Ready && state < WorkerState::Graceful) ++view.active;
    if (state == WorkerState::Dead) view.some_dead = true;
    if (state != WorkerState::Dead && state != WorkerState::Graceful) view.all_gone = false;
  }
  view.dead = state_of(board_.worker(slot, 0)) == WorkerState::Dead;
  return view;
}

std::vector<SlotView> Parent::look() {
  // event counts a child that goes as active until its parent has seen it.
  for (auto& [pid, child] : children_) {
    const ProcessSlot& process = board_.process(child.slot);
    if (child.counted_quiescing || get(process.pid) != pid || get(process.quiescing) == 0) continue;
    child.counted_quiescing = true;
    --daemons_.active;
  }
  std::vector<SlotView> slots;
  slots.reserve(static_cast<std::size_t>(board_.server_limit()));
  for (std::int32_t slot = 0; slot < board_.server_limit(); ++slot)
    slots.push_back(slot < used_ ? look_at(slot)
                                 : SlotView{.some_dead = true, .all_gone = true, .dead = true});
  return slots;
}

void Parent::end_children_now() {
  for (const auto& [pid, child] : children_)
    ::kill(pid, SIGTERM);
  const auto until = steady_clock::now() + kUntilKilled;
  while (!children_.empty()) {
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    if (pid < 0 && errno == ECHILD) break;
    if (pid > 0) {
      if (const auto found = children_.find(pid); found != children_.end()) {
        free_slot(pid, found->second.slot);
        children_.erase(found);
      }
      continue;
    }
    if (steady_clock::now() >= until)
      for (const auto& [left, child] : children_)
        ::kill(left, SIGKILL);
    const timespec pause{0, 5'000'000};
    ::nanosleep(&pause, nullptr);
  }
  children_.clear();
  daemons_ = {};
}

}  // namespace mpm::builtin
