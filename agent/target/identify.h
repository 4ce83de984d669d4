// SPDX-License-Identifier: Apache-2.0
//
// Whether a process belongs to an httpd, and how surely we know.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/apache/binary.h"
#include "agent/proc/proc_fs.h"

namespace mpm {

enum class Proof : std::uint8_t {
  None,     // it is something else
  Name,     // it is called like an httpd, and more may not be read
  Content,  // it maps a scoreboard and an MPM, or its binary is an httpd's
};

struct Identity {
  Proof proof = Proof::None;
  std::int32_t parent = 0;  // its parent process
  std::string program;      // what tells one server's program from another's
};

// Looks into processes and their executables, and remembers what it saw: a host is looked over
// every few seconds, and reading a program of many megabytes each time, or the maps of all that
// runs, would be most of an agent's work. A process is looked into again when it has another
// executable, an executable when its file has changed. Several threads may use one.
class Recognizer {
 public:
  // An MPM module or an httpd executable, and shared writable memory beside it.
  Identity identify(const ProcFs& proc, std::int32_t pid);
  // Likewise, for who looks over a whole host again and again. What was no httpd is looked into
  // ever more rarely, each sixteenth time at last: it may still map its shared memory, as one that
  // waits for the passphrase of a key. A thread of the kernel is looked at once.
  Identity glance(const ProcFs& proc, std::int32_t pid);
  // What the executable of that process tells, as the process has it open, also when the file is
  // deleted or in a container. nullopt: it is no httpd's. Denied, NotFound: it cannot be read.
  Result<std::optional<BinaryFacts>> binary(const ProcFs& proc, std::int32_t pid);
  // Of no process but these; all that runs now.
  void keep_only(const std::vector<std::int32_t>& pids);

 private:
  struct File {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t changed_ns = 0;
    std::int64_t bytes = 0;
    auto operator<=>(const File&) const = default;
  };
  struct Met {
    std::uint64_t start_ticks = 0;
    File executable;
    std::string program;
  };
  struct Other {
    // Tells it from the next of its pid where its executable may not be seen.
    std::uint64_t start_ticks = 0;
    std::optional<File> executable;
    bool is_kernels = false;  // a thread of the kernel
    unsigned glances = 0;
  };
  Identity look_into(const ProcFs& proc, std::int32_t pid, const ProcStat& stat,
                     const std::optional<File>& file);
  bool is_passed_over(const ProcFs& proc, std::int32_t pid, const std::optional<File>& file);
  static std::optional<File> executable(const ProcFs& proc, std::int32_t pid);
  std::optional<Identity> met(std::int32_t pid, const ProcStat& stat,
                              const std::optional<File>& executable);

  std::mutex mutex_;
  std::map<std::int32_t, Met> met_;                         // those whose content is an httpd's
  std::map<std::int32_t, Other> others_;                    // those that glances found to be none
  std::map<File, std::optional<BinaryFacts>> executables_;  // of all that were read
};

// Whether shared memory that may be a scoreboard is mapped, from the text of /proc/PID/maps.
bool maps_shared_memory(std::string_view maps);

// Whether a process of this name is likely an httpd: "apache2", "httpd", "httpd-prefork".
bool called_like_httpd(std::string_view name);

}  // namespace mpm
