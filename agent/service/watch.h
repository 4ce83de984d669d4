// SPDX-License-Identifier: Apache-2.0
//
// One server under watch: it is looked at on request and, once begun, at a steady pace on a
// thread of its own, so that a server whose status page hangs holds up no other. What the
// configuration says is read anew when the server was reloaded or a file changed.
//
// Threads: every method may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "agent/apache/constraints.h"
#include "agent/base/clock.h"
#include "agent/observe/sampler.h"
#include "agent/observe/top.h"
#include "agent/observe/workers.h"
#include "agent/proc/proc_fs.h"
#include "agent/service/server_settings.h"
#include "agent/service/snapshot.h"
#include "schema/model/result.h"
#include "schema/model/sample.h"
#include "schema/model/settings.h"
#include "schema/model/target.h"

namespace mpm {

// Between the two looks that a rate needs when there is none of the last seconds.
inline constexpr std::chrono::milliseconds kRateSpan{250};

// One look and what came with it.
struct Look {
  Sample sample;
  std::vector<SourceStatus> sources;
  std::vector<std::string> losses;
};

// A look with the words of its slots, and an earlier one that rates are held against.
struct WordedLooks {
  Look look;
  std::shared_ptr<const WorkersLook> now;
  std::shared_ptr<const WorkersLook> before;  // null when there was none in the last seconds
};

struct Pace {
  std::chrono::milliseconds interval{1000};
  std::chrono::milliseconds sweep_every{10000};
  // Of the interval that sweeps may take, so that one is spread over several looks; 0: all at once.
  double sweep_share = 0;
};

// Who is watched, for the history.
struct WatchName {
  // Stands in the samples where a pid does: for a server known by its URL a negative number.
  std::int32_t key = 0;
  std::string server;  // outlives the process
};

class Watch {
 public:
  using Sink = std::function<void(Sample)>;

  // The clock must outlive the watch; `sink` is called on the watch's thread.
  Watch(Target target, WatchName name, const ProcFs& proc, Clock& clock, Pace pace, Sink sink);

  // Looks now, on the caller's thread; the sample does not go to the sink.
  Result<Look> look(Sweep sweep);
  // Likewise, of every slot.
  Result<ScoreboardView> look_at_slots();
  // Likewise, with the words of the slots.
  Result<WorkersLook> look_at_words(const RequestTextQuery& query);
  // Likewise, of all slots, and kept for a few seconds: for rates.
  Result<WordedLooks> look_again();
  // Starts looking at the pace. Idempotent.
  void begin();
  bool begun() const { return is_begun_; }
  // What the last look saw, never null; before the first one, that there was none. Never waits
  // for a look.
  std::shared_ptr<const Snapshot> snapshot() const;

  const Target& target() const { return target_; }
  const std::string& server() const { return name_.server; }
  MpmSettings settings();
  // What of its configuration is newer than its last start or reload.
  std::vector<std::string> newer_files();
  // What the running parent keeps until it is stopped; zeros when its scoreboard is not read.
  RunningLimits running();
  // The scoreboard of the last look, after one when there was none yet; absent when it fails.
  std::optional<Scoreboard> board();
  // True once the server has ended; a watch does not come back to life. Never waits for a look.
  bool ended() const;
  // Why the last look failed; nullopt when it did not.
  std::optional<Error> trouble() const;

 private:
  void run(const std::stop_token& stop);
  Result<Look> look_locked(Occasion occasion, Sweep sweep);
  Result<Look> look_unseen(Occasion occasion, Sweep sweep);
  Result<WorkersLook> words_locked(Instant at, const RequestTextQuery& query);
  Sweep due(std::chrono::steady_clock::time_point now,
            std::chrono::steady_clock::time_point& next_sweep) const;
  const MpmSettings& settings_at(Occasion occasion);
  void publish(const Result<Look>& seen, std::chrono::duration<double> took);

  const Target target_;
  const ProcFs proc_;
  const WatchName name_;
  Clock& clock_;
  const Pace pace_;
  const Sink sink_;

  mutable std::mutex mutex_;
  Sampler sampler_;          // guarded by mutex_
  ServerSettings settings_;  // guarded by mutex_
  // When the files of the configuration are looked at next; guarded by mutex_.
  std::chrono::steady_clock::time_point next_files_;
  std::atomic<bool> ended_ = false;
  std::optional<Error> trouble_;  // guarded by mutex_
  EarlierLooks earlier_;          // guarded by mutex_

  mutable std::mutex snapshot_mutex_;         // held to copy the pointer, and after mutex_
  std::shared_ptr<const Snapshot> snapshot_;  // guarded by snapshot_mutex_

  std::once_flag begun_;
  std::atomic<bool> is_begun_ = false;
  std::jthread thread_;  // last: it must end before what it uses
};

}  // namespace mpm
