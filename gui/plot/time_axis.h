// SPDX-License-Identifier: Apache-2.0
//
// Which piece of time a row of plots shows, and where on the screen an instant lies: zoomed, panned
// and kept within what there can be. Pure but for present(); pixels are of the plots, from their
// left edge.
#pragma once

#include <QString>
#include <chrono>
#include <vector>

#include "schema/model/units.h"

namespace mpm::gui {

// What the clock of this host says.
Instant present();

struct TimeSpan {
  Instant from{};
  Instant to{};

  double seconds() const { return Seconds(to - from).count(); }
  bool operator==(const TimeSpan&) const = default;
};

// No shorter than ten seconds, no longer than 400 days, and not after now.
TimeSpan within_reason(TimeSpan span, Instant now);
// What is at `about` stays where it is; a factor below 1 shows less time.
TimeSpan zoomed(TimeSpan span, Instant about, double factor);
// By a share of what is shown; above 0 to what was later.
TimeSpan panned(TimeSpan span, double share);

double pixel_of(const TimeSpan& span, double width, Instant at);
Instant instant_at(const TimeSpan& span, double width, double pixel);

struct TimeTick {
  Instant at{};
  QString text;  // in local time: the time of day, or the day at its beginning
};
// At round times of the day, as many as have room.
std::vector<TimeTick> time_ticks(const TimeSpan& span, double width);

// The round number at or above a value, near enough that a plot is more than half full.
double round_above(double value);

}  // namespace mpm::gui
