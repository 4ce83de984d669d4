// SPDX-License-Identifier: Apache-2.0
//
// Programs of ours that this one starts: where they are, a directory for what they leave, their
// start, and waiting for their end. Each has a process group of its own, so that Ctrl-C on the
// terminal reaches this program alone, which then ends them and tidies up.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <spawn.h>
#include <sys/types.h>

#include "schema/model/result.h"

namespace mpm {

// The program of this name beside this one, else in PATH. Empty when there is none.
std::string program_beside(std::string_view name);

// A new directory of mode 0700; whoever asked for it removes it.
Result<std::string> private_directory();

// The last line of a log that is not empty, printable; "" when there is none.
std::string last_line(const std::string& file);

// "No such file or directory" of an error code.
std::string reason(int code);

// What the child does before it runs: its descriptors are as we say, no signal is blocked or
// ignored, and its group is its own.
class SpawnPlan {
 public:
  SpawnPlan();
  ~SpawnPlan();
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void connect(int from, int to);
  void write_to(const std::string& file, int to);
  void read_nothing();
  // The error code, 0 for none.
  int run(const std::string& binary, std::vector<std::string> arguments, pid_t& child);

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// Whether the child has ended within the time; it is reaped then.
bool ends_within(pid_t child, std::chrono::milliseconds time);

}  // namespace mpm
