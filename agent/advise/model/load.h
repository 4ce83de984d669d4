// SPDX-License-Identifier: Apache-2.0
//
// What a simulated server is asked: how many clients come in each second, what a request takes of
// the processors and of other things, and what a client does between two requests. Open loop:
// clients come whether or not those before them were answered.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "agent/advise/model/random.h"

namespace mpm::model {

// Since the beginning of the simulation, or a span of it.
using Time = std::chrono::nanoseconds;

inline Time seconds_of(double seconds) {
  return Time(static_cast<Time::rep>(seconds * 1e9));
}
inline double in_seconds(Time time) {
  return static_cast<double>(time.count()) * 1e-9;
}

// How long something takes, by its mean and its squared coefficient of variation. 0:
// always as long; up to 1: a part that is always there and an exponential one; 1: exponential;
// above: hyperexponential with balanced means, a few long ones among many short.
class ServiceTime {
 public:
  explicit ServiceTime(double mean_seconds = 0.1, double squared_variation = 1);

  double mean_seconds() const { return mean_; }
  Time draw(Random& random) const {
    double seconds = always_;
    if (long_share_ > 0 && random.share() <= long_share_)
      seconds += long_ * random.exponential();
    else if (short_ > 0)
      seconds += short_ * random.exponential();
    return seconds_of(seconds);
  }

 private:
  double mean_ = 0;
  double always_ = 0, short_ = 0, long_ = 0;  // seconds
  double long_share_ = 0;                     // of requests
};

// How the clients of a second come: as chance will have it around a rate, or as many as were
// counted, at random moments of it.
enum class Arriving : std::uint8_t { Poisson, Counted };

struct LoadShape {
  // Clients that come in each second; its length is the simulation's.
  std::vector<double> clients{};
  Arriving arriving = Arriving::Poisson;
  // What a request takes of a processor, and then of what is not one: of a database, a disk, a
  // client's line. It holds its worker for both, and longer where others want the same.
  ServiceTime processor = ServiceTime(0);
  ServiceTime service{};
  double requests_a_client = 1;  // geometric; the next one after `think` on a connection kept open
  double think_seconds = 1;      // exponential
  // After its last request a client leaves its connection open for so long (exponential, and no
  // longer than the server does), as browsers do. 0: it closes it at once.
  double kept_seconds = 0;
  Time patience = std::chrono::seconds(10);  // then a request has failed, and its client leaves
};

}  // namespace mpm::model
