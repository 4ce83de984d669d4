// SPDX-License-Identifier: Apache-2.0
//
// The children of a simulated httpd, and their parent. It looks at them a second after it has
// seen to all that ended, and then does what apache/maintenance says: the rules are httpd's own,
// and the ones that mpm-httpd runs by.
//
// A child that ended keeps its slot until its parent has looked. A child that is to go stops
// accepting at once, finishes what it has, and under worker leaves its seats to a younger one.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "agent/advise/model/calendar.h"
#include "agent/advise/model/load.h"
#include "agent/apache/maintenance.h"

namespace mpm::model {

// What a child costs. It grows with the requests that it has served: half of the way from `fresh`
// to `grown` in `half_grown_after` of them, half of what is left in as many more, and by
// `leaked_a_request` without end; and with each of its threads that was ever needed.
struct ChildCosts {
  Time fork = std::chrono::microseconds(1500);  // the parent does nothing else
  Time startup = std::chrono::milliseconds(10);
  Time reread = std::chrono::milliseconds(100);  // of the configuration, at a restart
  double fresh_bytes = 0;
  double grown_bytes = 0;
  double half_grown_after = 10;  // requests
  double leaked_a_request = 0;   // bytes
  double needed_thread = 0;      // bytes
};

struct Process {
  enum class State : std::uint8_t { None, Starting, Running, Going, Ended };

  State state = State::None;
  bool shown_idle = false;   // prefork: it ended while it was idle, which the scoreboard still says
  bool seen_going = false;   // by its parent
  bool may_end = true;       // its farewell is over
  std::uint16_t serial = 0;  // of all that had this index
  std::int32_t slot = 0;
  std::int32_t generation = 0;
  std::int32_t threads = 0;  // that run
  std::int32_t busy = 0;     // of them: they have a request, or wait for a client's next one
  std::int32_t needed = 0;   // the most that were busy
  std::int32_t open = 0;     // event: connections, those that hold no thread among them
  std::int32_t kept = 0;     // event: of these, those that hold none
  std::int32_t accepted = 0;
  std::int32_t place = -1;  // in the list of those that accept; 0: in their line; -1: it does not
  std::int64_t number = 0;  // so many were started before it
  std::int64_t requests = 0;
  double processor_seconds = 0;
  double waited_seconds = 0;  // for a processor
  Time ready{};

  std::int32_t idle() const { return state == State::Running ? threads - busy : 0; }
};

struct ChildrenCount {
  std::int32_t processes = 0;  // as the kernel has them: ended ones until they were seen to
  std::int32_t going = 0;      // of them: they finish what they have
  std::int32_t busy = 0;
  std::int32_t finishing = 0;  // of the busy: in processes that are going
  std::int32_t idle = 0;
  std::int32_t deaf = 0;         // of the idle: in processes that do not accept
  std::int32_t connections = 0;  // that were accepted and are open
  double bytes = 0;
};

// One of them, as a look at its memory and its time shows it.
struct ChildSeen {
  std::int64_t number = 0;  // of no other child of this server
  std::int64_t requests = 0;
  double bytes = 0;
  // Of requests that are done with the processors.
  double processor_seconds = 0;
  double waited_seconds = 0;  // ready to run, for a processor
};

class Children {
 public:
  Children(const apache::Pool& pool, const ChildCosts& costs, Calendar& calendar, Random random);

  // At the beginning; the parent looks for the first time `first_look` later.
  void start(Time now, Time first_look);

  // A child that accepts has a connection more, and a thread of it is busy. -1: none accepts.
  std::int32_t accept(Time now);
  // Its thread has nothing to do any more, and the connection is closed.
  void close(std::int32_t process, Time now);
  // event: its thread has nothing to do any more, the connection is kept.
  void park(std::int32_t process);
  // event: a thread takes a connection up that was kept. False: none is idle, and it was closed.
  bool take_up(std::int32_t process);
  // event: a connection that was kept is closed.
  void drop(std::int32_t process);
  void served(std::int32_t process) { ++at(process).requests; }
  // Seconds on a processor, and waiting for one.
  void worked(std::int32_t process, double ran, double waited) {
    at(process).processor_seconds += ran;
    at(process).waited_seconds += waited;
  }
  // Whether it is still the same that had this serial, and goes on.
  bool goes_on(std::int32_t process, std::uint16_t serial) const;
  std::uint16_t serial(std::int32_t process) const { return at(process).serial; }

  void handle(const Event& event);

  bool event_driven() const { return pool_.mpm == Mpm::Event; }
  ChildrenCount count() const;
  std::vector<ChildSeen> sweep() const;
  std::int64_t started() const { return started_; }

 private:
  struct InLine {
    std::int32_t process = -1;
    std::uint16_t serial = 0;
  };

  struct Slot {
    std::int32_t owner = -1;  // a process
    std::int32_t held = 0;    // worker: its threads that those who go still have
  };

  Process& at(std::int32_t process) { return processes_[static_cast<std::size_t>(process)]; }
  const Process& at(std::int32_t process) const {
    return processes_[static_cast<std::size_t>(process)];
  }
  std::int32_t slot_count() const;
  void start_child(std::int32_t slot, Time now);
  void start_in_free_slots(std::int32_t count, Time now);
  void become_ready(std::int32_t process, Time now);
  void take_seats(std::int32_t process, Time now);
  void go(std::int32_t process, Time now);
  void end_if_done(std::int32_t process);
  void end_one(Time now);
  void look(Time now);
  void keep_up(Time now);
  void reap(Time now);
  void restart(Time now);
  bool accepts(const Process& process) const;
  void update(std::int32_t process);
  bool in_turn() const { return pool_.mpm != Mpm::Event; }
  std::int32_t whose_turn();
  apache::SlotView view(const Slot& slot) const;
  double bytes_of(const Process& process) const;

  const apache::Pool pool_;
  const ChildCosts costs_;
  Calendar& calendar_;
  Random random_;

  std::vector<Process> processes_;
  std::vector<std::int32_t> unused_;     // of processes_
  std::vector<std::int32_t> ended_;      // not seen to yet
  std::vector<std::int32_t> accepting_;  // event
  // prefork, worker: of those that accept who has waited longest is first; so many of them are
  // waiting_, and some that went are still in the line.
  std::deque<InLine> line_;
  std::int32_t waiting_ = 0;
  std::vector<Slot> slots_;
  std::vector<apache::SlotView> views_;
  apache::Daemons daemons_;
  apache::Pace pace_;
  std::int32_t generation_ = 0;
  std::int32_t used_ = 0;       // one more than the highest slot that is taken
  std::int32_t remaining_ = 0;  // to start after a graceful restart
  std::int32_t told_ = 0;       // words to go that nobody has read yet
  std::uint16_t look_serial_ = 0;
  std::int64_t started_ = 0;
};

}  // namespace mpm::model
