// SPDX-License-Identifier: Apache-2.0
//
// The changes of this host's servers: led one at a time, on a thread of its own, and told about
// from the journal. What an agent left open when it ended is taken back before anything else.
//
// Threads: every method may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "agent/apply/executor.h"
#include "agent/base/clock.h"
#include "schema/model/change.h"
#include "schema/model/result.h"

namespace mpm {

// What was taken back, and by which change. What takes a change back may have been taken back
// itself, and then the change is in force again.
std::map<std::int64_t, std::int64_t> taken_back(std::span<const ChangeRecord> newest_first);

class Changes {
 public:
  // Hands for a change of the journal, with what was noted of how its server is started.
  using HandsFor =
      std::function<std::unique_ptr<apply::Hands>(const ChangeRecord&, const std::string& launch)>;

  // The journal, its lock and the backups are in `directory`; nothing is made before a change is.
  // The clock must outlive this.
  Changes(std::string directory, Clock& clock) : directory_(std::move(directory)), clock_(clock) {}
  // A change that is under way is taken back first.
  ~Changes();
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;

  // Leads every open change to its end. Nothing when another process is at one. After an error
  // nothing else can begin, and what was changed before can still be told.
  Result<void> recover(const HandsFor& hands_for);

  // Journals the change and leads it from then on; gives it as it was journalled. Conflict: another
  // change is under way, here or in another process, or was left open and cannot be taken back.
  Result<ChangeRecord> begin(ChangeRecord change, const std::string& launch,
                             const HandsFor& hands_for);

  // From begin() until the change has ended.
  bool is_leading() const;

  // Notes what the watch of a change came to. A journal that fails here fails at the next phase.
  void note_watch(std::int64_t id, const WatchReport& report) const;

  Result<ChangeList> list(std::int64_t limit) const;
  // The same whole.
  Result<std::vector<ChangeRecord>> newest(std::int64_t limit) const;
  // With the error that ended it when the journal itself failed.
  Result<ChangeRecord> find(std::int64_t id) const;

 private:
  Result<Journal> journal() const;
  Result<void> recover_all(const HandsFor& hands_for) const;
  Result<void> nothing_is_open(Journal& book) const;
  void lead(const std::stop_token& stop, const ChangeRecord& change, apply::Hands& hands);

  const std::string directory_;
  Clock& clock_;
  mutable std::mutex mutex_;
  bool leading_ = false;            // guarded by mutex_
  std::int64_t failed_ = 0;         // the change whose journal failed; guarded by mutex_
  std::optional<Error> failure_;    // guarded by mutex_
  std::optional<Error> left_open_;  // why recovery failed; guarded by mutex_
  std::jthread thread_;             // last: it must end before what it uses
};

}  // namespace mpm
