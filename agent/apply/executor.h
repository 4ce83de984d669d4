// SPDX-License-Identifier: Apache-2.0
//
// Leads a change through its life (machine.h): journals a phase, takes its step, journals where
// that led. What the steps do to files and servers is the Hands' matter; what follows on what is
// the table's.
//
// Threads: one. Whoever runs an Executor holds the ChangeLock; the hands are those for the change
// that it leads.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "agent/apply/machine.h"
#include "agent/base/clock.h"
#include "agent/history/journal.h"
#include "schema/model/change.h"
#include "schema/model/result.h"

namespace mpm::apply {

// The steps of a change, done to something. Each may be cut off at any point by the end of the
// process; Restore and LoadBack must then be able to be taken again.
class Hands {
 public:
  virtual ~Hands() = default;
  // Blocks until it is done; gives a sentence about what was done, or why it was not. When a stop
  // is asked for, Verify and Watch fail soon.
  virtual Result<std::string> take(Effect effect, const ChangeRecord& change,
                                   const std::stop_token& stop) = 0;
};

class Executor {
 public:
  Executor(Journal& journal, Hands& hands, Clock& clock)
      : journal_(journal), hands_(hands), clock_(clock) {}

  // A change that was just begun, to its end. Once a stop is asked for it is taken back. An error
  // means that the journal failed: then everything was taken back as far as possible, and resume()
  // does so again.
  Result<Phase> carry_out(std::int64_t id, const std::stop_token& stop);

  // A change that an agent left open when it ended, to its end.
  Result<Phase> resume(const ChangeRecord& change);

 private:
  Result<void> enter(std::int64_t id, Phase phase, const std::string& detail);
  Error taken_back(const ChangeRecord& change, Error journal_error);

  Journal& journal_;
  Hands& hands_;
  Clock& clock_;
};

}  // namespace mpm::apply
