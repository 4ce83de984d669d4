// SPDX-License-Identifier: Apache-2.0
//
// The time that requests take, after a change and before it, at like load. Pure.
//
// Of each block of seconds after the change a measure is held against what the baseline foretells
// for its load, and what is left is given to a Mixture. Three measures share the bound on false
// alarms:
//
//   response   the time by Little's law, the queue included (measure.h)
//   duration   the mean that the slots show, where they show the same part of all requests as
//              before: of a worker that serves many between two samples only the last is seen
//   holding    worker-seconds for each request; instead of response where the server is full
//              and its limit no lower than before, and either more is completed than before or
//              it was full before too. There the queue is the clients' doing.
//
// Not compared are blocks with more load than before ever had: nobody knows what the old settings
// had done with it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "agent/apply/baseline.h"
#include "agent/apply/measure.h"
#include "agent/apply/mixture.h"

namespace mpm::apply {

// A shift of the logarithm, and the value of before in seconds.
struct Shift {
  Bounds bounds;
  double before_seconds = 0;
};

class Comparison {
 public:
  // `tolerance` is the shift of the logarithm that does not count.
  Comparison(std::span<const Block> before, double false_alarm, double tolerance);

  bool has_baseline() const { return response_.baseline.has_value(); }
  void add(const Block& block, bool limit_lowered);

  std::optional<Shift> response() const { return shift_of(response_); }
  std::optional<Shift> duration() const { return shift_of(duration_); }
  std::optional<Shift> holding() const { return shift_of(holding_); }
  std::int64_t compared() const { return compared_; }
  std::int64_t too_much_load() const { return too_much_load_; }
  std::int64_t too_little_load() const { return too_little_load_; }
  const Block& before() const { return before_; }
  const Block& after() const { return after_; }
  // Arrivals per second, of before's.
  double load_ratio() const;

 private:
  struct Track {
    std::optional<Baseline> baseline;
    Mixture test;
    double uncertainty = 0;  // of what was foretold, summed
    double values = 0;       // added to the test
  };

  std::optional<double> log_response(const Block& block) const;
  std::optional<double> log_holding(const Block& block) const;
  bool has_too_much_load(const Block& block) const;
  bool is_full_of_clients(const Block& block, bool limit_lowered) const;
  void judge_response(const Block& block, bool limit_lowered);
  bool shows_as_much(const Block& block) const;
  void judge_duration(const Block& block);
  void add_to(Track& track, double load, const Reading& reading, double excess) const;
  static std::optional<Shift> shift_of(const Track& track);

  double tolerance_;
  double furthest_;  // standard deviations that one block may count for
  Block before_;
  Block after_;
  double most_load_ = 0;    // arrivals per second of a block of before
  double most_wanted_ = 0;  // with those that were turned away
  Track response_;
  Track duration_;
  Track holding_;
  std::int64_t compared_ = 0;
  std::int64_t too_much_load_ = 0;
  std::int64_t too_little_load_ = 0;
};

}  // namespace mpm::apply
