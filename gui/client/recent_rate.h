// SPDX-License-Identifier: Apache-2.0
//
// Requests a second over the last seconds, from a counter that is read several times a second: from
// one reading to the next chance is most of the difference. Pure; of one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "schema/model/status.h"

namespace mpm::gui {

class RecentRate {
 public:
  // Readings come in the order of their time. A server that was restarted counts anew.
  void add(Instant at, const TargetStatus& server);
  // Over five seconds, or as long as there are readings; nullopt: there are not two of them yet.
  std::optional<double> per_second() const;
  void clear() { readings_.clear(); }

 private:
  struct Reading {
    Instant at{};
    Instant restarted{};
    std::int64_t accesses = 0;
  };
  std::deque<Reading> readings_;  // the first is the last one that is older than the span
};

}  // namespace mpm::gui
