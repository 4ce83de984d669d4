// SPDX-License-Identifier: Apache-2.0
//
// Where a configuration is read from, and with what: a running server's files, as it sees them,
// with its arguments, environment and built-in modules; or a tree that no server runs, with what
// can be known of the one that would: from its binary when it lies in the tree too, and from what
// is usual for a tree of that layout.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "agent/apache/constraints.h"
#include "agent/config/site.h"
#include "agent/files/host_files.h"
#include "agent/proc/proc_fs.h"
#include "schema/model/config_edit.h"
#include "schema/model/result.h"
#include "schema/model/target.h"

namespace mpm {

struct SiteSource {
  config::SiteOptions options;
  std::string root;  // of its file system; "" is this host's own
  std::shared_ptr<const HostFiles> files;
  std::int32_t pid = 0;  // 0: nobody runs it
  std::optional<Mpm> mpm;
  RunningLimits running;
};

config::SiteOptions site_options(const Target& target, const ProcFs& proc);

// The server's own root, through its process; or "", the host's, where that one may not be entered
// (the target's losses say that permission is missing), and where both are the same: a name that
// goes through a process ends with it, and what is saved must still be found after a restart.
std::string root_of(const ProcFs& proc, const Target& target);

// Who a running server is, for what its files are read with; nobody when its process has gone, runs
// a set-uid program, or is not the one any more that was found: another one may have its number by
// now, or it may have become another program, whose rights are not for what the first one named.
FileReader reader_of(const ProcFs& proc, const Target& target);

// Usage: nothing says which file is the configuration's first, and none of the usual ones is there.
Result<SiteSource> offline_source(const OfflineSite& site);

}  // namespace mpm
