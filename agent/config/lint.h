// SPDX-License-Identifier: Apache-2.0
//
// All that is wrong or without effect in a configuration, in terms of the MPM: what httpd refuses,
// what it corrects, what it takes silently and nobody expects. Pure.
#pragma once

#include <optional>
#include <vector>

#include "agent/apache/constraints.h"
#include "agent/config/files.h"
#include "agent/config/site.h"
#include "schema/model/config_edit.h"
#include "schema/model/scoreboard.h"

namespace mpm::config {

// By file in the order of reading, then by line. `site` was read from `files`.
std::vector<LintFinding> lint(const Site& site, const FileSystem& files, std::optional<Mpm> mpm,
                              const RunningLimits& running = {});

}  // namespace mpm::config
