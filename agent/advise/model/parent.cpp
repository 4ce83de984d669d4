// SPDX-License-Identifier: Apache-2.0
//
// The parent of simulated children: one pass of its loop is one of ap_wait_or_timeout's. It sees to
// all that ended, sleeps a second, and then starts what a restart left to start, or maintains.
#include <algorithm>

#include "agent/advise/model/children.h"

namespace mpm::model {
namespace {

using State = Process::State;
using std::chrono::seconds;

}  // namespace

apache::SlotView Children::view(const Slot& slot) const {
  apache::SlotView view{.some_dead = true, .all_gone = true, .dead = true};
  if (slot.owner < 0) return view;
  const Process& process = at(slot.owner);
  const bool starting = process.state == State::Starting;
  const bool running = process.state == State::Running;
  view.occupied = true;
  view.current = process.generation == generation_;
  view.quiescing = !starting && !running;
  if (pool_.mpm == Mpm::Prefork) {
    view.dead = false;
    view.idle = (view.current && starting) || process.idle() > 0 || process.shown_idle ? 1 : 0;
    return view;
  }
  // Of worker's going children all busy threads are among the held; those of event have told
  // the scoreboard that they go.
  const std::int32_t alive = running ? process.threads : 0;
  view.not_accepting = running && pool_.mpm == Mpm::Event && process.place < 0;
  // Threads that are not there yet are shown as idle.
  view.idle = pool_.threads_per_child - slot.held - (running ? process.busy : 0);
  view.active = alive + slot.held;
  view.some_dead = view.active < pool_.threads_per_child;
  view.all_gone = view.active == 0;
  return view;
}

void Children::look(Time now) {
  const std::int64_t before = started_;
  if (remaining_ > 0) {
    start_in_free_slots(remaining_, now);
    remaining_ = 0;
  } else {
    keep_up(now);
  }
  // Forks come one after the other, and the second begins after them.
  const Time next = now + (started_ - before) * costs_.fork;
  reap(next);
  calendar_.add({.at = next + seconds(1), .serial = look_serial_, .what = Happens::ParentLooks});
}

void Children::keep_up(Time now) {
  for (std::int32_t slot = 0; slot < used_; ++slot) {
    const Slot& seen = slots_[static_cast<std::size_t>(slot)];
    if (seen.owner >= 0) {
      Process& process = at(seen.owner);
      const bool going = process.state == State::Going || process.state == State::Ended;
      if (pool_.mpm != Mpm::Prefork && going && !process.seen_going) {
        process.seen_going = true;
        --daemons_.active;
      }
    }
    views_[static_cast<std::size_t>(slot)] = view(seen);
  }
  const apache::Upkeep upkeep = maintain(pool_, views_, used_, daemons_, pace_);
  while (used_ > 0 && slots_[static_cast<std::size_t>(used_ - 1)].owner < 0)
    --used_;
  pace_ = upkeep.pace;
  if (upkeep.end_one) end_one(now);
  for (std::size_t i = 0; i < upkeep.start.size(); ++i)
    start_child(upkeep.start[i], now + static_cast<Time::rep>(i + 1) * costs_.fork);
}

// One child reads the word to go. Under prefork it is an idle one, which a connection of the
// parent's own wakes: the one whose turn it is to accept. Else it is the one that has waited for
// the word longest. Where none can, the next one that can.
void Children::end_one(Time now) {
  std::int32_t chosen = -1;
  if (pool_.mpm == Mpm::Prefork) {
    chosen = whose_turn();
  } else {
    for (std::int32_t i = 0; i < static_cast<std::int32_t>(processes_.size()); ++i)
      if (at(i).state == State::Running && (chosen < 0 || at(i).ready < at(chosen).ready))
        chosen = i;
  }
  if (chosen < 0)
    ++told_;
  else
    go(chosen, now);
}

void Children::reap(Time now) {
  for (const std::int32_t index : ended_) {
    Process& process = at(index);
    process.state = State::None;
    unused_.push_back(index);
    --daemons_.total;
    if (!process.seen_going) --daemons_.active;
    Slot& slot = slots_[static_cast<std::size_t>(process.slot)];
    if (slot.owner != index) continue;  // a younger one has taken it over (worker)
    slot.owner = -1;
    views_[static_cast<std::size_t>(process.slot)] = view(slot);
    if (remaining_ == 0 || process.slot >= slot_count()) continue;
    --remaining_;
    start_child(process.slot, now);
  }
  ended_.clear();
}

// The signal ends the parent's sleep, so it looks once more; then all children are of an old
// generation, and told to go.
void Children::restart(Time now) {
  if (remaining_ == 0) keep_up(now);
  ++generation_;
  ++look_serial_;
  told_ = 0;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(processes_.size()); ++i)
    if (at(i).state == State::Running) go(i, now);
  pace_.hold_off = apache::kHoldOff;
  remaining_ = std::min(pool_.start_servers, pool_.max_children);
  calendar_.add({.at = now + costs_.reread, .what = Happens::ParentReread});
}

}  // namespace mpm::model
