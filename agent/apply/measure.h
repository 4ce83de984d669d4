// SPDX-License-Identifier: Apache-2.0
//
// What happened to a server's requests between two samples, and over a block of seconds. Pure.
//
// The time that a client waits comes from Little's law: requests that are served or wait to be
// accepted, over those completed in a second. It holds for a full server as for an idle one, where
// the durations that the slots show leave out the queue and most of the requests.
#pragma once

#include <optional>

#include "schema/model/sample.h"

namespace mpm::apply {

// Sums over `seconds`, so that adding two of them gives that of both.
struct Block {
  double seconds = 0;
  double completed = 0;
  double arrived = 0;      // completed, and what became more in the server and before it
  double turned_away = 0;  // by the kernel, while a queue of this server was nearly full
  double serving = 0;      // worker-seconds of requests; old processes left out
  double holding = 0;      // worker-seconds busy for whatever reason, keep-alive too
  double waiting = 0;      // connection-seconds in the accept queues
  double saturated = 0;    // seconds with every worker busy
  double saturated_and_waiting = 0;
  double silent = 0;     // seconds in which connections waited, and no request was completed
  double finished = 0;   // requests whose duration was seen
  double durations = 0;  // theirs, in seconds

  void add(const Block& other);
  double per_second(double sum) const { return seconds > 0 ? sum / seconds : 0; }
};

// Nothing when the counters began anew in between, when `b` is not later, or when more than
// fifteen seconds lie between the two.
std::optional<Block> between(const Sample& a, const Sample& b);

}  // namespace mpm::apply
