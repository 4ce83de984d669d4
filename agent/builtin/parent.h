// SPDX-License-Identifier: Apache-2.0
//
// The parent process: it opens the listeners and the scoreboard, starts children, keeps their
// number as the directives want it, and hears the signals.
//
//   TERM, INT   stop now           USR1    graceful: new configuration, requests end in peace
//   WINCH       graceful stop      HUP     restart: new configuration, requests are cut
//
// It has one thread, so forking is safe. A configuration that cannot be read at a restart is said
// in the error log and the server goes on with the one it has; httpd would die of it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include <sys/types.h>

#include "agent/apache/constraints.h"
#include "agent/apache/maintenance.h"
#include "agent/builtin/bucket.h"
#include "agent/builtin/generation.h"
#include "schema/model/result.h"

namespace mpm::builtin {

using apache::Bucket;
using apache::Daemons;
using apache::Shortage;
using apache::SlotView;

class Parent {
 public:
  // Reads the configuration again; with what a running parent keeps.
  using ReadSettings = std::function<Result<Settings>(const RunningLimits&)>;

  // All that can fail at a start: logs, document root, listeners, scoreboard.
  static Result<std::unique_ptr<Parent>> prepare(Settings settings, ReadSettings read);
  ~Parent();

  // Serves until it is told to stop. Call it in the process that is to be the parent.
  void run();

 private:
  enum class Event : std::uint8_t { None, Stop, GracefulStop, Graceful, Restart };
  struct Child {
    std::int32_t slot = 0;
    std::int32_t generation = 0;
    bool counted_quiescing = false;
  };

  Parent(ReadSettings read, SharedScoreboard board)
      : read_(std::move(read)), board_(std::move(board)) {}

  Event serve_generation();
  Result<void> next_generation(Event how);
  Result<void> change_listeners(const Settings& settings, std::int32_t count);
  void start_children(std::int32_t count);
  bool start_child(std::int32_t slot);
  [[noreturn]] void be_child(std::int32_t slot);
  bool reap();
  void note_end(pid_t pid, int status);
  void free_slot(pid_t pid, std::int32_t slot) const;
  static Event wait(milliseconds longest);
  void keep_up();
  bool keep_up(const Bucket& bucket);
  void say_shortage(Shortage shortage, std::int32_t idle);
  std::vector<SlotView> look();
  SlotView look_at(std::int32_t slot) const;
  void end_children_now();
  void stop_gracefully();
  void say(LogLevel level, std::string_view code, std::string_view text) const;

  ReadSettings read_;
  SharedScoreboard board_;
  std::unique_ptr<Generation> generation_;
  std::vector<ListenBucket> buckets_;
  UniqueFd mpm_mark_;
  std::map<pid_t, Child> children_;
  Daemons daemons_;
  std::int32_t hold_off_ = 0;   // starting seconds without doubling that are left
  std::int32_t used_ = 0;       // one more than the highest slot ever used
  std::int32_t remaining_ = 0;  // children still to start after a graceful restart
  std::int32_t killed_in_a_row_ = 0;
  std::size_t ended_ = 0;  // children that were told to go under prefork
  bool said_at_limit_ = false, said_near_limit_ = false;
};

}  // namespace mpm::builtin
