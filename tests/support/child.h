// SPDX-License-Identifier: Apache-2.0
//
// Programs that a test runs: to their end with what they printed, or until the test ends them.
// Always by their pid.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "agent/base/fd.h"

namespace mpm {

struct Finished {
  int status = -1;  // of exit; 128 and the signal when one ended it, as a shell says
  std::string out;
  std::string err;
  double seconds = 0;      // of wall-clock
  double cpu_seconds = 0;  // user and system
  // Of memory in RAM. It is at least what the caller had when it started the program.
  std::int64_t peak_kilobytes = 0;
};

struct RunOptions {
  std::chrono::milliseconds deadline{30000};  // then it is killed
  int user = -1;                              // -1: as the test itself; the group too
  std::vector<std::string> environment{};     // "NAME=value", added to the test's own
};

Finished run(const std::vector<std::string>& arguments, RunOptions options = {});

// A program in the background; its output goes nowhere, or to the end of a file.
class Background {
 public:
  explicit Background(const std::vector<std::string>& arguments, const std::string& log = {},
                      const RunOptions& options = {});
  ~Background();  // ends it and waits
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  pid_t pid() const { return pid_; }
  // Asks it to end, and kills it when it does not within that time. Its status, as Finished has it.
  int end(std::chrono::milliseconds patience = std::chrono::seconds(3));

 private:
  pid_t pid_ = 0;
};

// Also while nobody has reaped it yet: a server that went into the background is init's child.
bool has_ended(pid_t pid);

}  // namespace mpm
