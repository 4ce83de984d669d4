// SPDX-License-Identifier: Apache-2.0
//
// Who holds the workers of a server, from two looks at its slots: by vhost, by client, and the
// requests that have been served the longest. Pure.
//
// How many workers one has is counted. How many requests it makes is estimated: the requests and
// bytes that a slot's counters grew by between the looks are put down to the vhost and client that
// the slot names at the end, or, while it reads a next request and names none, at the beginning. A
// slot that served several in between has forgotten all but the last.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "agent/observe/workers.h"
#include "schema/model/workers.h"

namespace mpm {

struct Top {
  std::optional<double> span_seconds;  // that the rates are over; absent when there are none
  Holders vhosts;
  Holders clients;
  std::vector<WorkerView> oldest;  // that are served, the oldest first
};

// The first `limit` of each. Without `before`, and when the server was restarted in between, no
// rates.
Top top_of(const WorkersLook* before, const WorkersLook& now, std::size_t limit);

// The looks that rates are held against, so that they are over one second or more for whoever looks
// again and again, however often.
class EarlierLooks {
 public:
  // The look to hold `now` against; null when there was none in the last seconds. `now` is kept.
  std::shared_ptr<const WorkersLook> against(const std::shared_ptr<const WorkersLook>& now);

 private:
  std::shared_ptr<const WorkersLook> base_;
  std::shared_ptr<const WorkersLook> next_;  // takes the place of base_
};

}  // namespace mpm
