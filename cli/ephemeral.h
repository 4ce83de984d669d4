// SPDX-License-Identifier: Apache-2.0
//
// An agent for the length of one command. mpm-agent is started as a child on a socket in a
// private directory (mode 0700), and its life hangs on a pipe: it holds the reading end as
// its stdin and exits at end of file, so it ends with mpmctl however mpmctl ends, SIGKILL
// included. On its stdout it prints one line, "ready", once it listens. Lines before that, "note "
// and a sentence, are for the user: the agent is at something that may take a while, as taking
// back a change that was left open, and is waited for accordingly.
//
// The agent has a process group of its own, so that Ctrl-C on the terminal reaches mpmctl
// alone, which then ends the agent and removes the directory.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include <sys/types.h>

#include "schema/model/result.h"

namespace mpm {

struct EphemeralOptions {
  std::chrono::milliseconds ready_within{10'000};
  std::chrono::milliseconds ended_within{2'000};   // then it gets SIGTERM, then SIGKILL
  std::string state;                               // its --state; empty: its own choice
  std::string service;                             // its --service; empty: its own choice
  std::function<void(const std::string&)> tell{};  // gets the notes
  bool show_log = false;  // the agent's stderr goes to ours, else to a file in its directory
};

// Thread safety: end() may be called from any thread, also while start() waits.
class EphemeralAgent {
 public:
  explicit EphemeralAgent(EphemeralOptions options) : options_(std::move(options)) {}
  ~EphemeralAgent() { end(); }
  EphemeralAgent(const EphemeralAgent&) = delete;
  EphemeralAgent& operator=(const EphemeralAgent&) = delete;

  // Starts the agent and waits until it listens; the path of its socket. NotFound when there
  // is no mpm-agent beside this program nor in PATH; Unreachable when it ends before it is
  // ready, with the last line of its log; TimedOut when it is not ready in time.
  Result<std::string> start();

  // Ends the agent, waits for its end, removes its directory. Harmless when none runs.
  void end();

 private:
  Result<void> launch(int& ready);
  Result<void> spawn(const std::string& binary, int input, int output);
  Result<void> wait_until_ready(int ready);
  void take_note(const std::string& line);
  Error ended_early();
  void reap() const;

  EphemeralOptions options_;
  std::mutex mutex_;
  std::string directory_;
  pid_t child_ = 0;
  int leash_ = -1;  // the writing end of the agent's stdin
};

}  // namespace mpm
