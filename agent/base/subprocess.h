// SPDX-License-Identifier: Apache-2.0
//
// One program run to its end, with an end: arguments go to it as they are and never through a
// shell, its output is kept up to a bound, and at the deadline it is killed with all that it has
// started in its process group. It inherits nothing by accident: no descriptor, no signal mask,
// no environment but the one that is given.
//
// A program may be put in the place of another process (ProcessPlace): its user, its limits, its
// cgroups, and its namespaces and root directory when that one lives in a container. Then it is
// no more than that process was: a container's httpd is not run with the host's rights.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

#include "agent/base/fd.h"
#include "schema/model/result.h"

namespace mpm {

struct ProcessUser {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};

// Where a program runs. What is empty is as it is for the agent itself.
struct ProcessPlace {
  std::vector<std::string> environment;  // "NAME=value", all that it gets
  std::string directory = "/";
  std::optional<ProcessUser> user;
  std::optional<mode_t> file_mask;                // umask
  std::vector<std::pair<int, rlimit>> limits;     // by RLIMIT_ number
  std::optional<std::uint64_t> capability_bound;  // CapBnd; what is not in it is given up
  // Of a container: entered in this order, then `root` becomes the root directory.
  std::vector<UniqueFd> namespaces;
  UniqueFd root;
};

struct Command {
  // The program first: an absolute name, or one that is looked for in `search_path`.
  std::vector<std::string> arguments;
  std::string search_path;  // "/usr/sbin:/usr/bin"; empty: the first argument is absolute
  // Files cgroup.procs, for each hierarchy the wanted group first and then those above it: the
  // first that takes the program is its group. Empty: the agent's own.
  std::vector<std::vector<std::string>> cgroups;
  std::chrono::milliseconds deadline{30000};
  std::size_t output_bound = std::size_t{1} << 20;  // bytes kept of each of the two
};

struct Outcome {
  int exit_status = 0;  // of exit(); 0 also when a signal ended it
  int signal = 0;       // that ended it; 0: none did
  bool timed_out = false;
  std::string out, err;
  bool cut = false;                 // output beyond the bound was read and thrown away
  std::vector<std::string> losses;  // "it runs in the agent's own cgroup: …"

  bool succeeded() const { return !timed_out && signal == 0 && exit_status == 0; }
};

// NotFound, Denied: there is no such program, or it may not be run; nothing was. An outcome with
// timed_out says that the program was ended here, not that it failed. Programs that it put into
// sessions of their own, as a server that goes into the background, live on.
// Safe from any thread; blocks up to the deadline.
Result<Outcome> run_command(const Command& command, const ProcessPlace& place = {});

// The absolute name of a program in a list of directories, "/usr/sbin:/usr/bin".
std::optional<std::string> find_program(const std::string& name, const std::string& search_path);

}  // namespace mpm
