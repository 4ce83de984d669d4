// SPDX-License-Identifier: Apache-2.0
//
// What will happen, in order: a binary heap of 16 bytes an event. It allocates only while it
// grows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "agent/advise/model/load.h"

namespace mpm::model {

enum class Happens : std::uint8_t {
  ServiceOver,    // of a connection: its request has all but the processors' part
  NextRequest,    // of a connection that was kept open
  KeepAliveOver,  // of one whose client took longer than the server waits
  Connect,        // again, of a client without a connection
  ChildReady,     // of a process, and from here on
  ThreadsAgain,   // worker: it looks for seats that older threads have left
  FarewellOver,   // it may end, when its threads have
  ParentLooks,    // the parent's second is over
  ParentReread,   // it has read its configuration again
  Graceful,
  SecondOver,
};

struct Event {
  Time at{};
  std::uint32_t index = 0;   // of a connection or a process
  std::uint16_t serial = 0;  // of the process, because indices are used again
  Happens what = Happens::SecondOver;
};

class Calendar {
 public:
  void add(const Event& event) {
    events_.push_back(event);
    std::push_heap(events_.begin(), events_.end(), Later{});
  }
  bool empty() const { return events_.empty(); }
  const Event& first() const { return events_.front(); }
  Event take_first() {
    std::pop_heap(events_.begin(), events_.end(), Later{});
    const Event event = events_.back();
    events_.pop_back();
    return event;
  }

 private:
  // An object, and no function, so that it is compiled into the heap.
  struct Later {
    bool operator()(const Event& a, const Event& b) const { return a.at > b.at; }
  };

  std::vector<Event> events_;
};

}  // namespace mpm::model
