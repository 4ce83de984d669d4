// SPDX-License-Identifier: Apache-2.0
//
// Whether a proposal may be put in force now, under the policy of the administrator, given what
// was changed before and how that went. Pure: whoever asks brings the time.
//
// In auto mode a server is brought to where the proposals point, in steps, and then left alone.
// A difference inside the dead band is none. Some looks in a row have to ask for the same, and the
// middle one of them is what is done. Once a value has arrived it takes twice the band to move it
// again within thirty days, and more with each time that it is moved or turned round, so that a
// proposal that wavers moves a server a few times and then no more.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "schema/model/admission.h"
#include "schema/model/apply_policy.h"
#include "schema/model/proposal.h"
#include "schema/model/result.h"
#include "schema/model/units.h"
#include "schema/model/verdict.h"

namespace mpm::apply {

// A directive that was changed, by whomever.
struct PastChange {
  Instant at{};  // when it was put in force, or undone
  std::string directive;
  std::int64_t from = 0;
  std::int64_t to = 0;
  WatchVerdict verdict = WatchVerdict::Undecided;  // Undecided: it is still being watched
  bool shortened = false;                          // as its admission said
};

// The time, and what the clock on the server's wall shows of it. Windows of hours are compared
// with the wall clock alone: on the days when it is set on or back they are as long as people
// there live them.
struct LocalTime {
  Instant now{};
  std::int64_t minute_of_day = 0;
};

using Answer = AdmissionAnswer;

struct Asked {
  // What was proposed at each look since the last change, the newest last.
  std::span<const std::vector<Change>> looks;
  // Workers of one process: MaxRequestWorkers of a threaded MPM is a multiple of it.
  std::int64_t workers_per_process = 1;
};

// A sentence for the first value of `policy` that makes no sense.
Result<void> check(const ApplyPolicy& policy);

// `past` by time, the oldest first.
Admission admit(const Asked& asked, const ApplyPolicy& policy, std::span<const PastChange> past,
                const LocalTime& time);

}  // namespace mpm::apply
