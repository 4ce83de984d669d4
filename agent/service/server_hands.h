// SPDX-License-Identifier: Apache-2.0
//
// The steps of a change, done to a real server: its files by FileSwap, its program and signals by
// the TargetDriver, what came of it by looks at it.
//
// Threads: one, the executor's. The looks are the agent's and safe from there.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/apply/executor.h"
#include "agent/apply/file_world.h"
#include "agent/apply/judge.h"
#include "agent/base/clock.h"
#include "agent/config/edit.h"
#include "agent/proc/proc_fs.h"
#include "agent/target/driver.h"
#include "agent/target/error_log.h"
#include "agent/target/evidence.h"
#include "agent/target/launch.h"
#include "agent/target/load_watch.h"
#include "agent/target/server_driver.h"
#include "schema/model/result.h"
#include "schema/model/sample.h"

namespace mpm {

// What the hands need of the agent and of the host. All must outlive them.
struct HandsWorld {
  apply::FileWorld& files;
  const ProcFs& proc;
  Clock& clock;
  // One look at a server now; its memory is left out.
  std::function<Result<Sample>(const Target&)> look;
  // The samples of the last minutes, by time.
  std::function<std::vector<Sample>(const Target&)> past;
  // Tells what the watch has seen so far.
  std::function<void(std::int64_t change, const WatchReport&)> report;
  DriverOptions driver{};                        // how long a check, an order, a start may take
  std::chrono::milliseconds seen_within{30000};  // from an order to its being seen in force
};

// What they need to know of one server.
struct HandsServer {
  std::vector<config::FileEdit> edits;  // of a change that begins; to take one back needs none
  std::string root;                     // of its files; "" is this host's own
  std::string error_log;                // absolute, below root; empty: it is not known
  Launch launch;                        // by which it is started when it has ended
};

class ServerHands final : public apply::Hands {
 public:
  ServerHands(const HandsWorld& world, HandsServer server)
      : world_(world), server_(std::move(server)) {}

  Result<std::string> take(apply::Effect effect, const ChangeRecord& change,
                           const std::stop_token& stop) override;

 private:
  Result<std::string> back_up(const ChangeRecord& change, const std::stop_token& stop);
  Result<std::string> write(const ChangeRecord& change);
  Result<std::string> check(const ChangeRecord& change);
  Result<std::string> load(const ChangeRecord& change);
  Result<std::string> verify(const ChangeRecord& change, const std::stop_token& stop);
  Result<std::string> watch(const ChangeRecord& change, const std::stop_token& stop);
  Result<std::string> restore(const ChangeRecord& change);
  Result<std::string> load_back(const ChangeRecord& change);

  // The driver of the server that runs now, which may be another than the one of the change.
  Result<TargetDriver*> driver(const ChangeRecord& change);
  // Looks at it and marks the end of its log, before it is told anything.
  void look_first(const Target& target);
  LoadSight see(const ChangeRecord& change, std::vector<ValueChange> values,
                std::chrono::milliseconds deadline, const std::stop_token& stop);
  Result<std::string> reload(const ChangeRecord& change, TargetDriver& hand);
  Result<std::string> start_again(const ChangeRecord& change);

  const HandsWorld world_;
  const HandsServer server_;
  std::unique_ptr<TargetDriver> driver_;
  std::unique_ptr<ServerEyes> eyes_;
  ServerEvidence first_;
  std::optional<LogMark> log_;
  bool told_ = false;  // to load, by these hands
  std::vector<Sample> before_;
  // Seen in force then, and by the clock that nobody sets.
  Instant in_force_{};
  std::chrono::steady_clock::time_point in_force_mono_{};
};

}  // namespace mpm
