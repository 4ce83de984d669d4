// SPDX-License-Identifier: Apache-2.0
//
// What was changed and how far each change is: a phase is on the disk before the step that it
// announces is taken, so that whoever comes after a crash knows what may have been done.
//
// Threads: one at a time. Processes: one at a time may change anything, the holder of the
// ChangeLock; others may read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/fd.h"
#include "agent/history/sqlite.h"
#include "schema/model/change.h"
#include "schema/model/result.h"

namespace mpm {

// The right to change configurations on this host, held by one process at a time: a lock on a file
// in the state directory, which the kernel takes back from a process that ends in any way.
class ChangeLock {
 public:
  // Conflict: another process has it, and the sentence says which.
  static Result<ChangeLock> take(const std::string& directory);

 private:
  explicit ChangeLock(UniqueFd file) : file_(std::move(file)) {}
  UniqueFd file_;
};

class Journal {
 public:
  // changes.db in that directory; both are made when they are not there, for their owner alone.
  static Result<Journal> open(const std::string& directory);

  // Writes a new change with its first step; gives its id, which grows.
  Result<std::int64_t> begin(const ChangeRecord& change, const std::string& launch);
  Result<void> set_backup(std::int64_t id, const std::string& path);
  Result<void> set_watch(std::int64_t id, const WatchReport& report);
  Result<void> enter(std::int64_t id, const ChangeStep& step);

  // NotFound: there is no such change.
  Result<ChangeRecord> find(std::int64_t id);
  Result<std::string> launch(std::int64_t id);
  // The newest first.
  Result<std::vector<ChangeRecord>> newest(std::int64_t limit);
  // Those that have not ended, the oldest first.
  Result<std::vector<ChangeRecord>> open_changes();

 private:
  explicit Journal(Database database) : database_(std::move(database)) {}
  Result<std::vector<ChangeRecord>> read(Statement statement);
  Result<void> set(std::int64_t id, const char* update, std::string_view value);
  Result<void> add_step(std::int64_t id, const ChangeStep& step);

  Database database_;
};

// "MaxRequestWorkers 150 to 400, ThreadsPerChild 25 to 32"; "worker to event" first.
std::string words_for(const EditPlan& plan);
ChangeSummary summary_of(const ChangeRecord& change);

}  // namespace mpm
