// SPDX-License-Identifier: Apache-2.0
//
// The history of all servers behind one writer. Samples are queued and written once a second in one
// transaction, so that a kill takes the last second at most and whoever samples never waits for
// a disk; minutes are summed up and old things forgotten in between. Each reader has a connection
// of its own.
//
// A file that is damaged is set aside under a name with the time, and a new one begun. Where none
// can be written (a full disk, no permission), the last hour is kept in memory, so that advice goes
// on, and the file is tried again every minute. Either is said once, in a sentence.
//
// Threads: every method may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agent/base/clock.h"
#include "agent/history/history.h"
#include "schema/model/result.h"

namespace mpm {

struct StoreOptions {
  std::string path = ":memory:";
  Keeping keep;
  // Of what becomes of the database; from any thread.
  std::function<void(const std::string&)> tell;
};

class Store {
 public:
  // `clock` must outlive the store. Never fails: the worst is a history in memory.
  Store(StoreOptions options, Clock& clock);
  ~Store();  // writes what is queued
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Never waits for a disk. What is in memory can be read at once, else within a second.
  void append(StoredSample sample);
  // Waits for the writer.
  void append(const std::string& server, const Proposal& proposal);

  template <class T>
  Result<T> read(const std::function<Result<T>(History&)>& question);

  // Samples written since the start.
  std::int64_t stored() const { return stored_; }

 private:
  void open(Instant now);
  void begin_file(Instant now);
  Result<void> try_file();
  void check();
  void fall_back(const Error& error);
  void set_aside(const Error& error, Instant now);
  void write_queued();
  void write(const std::vector<StoredSample>& samples);
  void keep_house(Instant now);
  void run(const std::stop_token& stop);
  void tell(const std::string& sentence) const;

  Result<std::unique_ptr<History>> borrow();
  void give_back(std::unique_ptr<History> reader, std::int64_t era);

  const StoreOptions options_;
  Clock& clock_;

  std::mutex queue_mutex_;
  std::vector<StoredSample> queue_;  // guarded by queue_mutex_
  std::int64_t lost_ = 0;            // guarded likewise

  std::mutex history_mutex_;
  std::optional<History> history_;  // guarded by history_mutex_; always there between calls
  bool is_in_doubt_ = false;        // guarded likewise: the file was not closed well
  std::atomic<bool> in_memory_ = true;
  std::atomic<std::int64_t> stored_ = 0;

  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<History>> readers_;  // guarded by readers_mutex_
  std::int64_t era_ = 0;  // of the file; guarded likewise: readers of another are of no use

  std::jthread writer_;  // last: it must end before what it uses
};

template <class T>
Result<T> Store::read(const std::function<Result<T>(History&)>& question) {
  if (in_memory_) {
    const std::lock_guard lock(history_mutex_);
    if (!history_) return fail(Error::Kind::Internal, "there is no memory for a history");
    return question(*history_);
  }
  std::int64_t era = 0;
  {
    const std::lock_guard lock(readers_mutex_);
    era = era_;
  }
  auto reader = borrow();
  if (!reader) return fail(std::move(reader.error()));
  auto answer = question(**reader);
  if (answer) give_back(std::move(*reader), era);
  return answer;
}

}  // namespace mpm
