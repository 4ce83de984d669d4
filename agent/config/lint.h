// SPDX-License-Identifier: Apache-2.0
//
// All that is wrong or without effect in a configuration, in terms of the MPM: what httpd refuses,
// what it corrects, what it takes silently and nobody expects. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/apache/constraints.h"
#include "agent/config/files.h"
#include "agent/config/site.h"
#include "schema/model/config_edit.h"
#include "schema/model/scoreboard.h"

namespace mpm::config {

// What is known of where the configuration is used.
struct Surroundings {
  std::string version;         // of httpd, "2.4.57"; empty: unknown
  std::int64_t somaxconn = 0;  // the kernel's bound of a backlog; 0: unknown
};

// By file in the order of reading, then by line. `site` was read from `files`.
std::vector<LintFinding> lint(const Site& site, const FileSystem& files, std::optional<Mpm> mpm,
                              const RunningLimits& running = {},
                              const Surroundings& surroundings = {});

}  // namespace mpm::config
