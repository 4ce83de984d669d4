// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/model/clients.h"

#include <algorithm>
#include <cmath>

namespace mpm::model {

using std::chrono::seconds;

void Arrivals::advance() {
  if (load_.arriving == Arriving::Counted)
    advance_counted();
  else
    advance_poisson();
}

// A part of a client comes with that probability.
void Arrivals::begin_second() {
  if (load_.arriving == Arriving::Counted && !over())
    left_ = static_cast<std::int64_t>(std::max(0.0, load_.clients[second_]) + random_.share());
}

// The first of several moments that are at random in what is left of the second.
void Arrivals::advance_counted() {
  while (!over() && left_ == 0) {
    next_ = seconds(++second_);
    begin_second();
  }
  if (over()) return;
  const double rest = in_seconds(seconds(second_ + 1) - next_);
  const double first = -std::expm1(std::log(random_.share()) / static_cast<double>(left_));
  next_ += seconds_of(rest * first);
  --left_;
}

void Arrivals::advance_poisson() {
  for (; second_ < load_.clients.size(); next_ = seconds(++second_)) {
    const double rate = load_.clients[second_];
    if (rate <= 0) continue;
    const Time next = next_ + seconds_of(random_.exponential() / rate);
    if (next >= seconds(second_ + 1)) continue;
    next_ = next;
    return;
  }
}

}  // namespace mpm::model
