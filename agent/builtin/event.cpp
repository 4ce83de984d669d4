// SPDX-License-Identifier: Apache-2.0
//
// event: threads work, and one listener waits. Between two requests, while a client sends its head
// or takes its answer slowly, and while it closes, a connection is in the listener's epoll and
// holds no thread. So a child holds many more connections than it has threads.
//
// How many is httpd's own formula: it accepts while some thread is idle and
//
//   connections - closing < ThreadsPerChild + idle * AsyncRequestWorkerFactor
//
// and shows not_accepting in the scoreboard else. Where httpd closes a keep-alive connection whose
// next request comes while no thread is idle, here that request waits for one.
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <list>
#include <mutex>
#include <thread>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "agent/apache/maintenance.h"
#include "agent/builtin/connection.h"
#include "agent/builtin/generation.h"
#include "agent/builtin/seats.h"

namespace mpm::builtin {
namespace {

using std::chrono::steady_clock;

constexpr milliseconds kLinger{2000};
constexpr milliseconds kLongestWait{1000};

// A connection and the list that it is in. Nodes move between lists, so no list allocates but
// when a connection is accepted.
struct Held {
  Held(Accepted accepted, const Generation& generation)
      : connection(std::move(accepted), generation) {}

  Connection connection;
  Moment due{};
  Next next = Next::Read;
  bool watched = false;   // it is in the epoll set
  bool closing = false;   // our side has ended
  bool too_late = false;  // its time was over while it waited
  std::list<Held>::iterator self{};
};
using Place = std::list<Held>::iterator;

class EventChild {
 public:
  explicit EventChild(const ChildContext& context);

  void run();

 private:
  enum class Waiter : std::uint32_t { Listener = 1, Baton = 2, Told = 3, Wake = 4 };

  // In the listener's thread.
  void accept_some();
  void handle(const epoll_event& event);
  void take_up(Place place);
  void expire(Moment now);
  void expire_list(std::list<Held>& list, Moment now);
  void stop_accepting();
  void start_accepting();
  void adjust_accepting();
  void begin_to_go();
  bool finished();
  int wait_milliseconds(Moment now);
  void watch(int fd, Waiter who, std::uint32_t events) const;

  // In the workers' threads.
  void work(const Seat& seat);
  void park(Place place, Next next);
  void wake() const;

  std::list<Held>& list_of(const Held& held);
  void show_counts() const;
  bool may_accept() const;

  const ChildContext& context_;
  const Settings& settings_;
  ProcessSlot& score_;
  UniqueFd told_, epoll_, wake_;
  WorkQueue<Place> queue_;
  std::atomic<std::int32_t> idle_ = 0;  // threads without work, less work without a thread
  std::atomic<bool> accepting_ = false;
  std::atomic<bool> going_ = false;
  Moment least_{};             // not gone before
  std::int32_t accepted_ = 0;  // by this child, of MaxConnectionsPerChild

