// SPDX-License-Identifier: Apache-2.0
//
// How a server's parent process was started, noted while it runs, so that it can be started again
// after it has ended. It holds an environment, which may hold secrets: it is kept in the journal,
// for its owner alone, and never on the wire.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/model/fields.h"

namespace mpm {

struct LaunchLimit {
  std::int64_t resource = 0;  // RLIMIT_ number
  std::int64_t soft = 0;      // as the kernel counts; -1: none
  std::int64_t hard = 0;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"resource", &LaunchLimit::resource}, Field{"soft", &LaunchLimit::soft},
               Field{"hard", &LaunchLimit::hard});
  }
};

// The files cgroup.procs of one hierarchy: the wanted group first, then those above it.
struct LaunchGroup {
  std::vector<std::string> files;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"files", &LaunchGroup::files});
  }
};

struct Launch {
  std::string binary;
  std::vector<std::string> arguments;    // of a start, the program first
  std::vector<std::string> environment;  // "NAME=value"
  std::string directory;
  std::int64_t uid = -1;  // -1: as the agent's own, and so on
  std::int64_t gid = -1;
  std::vector<std::int64_t> groups;
  std::int64_t file_mask = -1;
  std::vector<LaunchLimit> limits;
  std::vector<LaunchGroup> cgroups;
  std::string unit;     // systemd's, whose main process it is; then that starts it
  std::string refusal;  // why it cannot be started from here, as in a container; empty: it can

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"binary", &Launch::binary}, Field{"arguments", &Launch::arguments},
               Field{"environment", &Launch::environment}, Field{"directory", &Launch::directory},
               Field{"uid", &Launch::uid}, Field{"gid", &Launch::gid},
               Field{"groups", &Launch::groups}, Field{"file_mask", &Launch::file_mask},
               Field{"limits", &Launch::limits}, Field{"cgroups", &Launch::cgroups},
               Field{"unit", &Launch::unit}, Field{"refusal", &Launch::refusal});
  }
};

}  // namespace mpm
