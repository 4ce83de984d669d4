// SPDX-License-Identifier: Apache-2.0
//
// The samples of the past, in SQLite.
//
// Threads: one at a time; whoever shares a History guards it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/history/sqlite.h"
#include "schema/model/result.h"
#include "schema/model/sample.h"

namespace mpm {

class History {
 public:
  // A file, made when it is not there, or ":memory:".
  static Result<History> open(const std::string& path);

  // Gives the sample a seq of its own, whatever it has; it grows, also across restarts.
  Result<void> append(const Sample& sample);

  // Samples of one server by time, both ends included.
  Result<std::vector<Sample>> range(std::int32_t pid, Instant from, Instant to);
  // The first `limit` samples of one server after `seq`.
  Result<std::vector<Sample>> after(std::int32_t pid, std::int64_t seq, std::int64_t limit);

  Result<void> forget_before(Instant instant);

 private:
  History(Database database, Statement insert, Statement insert_process)
      : database_(std::move(database)),
        insert_(std::move(insert)),
        insert_process_(std::move(insert_process)) {}
  Result<void> insert(const Sample& sample);
  Result<std::vector<Sample>> read(Statement statement);
  Result<void> add_processes(std::vector<Sample>& samples);

  Database database_;
  Statement insert_;
  Statement insert_process_;
};

}  // namespace mpm
