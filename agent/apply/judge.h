// SPDX-License-Identifier: Apache-2.0
//
// Keep or undo: watches a server after a change, one sample at a time, against the time before
// it. Pure: the samples bring the time with them.
//
// The restart itself is no evidence: old processes leave and a new pool grows (prefork needs
// twenty seconds to three hundred children). When the server has settled, what is certain decides
// at once (guards.h), and the time that requests take by a test that may be looked at after every
// block (comparison.h): the change is undone when the whole interval of the shift lies above what
// is tolerated. It is kept when the interval lies below a bound, at a load that means something,
// or when the longest time has passed without a sign of harm. The chance that a change without
// effect is undone by the test is at most `false_alarm` for the whole watch.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "agent/apply/comparison.h"
#include "agent/apply/guards.h"
#include "schema/model/change.h"
#include "schema/model/sample.h"
#include "schema/model/verdict.h"

namespace mpm::apply {

struct JudgePolicy {
  double least_seconds = 60;
  double most_seconds = kLongestWatch;  // 0: the change is kept unwatched
  double settle_least_seconds = 5;
  double settle_most_seconds = 20;
  double block_seconds = 5;  // shorter where before is short
  double false_alarm = 0.001;
  double tolerance = 0.10;   // part by which requests may take longer
  double early_keep = 0.25;  // kept before the end when it is certainly less than this
  double like_load = 0.7;    // of before's load, from which on an early end is allowed
  GuardBounds guards;
};

class Judge {
 public:
  // `before` is of the same server, by time, up to the change; `changed` is when it was put in
  // force. Five minutes are plenty, half a minute is the least to compare anything with.
  Judge(std::span<const Sample> before, Instant changed, const JudgePolicy& policy = {});

  // Once it is decided, later samples change nothing.
  const WatchReport& see(const Sample& sample);
  const WatchReport& report() const { return report_; }

 private:
  bool has_settled(const Sample& sample) const;
  void add_second(const Sample& sample, Block second);
  void decide();
  bool is_condemned_by_time(const std::optional<Shift>& shift) const;
  bool may_be_kept_early() const;
  bool is_full_at_the_end() const;
  void finish(WatchVerdict verdict, std::optional<VerdictEvidence> cause);
  void describe();
  void note_counting(const Sample& sample);
  // Whether workers served and not one request of theirs was counted.
  bool counts_nothing() const { return served_ && !counted_; }

  JudgePolicy policy_;
  Instant changed_;
  double block_seconds_;
  Guards guards_;
  Comparison comparison_;
  std::optional<Sample> last_;
  Block block_;
  bool served_ = false;   // a worker was seen with a request
  bool counted_ = false;  // a request was counted: without ExtendedStatus none is
  WatchReport report_;
};

}  // namespace mpm::apply
