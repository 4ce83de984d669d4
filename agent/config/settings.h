// SPDX-License-Identifier: Apache-2.0
//
// From the directives that are active to the settings of the MPM: for each that it knows, what
// is written, where, and what httpd makes of it. Pure.
#pragma once

#include <optional>

#include "agent/apache/constraints.h"
#include "agent/config/site.h"
#include "schema/model/scoreboard.h"
#include "schema/model/settings.h"

namespace mpm::config {

// `mpm` is the one that runs; when it is not known, the one that the configuration loads or that
// is linked in. The last active occurrence of a directive wins, by either of its names; those in
// sections are of virtual hosts and do not count. pid, config_file and changed_since_load are
// the caller's to fill.
MpmSettings read_settings(const Site& site, std::optional<Mpm> mpm,
                          const RunningLimits& running = {});

}  // namespace mpm::config
