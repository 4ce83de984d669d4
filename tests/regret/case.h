// SPDX-License-Identifier: Apache-2.0
//
// What a server is tried with: a load, a machine, and what its children cost.
#pragma once

#include <cstdint>
#include <string>

#include "agent/advise/model/simulate.h"

namespace mpm::regret {

// Bytes. A child of a threaded MPM grows by `thread` for each of its threads that was ever needed.
struct Memory {
  double budget = 4e9;    // of the server's cgroup
  double shared = 12e6;   // what all processes map together
  double fresh = 0.3e6;   // of a child, its own
  double grown = 10e6;    // prefork: of a child that is warm
  double thread = 1.5e6;  // worker and event
  double leaked = 0;      // prefork: a request
};

struct Case {
  std::string name;   // "L4"
  std::string about;  // what it tries, in a few words
  Mpm mpm = Mpm::Event;
  model::LoadShape load{};
  model::Machine machine{.cores = 4};  // its memory is that of `memory`
  Memory memory{};

  bool keeps_connections() const { return load.requests_a_client > 1; }
};

}  // namespace mpm::regret
