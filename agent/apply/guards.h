// SPDX-License-Identifier: Apache-2.0
//
// What condemns a change without statistics: memory that runs out, a lowered limit that keeps
// every worker busy while clients wait, and a server that completes nothing. Pure.
//
// Each is held against the time before: a machine that was short of memory anyway does not
// condemn a change, and what lasted as long before is no sign.
#pragma once

#include <optional>
#include <span>

#include "agent/apply/measure.h"
#include "schema/model/sample.h"
#include "schema/model/verdict.h"

namespace mpm::apply {

struct GuardBounds {
  double memory_floor = 0.05;  // part of the memory that has to be free
  double pressure_full = 5;    // percent of ten seconds in which nothing could run (PSI)
  double saturation_seconds = 10;
  double silence_seconds = 10;
};

// Seconds in which something was so, less twice those in which it was not; never below zero.
class Streak {
 public:
  void add(double seconds, double of);
  double now() const { return now_; }
  double longest() const { return longest_; }

 private:
  double now_ = 0;
  double longest_ = 0;
};

class Guards {
 public:
  Guards(std::span<const Sample> before, const GuardBounds& bounds);

  // From the first sample after the change on: memory does not wait for anything to settle.
  std::optional<VerdictEvidence> memory(const Sample& sample);
  // From when the server has settled on.
  std::optional<VerdictEvidence> service(const Sample& sample, const Block& second);

  std::int64_t limit_before() const { return limit_; }

 private:
  std::optional<VerdictEvidence> short_of_memory(double free, double before,
                                                 const char* where) const;

  GuardBounds bounds_;
  std::int64_t limit_ = 0;
  double host_free_ = 1;  // parts of 1, the least of before
  double cgroup_free_ = 1;
  double pressure_ = 0;  // the most of before
  Streak saturated_before_;
  Streak silent_before_;
  Streak saturated_;
  Streak silent_;
  int short_samples_ = 0;
};

// Parts of 1: what MemAvailable is of the memory, and the least that a cgroup leaves.
double host_memory_free(const Sample& sample);
double cgroup_memory_free(const Sample& sample);

}  // namespace mpm::apply