  std::mutex mutex_;  // of the lists, and of what is in them but the connections at work
  std::list<Held> working_, reading_, keep_alive_, writing_, lingering_;
  std::atomic<std::int32_t> connections_ = 0, lingering_count_ = 0;
};

EventChild::EventChild(const ChildContext& context)
    : context_(context),
      settings_(context.generation.settings),
      score_(context.board.process(context.slot)),
      told_(hear(context.pipe)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  watch(told_.get(), Waiter::Told, EPOLLIN);
  watch(wake_.get(), Waiter::Wake, EPOLLIN);
}

void EventChild::watch(int fd, Waiter who, std::uint32_t events) const {
  epoll_event event{};
  event.events = events;
  event.data.u64 = static_cast<std::uint64_t>(who);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void EventChild::run() {
  Crew crew(context_, going_, [this](const Seat& seat) { work(seat); });
  bool shown_going = false;
  while (!finished()) {
    adjust_accepting();
    std::array<epoll_event, 128> events{};
    const int ready = ::epoll_wait(epoll_.get(), events.data(), events.size(),
                                   wait_milliseconds(steady_clock::now()));
    for (int i = 0; i < ready; ++i)
      handle(events[static_cast<std::size_t>(i)]);
    expire(steady_clock::now());
    if (context_.generation.outlived(context_.board)) begin_to_go();
    if (going_ && !shown_going) {
      shown_going = true;
      crew.show_going();
    }
  }
  queue_.close();
  std::this_thread::sleep_until(least_);
}

bool EventChild::finished() {
  return going_ && connections_ == 0;
}

void EventChild::begin_to_go() {
  if (going_.exchange(true)) return;
  least_ = steady_clock::now() + kLeastFarewell;
  stop_accepting();
  put(score_.quiescing, char{1});
}

bool EventChild::may_accept() const {
  const std::int32_t idle = idle_;
  return !going_ && apache::event_accepts(settings_.pool, idle, connections_ - lingering_count_);
}

void EventChild::stop_accepting() {
  if (!accepting_.exchange(false)) return;
  for (const Listener& listener : context_.listeners)
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener.socket.get(), nullptr);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, context_.baton.fd(), nullptr);
  // Whatever still waits there is for another child.
  context_.baton.hand_on();
  put(score_.not_accepting, char{1});
}

void EventChild::start_accepting() {
  if (accepting_.exchange(true)) return;
  for (const Listener& listener : context_.listeners)
    watch(listener.socket.get(), Waiter::Listener, EPOLLIN | EPOLLEXCLUSIVE);
  watch(context_.baton.fd(), Waiter::Baton, EPOLLIN | EPOLLEXCLUSIVE);
  put(score_.not_accepting, char{0});
}

void EventChild::adjust_accepting() {
  if (may_accept())
    start_accepting();
  else
    stop_accepting();
}

void EventChild::accept_some() {
  for (const Listener& listener : context_.listeners) {
    while (may_accept()) {
      auto accepted = accept_from(listener, Blocking::No);
      if (!accepted) break;
      ++connections_;
      Place place;
      {
        const std::lock_guard lock(mutex_);
        place = working_.emplace(working_.end(), std::move(*accepted), context_.generation);
        place->self = place;
      }
      --idle_;
      queue_.push(place);
      const std::int32_t most = settings_.pool.max_connections_per_child;
      if (most > 0 && ++accepted_ >= most) begin_to_go();
    }
  }
}

void EventChild::handle(const epoll_event& event) {
  switch (event.data.u64) {
    case static_cast<std::uint64_t>(Waiter::Listener):
      return accept_some();
    case static_cast<std::uint64_t>(Waiter::Baton):
      context_.baton.take();
      return accept_some();
    case static_cast<std::uint64_t>(Waiter::Told):
      begin_to_go();
      // It stays ready.
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, told_.get(), nullptr);
      return;
    case static_cast<std::uint64_t>(Waiter::Wake): {
      std::uint64_t count = 0;
      while (::read(wake_.get(), &count, sizeof count) < 0 && errno == EINTR) {
      }
      return;
    }
    default:
      return take_up(static_cast<Held*>(event.data.ptr)->self);
  }
}

std::list<Held>& EventChild::list_of(const Held& held) {
  if (held.closing) return lingering_;
  if (held.next == Next::KeepAlive) return keep_alive_;
  return held.next == Next::Write ? writing_ : reading_;
}

// The client of a connection that waited has done something.
void EventChild::take_up(Place place) {
  const std::lock_guard lock(mutex_);
  if (place->closing) {
    if (place->connection.drained()) {
      lingering_.erase(place);
      --lingering_count_;
      --connections_;
      show_counts();
      return;
    }
    epoll_event event{};
    event.events = EPOLLIN | EPOLLONESHOT;
    event.data.ptr = &*place;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, place->connection.socket(), &event);
    return;
  }
  // One that sends a byte now and then is always taken up before it is looked at for its time.
  place->too_late = place->next == Next::Read && place->due <= steady_clock::now();
  working_.splice(working_.end(), list_of(*place), place);
  show_counts();
  --idle_;
  queue_.push(place);
}

