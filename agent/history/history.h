// SPDX-License-Identifier: Apache-2.0
//
// The samples of the past, in SQLite, with the minutes and hours that they are summed up to.
// Servers go by a name that outlives restarts, theirs and ours.
//
// Threads: one at a time; whoever shares a History guards it. Processes: one writes, any may read.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/history/rollup.h"
#include "agent/history/sqlite.h"
#include "schema/model/history.h"
#include "schema/model/observation.h"
#include "schema/model/proposal.h"
#include "schema/model/result.h"
#include "schema/model/sample.h"

namespace mpm {

struct StoredSample {
  std::string server;
  Sample sample;
};

// The steps that are kept: of samples there is no shortest.
std::chrono::milliseconds shortest_step(Resolution resolution);

// What is kept, and how long.
struct Keeping {
  std::chrono::hours samples{48};
  std::chrono::hours processes{6};  // of a sample: they are most of it, and wanted for an hour
  std::chrono::days rollups{396};   // thirteen months
  Bytes most = kMiB * 1024;         // of the database; the oldest samples go first
};

// What pools of workers brought in the minutes that are kept. Of a minute with a reload or a
// restart in it nobody knows whose it is.
struct Remembered {
  // Of each number of workers while all of them were busy, the smallest first. Where most of them
  // waited for idle clients, others would have brought more, and such minutes are left out.
  std::vector<FullPool> full_pools;
  // Of more workers than the limit now, on average of a minute, where a larger pool was not full;
  // those that waited for idle clients left out.
  std::optional<FullPool> crowd;
  // Of those that served while all were busy throughout, most of them with waits for idle clients.
  std::optional<FullPool> served;
};

class History {
 public:
  // A file, made when it is not there, or ":memory:".
  static Result<History> open(const std::string& path);
  // Of a file that another one writes.
  static Result<History> open_to_read(const std::string& path);

  // Notes that the database is in use; true when whoever did so before did not end well.
  Result<bool> begin_use();
  Result<void> end_use();
  // Malformed: the file is damaged. Reads all of it.
  Result<void> check();

  // All of them or none. Each gets a seq of its own, whatever it has; it grows, also across
  // restarts. What happened to a server since its sample before is marked.
  Result<void> append(std::span<const StoredSample> samples);
  // Notes it when it is another one than the last of this server.
  Result<void> append(const std::string& server, const Proposal& proposal, Instant at);

  std::vector<std::string> servers();
  // Samples of one server by time, both ends included.
  Result<std::vector<Sample>> range(const std::string& server, Instant from, Instant to);
  // The first `limit` samples of one server after `seq`.
  Result<std::vector<Sample>> after(const std::string& server, std::int64_t seq,
                                    std::int64_t limit);

  // Sums up the minutes and hours that have ended by `now` and were not yet.
  Result<void> roll_up(Instant now);
  // What begins in [from, to), in steps of at least `step`. Minutes that are not summed up yet are
  // made of their samples.
  struct Series {
    Resolution resolution = Resolution::Sample;
    std::vector<Rollup> steps;
  };
  Result<Series> series(const std::string& server, Instant from, Instant to,
                        std::chrono::milliseconds step);
  // Of the minutes that are summed up and begin in [from, to).
  Result<Remembered> remembered(const std::string& server, Instant from, Instant to,
                                std::int64_t worker_limit);
  // A proposal comes with what it proposed.
  struct Mark {
    HistoryMark mark;
    std::optional<Proposal> proposal;
  };
  Result<std::vector<Mark>> marks(const std::string& server, Instant from, Instant to);

  // Some of what is too old or too much, so that nobody waits for long; true: there is more.
  Result<bool> forget(const Keeping& keeping, Instant now);
  // That is used within the file.
  Result<Bytes> size();

 private:
  History(Database database, Statement insert, Statement insert_process)
      : database_(std::move(database)),
        insert_(std::move(insert)),
        insert_process_(std::move(insert_process)) {}
  static Result<History> prepared(Database database);

  Result<std::int64_t> number(std::string_view sql, std::span<const std::int64_t> parameters = {});
  Result<std::int64_t> id_of(const std::string& server);
  std::optional<std::int64_t> known(const std::string& server);
  Result<void> append_all(std::span<const StoredSample> samples);
  Result<void> insert(std::int64_t server, const Sample& sample);
  Result<void> mark_what_happened(std::int64_t server, const Sample& sample);
  Result<void> mark(std::int64_t server, const HistoryMark& mark, std::string_view proposal);
  Result<std::vector<Sample>> read(Statement statement);
  Result<std::vector<Sample>> between(const std::string& select, std::int64_t server, Instant from,
                                      Instant to);
  Result<std::vector<Sample>> looks(std::int64_t server, Instant from, Instant to);
  Result<void> add_processes(std::vector<Sample>& samples);

  Result<std::vector<Rollup>> rollups(std::string_view table, std::int64_t server, Instant from,
                                      Instant to);
  Result<void> keep(std::string_view table, std::int64_t server, std::span<const Rollup> rollups);
  Result<void> roll_up_minutes(std::int64_t server, Instant until);
  Result<void> roll_up_hours(std::int64_t server, Instant until);
  Result<std::vector<FullPool>> full_pools(const std::string& server, Instant from, Instant to);
  // Of the minutes for which `which` holds and in which more than `beyond` workers served.
  Result<std::optional<FullPool>> summed_up(const std::string& server, Instant from, Instant to,
                                            std::string_view which, std::int64_t beyond);
  Result<std::vector<Rollup>> minutes(std::int64_t server, Instant from, Instant to);
  Result<bool> has_all_looks(std::int64_t server, Instant from, Instant to);
  Result<bool> forget_before(std::string_view table, Instant instant);

  Database database_;
  Statement insert_;
  Statement insert_process_;
  std::map<std::string, std::int64_t> ids_;  // of servers, as far as they were asked for
  std::map<std::int64_t, Sample> last_;      // of each server that samples were appended of
};

}  // namespace mpm
