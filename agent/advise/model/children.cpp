// SPDX-License-Identifier: Apache-2.0
//
// The life of a child: started, ready, told to go, ended.
#include "agent/advise/model/children.h"

#include <algorithm>
#include <cmath>

namespace mpm::model {
namespace {

using State = Process::State;

// A threaded child looks for the end of its listener every half second (join_workers in worker.c
// and event.c), so it is there for as long after it was told to go.
constexpr Time kFarewell = std::chrono::milliseconds(500);
// A child of prefork ends at once; but its parent has looked for the ended ones before that, and
// sees it a second later.
constexpr Time kEnd = std::chrono::milliseconds(2);
// worker: start_threads looks again for seats that older threads have left.
constexpr Time kBetweenTries = std::chrono::seconds(1);

}  // namespace

Children::Children(const apache::Pool& pool, const ChildCosts& costs, Calendar& calendar,
                   Random random)
    : pool_(pool),
      costs_(costs),
      calendar_(calendar),
      random_(random),
      slots_(static_cast<std::size_t>(std::max(pool.server_limit, pool.max_children))),
      views_(slots_.size(), {.some_dead = true, .all_gone = true, .dead = true}) {}

void Children::start(Time now, Time first_look) {
  start_in_free_slots(std::min(pool_.start_servers, pool_.max_children), now);
  calendar_.add({.at = now + first_look, .what = Happens::ParentLooks});
}

std::int32_t Children::slot_count() const {
  return pool_.mpm == Mpm::Event ? pool_.server_limit : pool_.max_children;
}

void Children::start_in_free_slots(std::int32_t count, Time now) {
  for (std::int32_t slot = 0; slot < slot_count() && count > 0; ++slot) {
    if (slots_[static_cast<std::size_t>(slot)].owner >= 0) continue;
    start_child(slot, now);
    --count;
  }
}

void Children::start_child(std::int32_t slot, Time now) {
  if (unused_.empty()) {
    unused_.push_back(static_cast<std::int32_t>(processes_.size()));
    processes_.emplace_back();
  }
  const std::int32_t index = unused_.back();
  unused_.pop_back();
  Process& process = at(index);
  process = {.state = State::Starting,
             .serial = static_cast<std::uint16_t>(process.serial + 1),
             .slot = slot,
             .generation = generation_,
             .number = started_};
  slots_[static_cast<std::size_t>(slot)].owner = index;
  used_ = std::max(used_, slot + 1);
  ++daemons_.total;
  ++daemons_.active;
  ++started_;
  calendar_.add({.at = now + costs_.startup,
                 .index = static_cast<std::uint32_t>(index),
                 .serial = process.serial,
                 .what = Happens::ChildReady});
}

void Children::become_ready(std::int32_t process, Time now) {
  Process& child = at(process);
  child.state = State::Running;
  child.ready = now;
  take_seats(process, now);
  if (child.generation != generation_) return go(process, now);
  if (told_ > 0) {
    --told_;
    go(process, now);
  }
}

// worker: of a slot that it shares with older children, the threads that those have left.
void Children::take_seats(std::int32_t process, Time now) {
  Process& child = at(process);
  child.threads = pool_.threads_per_child - slots_[static_cast<std::size_t>(child.slot)].held;
  if (child.threads < pool_.threads_per_child)
    calendar_.add({.at = now + kBetweenTries,
                   .index = static_cast<std::uint32_t>(process),
                   .serial = child.serial,
                   .what = Happens::ThreadsAgain});
  update(process);
}

void Children::go(std::int32_t process, Time now) {
  Process& child = at(process);
  child.shown_idle = pool_.mpm == Mpm::Prefork && child.generation == generation_;
  child.state = State::Going;
  child.open -= child.kept;  // event closes them
  child.kept = 0;
  update(process);
  if (pool_.mpm == Mpm::Worker) slots_[static_cast<std::size_t>(child.slot)].held += child.busy;
  child.may_end = false;
  calendar_.add({.at = now + (pool_.mpm == Mpm::Prefork ? kEnd : kFarewell),
                 .index = static_cast<std::uint32_t>(process),
                 .serial = child.serial,
                 .what = Happens::FarewellOver});
}

void Children::end_if_done(std::int32_t process) {
  Process& child = at(process);
  if (child.state != State::Going || child.busy > 0 || !child.may_end) return;
  child.state = State::Ended;
  ended_.push_back(process);
}

bool Children::accepts(const Process& process) const {
  if (process.state != State::Running) return false;
  return pool_.mpm == Mpm::Event ? apache::event_accepts(pool_, process.idle(), process.open)
                                 : process.idle() > 0;
}

// Keeps the line, or the list, of those that accept.
void Children::update(std::int32_t process) {
  Process& child = at(process);
  const bool accepting = accepts(child);
  if (accepting == (child.place >= 0)) return;
  if (in_turn()) {
    child.place = accepting ? 0 : -1;
    waiting_ += accepting ? 1 : -1;
    if (accepting) line_.push_back({process, child.serial});
    return;
  }
  if (accepting) {
    child.place = static_cast<std::int32_t>(accepting_.size());
    accepting_.push_back(process);
    return;
  }
  const std::int32_t last = accepting_.back();
  accepting_[static_cast<std::size_t>(child.place)] = last;
  at(last).place = child.place;
  accepting_.pop_back();
  child.place = -1;
}

// The processes of prefork, and the listeners of worker, wait in accept, and the kernel wakes the
// one that has waited longest. Those of event poll, all are woken, and any may be the first. Who
// has the turn is out of the line. -1: none accepts.
std::int32_t Children::whose_turn() {
  if (!in_turn()) return accepting_.empty() ? -1 : accepting_[random_.below(accepting_.size())];
  if (waiting_ == 0) return -1;
  while (!goes_on(line_.front().process, line_.front().serial))
    line_.pop_front();
  const std::int32_t process = line_.front().process;
  line_.pop_front();
  return process;
}

std::int32_t Children::accept(Time now) {
  const std::int32_t process = whose_turn();
  if (process < 0) return process;
  Process& child = at(process);
  child.needed = std::max(child.needed, ++child.busy);
  ++child.open;
  update(process);
  if (in_turn() && child.place >= 0) line_.push_back({process, child.serial});
  if (++child.accepted == pool_.max_connections_per_child) go(process, now);
  return process;
}

void Children::close(std::int32_t process, Time now) {
  Process& child = at(process);
  --child.busy;
  --child.open;
  if (child.state == State::Running) {
    if (pool_.mpm != Mpm::Prefork || told_ == 0) return update(process);
    --told_;
    go(process, now);
  }
  child.shown_idle = false;
  if (pool_.mpm == Mpm::Worker) --slots_[static_cast<std::size_t>(child.slot)].held;
  end_if_done(process);
}

void Children::park(std::int32_t process) {
  Process& child = at(process);
  --child.busy;
  ++child.kept;
  update(process);
}

bool Children::take_up(std::int32_t process) {
  Process& child = at(process);
  --child.kept;
  const bool idle = child.idle() > 0;
  if (idle)
    child.needed = std::max(child.needed, ++child.busy);
  else
    --child.open;
  update(process);
  return idle;
}

void Children::drop(std::int32_t process) {
  Process& child = at(process);
  --child.kept;
  --child.open;
  update(process);
}

bool Children::goes_on(std::int32_t process, std::uint16_t serial) const {
  return at(process).serial == serial && at(process).state == State::Running;
}

double Children::bytes_of(const Process& process) const {
  const auto requests = static_cast<double>(process.requests);
  const double grown = costs_.grown_bytes - (costs_.grown_bytes - costs_.fresh_bytes) *
                                                std::exp2(-requests / costs_.half_grown_after);
  return grown + costs_.leaked_a_request * requests + costs_.needed_thread * process.needed;
}

ChildrenCount Children::count() const {
  ChildrenCount count;
  for (const Process& process : processes_) {
    if (process.state == State::None) continue;
    ++count.processes;
    if (process.state == State::Ended) continue;
    const std::int32_t idle = process.idle();
    count.busy += process.busy;
    count.idle += idle;
    count.connections += process.open;
    count.bytes += bytes_of(process);
    if (process.place < 0) count.deaf += idle;
    if (process.state != State::Going) continue;
    ++count.going;
    count.finishing += process.busy;
  }
  return count;
}

std::vector<ChildSeen> Children::sweep() const {
  std::vector<ChildSeen> seen;
  for (const Process& process : processes_)
    if (process.state == State::Running || process.state == State::Going)
      seen.push_back({process.number, process.requests, bytes_of(process),
                      process.processor_seconds, process.waited_seconds});
  return seen;
}

void Children::handle(const Event& event) {
  const auto process = static_cast<std::int32_t>(event.index);
  switch (event.what) {
    case Happens::ParentLooks:
      if (event.serial == look_serial_) look(event.at);
      return;
    case Happens::ParentReread:
      reap(event.at);
      calendar_.add({.at = event.at + std::chrono::seconds(1),
                     .serial = look_serial_,
                     .what = Happens::ParentLooks});
      return;
    case Happens::Graceful:
      return restart(event.at);
    default:
      break;
  }
  if (at(process).serial != event.serial) return;
  if (event.what == Happens::ChildReady) {
    become_ready(process, event.at);
  } else if (event.what == Happens::ThreadsAgain) {
    if (at(process).state == State::Running) take_seats(process, event.at);
  } else if (event.what == Happens::FarewellOver) {
    at(process).may_end = true;
    end_if_done(process);
  }
}

}  // namespace mpm::model