// With the mutex. The scoreboard has the counts as they are now, not as of the last expiry.
void EventChild::show_counts() const {
  put(score_.connections, static_cast<std::uint32_t>(connections_.load()));
  put(score_.keep_alive, static_cast<std::uint32_t>(keep_alive_.size()));
  put(score_.write_completion, static_cast<std::uint32_t>(writing_.size()));
  put(score_.lingering_close, static_cast<std::uint32_t>(lingering_.size()));
  put(score_.wait_io, static_cast<std::uint32_t>(reading_.size()));
}

void EventChild::wake() const {
  constexpr std::uint64_t kOne = 1;
  while (::write(wake_.get(), &kOne, sizeof kOne) < 0 && errno == EINTR) {
  }
}

// Hands a connection back to the listener, or ends it.
void EventChild::park(Place place, Next next) {
  if (next == Next::Close) {
    place->closing = place->connection.linger();
    if (!place->closing) {
      const std::lock_guard lock(mutex_);
      working_.erase(place);
      --connections_;
      return show_counts();
    }
    ++lingering_count_;
  }
  const Moment now = steady_clock::now();
  const std::lock_guard lock(mutex_);
  place->next = next;
  place->due = place->closing ? now + kLinger : place->connection.due(next, now);
  std::list<Held>& list = list_of(*place);
  list.splice(list.end(), working_, place);
  show_counts();
  epoll_event event{};
  event.events = (next == Next::Write && !place->closing ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT;
  event.data.ptr = &*place;
  const int how = place->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  place->watched = true;
  ::epoll_ctl(epoll_.get(), how, place->connection.socket(), &event);
}

void EventChild::work(const Seat& seat) {
  ++idle_;
  wake();
  while (auto place = queue_.pop()) {
    WorkerSlot& score = seat.score();
    put_state(score, WorkerState::Reading);
    Held& held = **place;
    put(score.conn_count, static_cast<std::uint16_t>(held.connection.answered() + 1));
    Next next = Next::Close;
    if (held.too_late)
      held.connection.time_out(seat, held.next);
    else
      next = held.connection.advance(seat);
    if (next == Next::Close) put_state(score, WorkerState::Closing);
    park(*place, next);
    put(score.conn_count, std::uint16_t{0});
    put_state(score, going_ ? WorkerState::Graceful : WorkerState::Ready);
    ++idle_;
    // The listener sleeps; what changed may let it accept again, or end.
    if (!accepting_ && (going_ ? connections_ == 0 : may_accept())) wake();
  }
}

void EventChild::expire_list(std::list<Held>& list, Moment now) {
  for (auto place = list.begin(); place != list.end();) {
    const auto current = place++;
    if (current->due > now) {
      if (&list == &reading_) continue;  // in no order: a head's time runs from its first byte
      break;
    }
    if (current->closing || (current->next == Next::KeepAlive && !current->connection.linger())) {
      if (current->closing) --lingering_count_;
      list.erase(current);
      --connections_;
    } else if (current->next == Next::KeepAlive) {
      current->closing = true;
      ++lingering_count_;
      current->due = now + kLinger;
      lingering_.splice(lingering_.end(), list, current);
    } else {
      // Too slow in the middle of something: a worker says so, and writes it down.
      current->too_late = true;
      // Or its client's next byte would bring it here while a worker has it.
      epoll_event nothing{};
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, current->connection.socket(), &nothing);
      working_.splice(working_.end(), list, current);
      --idle_;
      queue_.push(current);
    }
  }
}

void EventChild::expire(Moment now) {
  const std::lock_guard lock(mutex_);
  const std::int32_t before = connections_;
  expire_list(lingering_, now);
  expire_list(keep_alive_, now);
  expire_list(writing_, now);
  expire_list(reading_, now);
  if (connections_ != before) show_counts();
}

int EventChild::wait_milliseconds(Moment now) {
  const std::lock_guard lock(mutex_);
  Moment first = now + kLongestWait;
  for (const auto* list : {&lingering_, &keep_alive_, &writing_})
    if (!list->empty()) first = std::min(first, list->front().due);
  const auto left = std::chrono::ceil<milliseconds>(first - now).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

}  // namespace

void run_event_child(const ChildContext& context) {
  EventChild(context).run();
}

}  // namespace mpm::builtin
