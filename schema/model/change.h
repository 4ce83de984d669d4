// SPDX-License-Identifier: Apache-2.0
//
// A change of a running server's configuration, from the wish to what became of it: the phases
// that it goes through, each with its moment and a sentence. Plain values; no behaviour: what
// follows what is agent/apply/machine.h's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/model/config_edit.h"
#include "schema/model/fields.h"
#include "schema/model/proposal.h"
#include "schema/model/target.h"
#include "schema/model/units.h"
#include "schema/model/verdict.h"

namespace mpm {

// How long a change is watched at most when nobody says otherwise.
inline constexpr double kLongestWatch = 300;

// How far a change is. Each is journalled before the step that it leads to is taken.
enum class Phase : std::uint8_t {
  Planned,    // nothing is touched
  BackedUp,   // the files are saved; some may be written
  Written,    // all are written; the server has not been told
  Accepted,   // the server's own check takes them; it may have been told to load them
  Loaded,     // it was told
  Verified,   // they were seen in force; the watch is on
  Undoing,    // the files are being brought back
  Restored,   // they are back; the server may have been told to load them again
  Kept,       // ended: the new configuration is in force
  Undone,     // ended: the old one is
  Abandoned,  // ended: nothing was touched
  Stuck,      // ended: it could not be taken back; the last step says what to do
};
inline constexpr std::size_t kPhases = 12;

// Whether nothing follows any more.
constexpr bool has_ended(Phase phase) {
  return phase >= Phase::Kept;
}

struct ChangeStep {
  Instant at{};
  Phase phase = Phase::Planned;
  std::string detail;  // what led here, a sentence; may be empty

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"at", &ChangeStep::at}, Field{"phase", &ChangeStep::phase},
               Field{"detail", &ChangeStep::detail});
  }
};

struct ChangeRequest {
  ConfigQuestion question;
  std::string because;                                 // why; may be empty
  RestartClass most_restart = RestartClass::Graceful;  // the hardest that is allowed
  std::optional<double> watch_seconds;  // at most; 0: not at all; absent: as the data decide
  bool shortened = false;               // a step on the way, as its admission said
  bool unloaded_too = false;            // what others wrote and nobody loaded may be loaded with it
  // Of the proposal that it is made from; absent: of all that the agent remembers. For the hand,
  // which holds the request against that proposal.
  std::optional<double> window_seconds;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"question", &ChangeRequest::question},
               Field{"because", &ChangeRequest::because},
               Field{"most_restart", &ChangeRequest::most_restart},
               Field{"watch_seconds", &ChangeRequest::watch_seconds},
               Field{"shortened", &ChangeRequest::shortened},
               Field{"unloaded_too", &ChangeRequest::unloaded_too},
               Field{"window_seconds", &ChangeRequest::window_seconds});
  }
};

// What a change would be and do, before anybody said yes.
struct ChangePreview {
  EditPlan plan;
  std::vector<std::string> risks;  // what loading it will do to the requests, a sentence each
  // What others wrote and the server never loaded, which it would load with it, likewise.
  std::vector<std::string> unloaded;
  std::string refusal;  // why it is not done as it was asked for; empty: it would be

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"plan", &ChangePreview::plan}, Field{"risks", &ChangePreview::risks},
               Field{"unloaded", &ChangePreview::unloaded},
               Field{"refusal", &ChangePreview::refusal});
  }
};

struct UndoRequest {
  std::int64_t id = 0;  // of the change to take back; 0: the newest that was kept
  RestartClass most_restart = RestartClass::Graceful;
  std::optional<double> watch_seconds;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"id", &UndoRequest::id}, Field{"most_restart", &UndoRequest::most_restart},
               Field{"watch_seconds", &UndoRequest::watch_seconds});
  }
};

struct ChangeRecord {
  std::int64_t id = 0;
  Instant at{};
  Target target;  // as it was when the change was planned
  EditPlan plan;
  std::string because;
  std::int64_t undoes = 0;  // the change that this one takes back; 0: none
  std::optional<double> watch_seconds;
  bool shortened = false;            // a step on the way to what was proposed
  std::string backup;                // the folder of the files as they were
  std::vector<ChangeStep> steps;     // the last one is where it stands
  std::optional<WatchReport> watch;  // once it is watched, or was
  std::string asked_by;  // who had the hand make it; empty: it was made with the asker's own rights

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"id", &ChangeRecord::id}, Field{"at", &ChangeRecord::at},
               Field{"target", &ChangeRecord::target}, Field{"plan", &ChangeRecord::plan},
               Field{"because", &ChangeRecord::because}, Field{"undoes", &ChangeRecord::undoes},
               Field{"watch_seconds", &ChangeRecord::watch_seconds},
               Field{"shortened", &ChangeRecord::shortened}, Field{"backup", &ChangeRecord::backup},
               Field{"steps", &ChangeRecord::steps}, Field{"watch", &ChangeRecord::watch},
               Field{"asked_by", &ChangeRecord::asked_by});
  }
};

inline Phase phase_of(const ChangeRecord& change) {
  return change.steps.empty() ? Phase::Planned : change.steps.back().phase;
}

// A line of the list of changes.
struct ChangeSummary {
  std::int64_t id = 0;
  Instant at{};
  std::int32_t pid = 0;
  Phase phase = Phase::Planned;
  std::string what;  // "MaxRequestWorkers 150 to 400"
  std::string because;
  std::int64_t undoes = 0;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"id", &ChangeSummary::id}, Field{"at", &ChangeSummary::at},
               Field{"pid", &ChangeSummary::pid}, Field{"phase", &ChangeSummary::phase},
               Field{"what", &ChangeSummary::what}, Field{"because", &ChangeSummary::because},
               Field{"undoes", &ChangeSummary::undoes});
  }
};

struct ChangeList {
  std::vector<ChangeSummary> changes;  // the newest first

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"changes", &ChangeList::changes});
  }
};

}  // namespace mpm
