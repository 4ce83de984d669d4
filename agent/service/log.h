// SPDX-License-Identifier: Apache-2.0
//
// What the agent says while it runs: a sentence a line on standard error. Where that goes to the
// journal, each line begins with its priority, as "<4>", which the journal takes off again
// (sd-daemon(3)); elsewhere with the program's name.
//
// Threads: any; a line is written at once.
#pragma once

#include <cstdint>
#include <string>

namespace mpm {

// syslog's numbers.
enum class Priority : std::uint8_t { Error = 3, Warning = 4, Notice = 5 };

class Log {
 public:
  // By JOURNAL_STREAM of the environment, which names the journal's end of standard error.
  Log();
  explicit Log(bool is_journal) : is_journal_(is_journal) {}

  void write(Priority priority, const std::string& sentence) const;
  // The line that is written.
  std::string line(Priority priority, std::string sentence) const;

 private:
  bool is_journal_;
};

// Whether "DEVICE:INODE" is that file.
bool is_stream(const char* named, std::uint64_t device, std::uint64_t inode);

}  // namespace mpm
