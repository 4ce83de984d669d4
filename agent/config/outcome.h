// SPDX-License-Identifier: Apache-2.0
//
// What a finished draft comes to, for people and programs: the directives before and after, what
// httpd will make of them, the diff of each file, and what it takes to put it in force.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/apache/constraints.h"
#include "agent/config/draft.h"
#include "agent/config/edit.h"
#include "schema/model/scoreboard.h"

namespace mpm::config {

// An edit as a diff that any terminal can take.
FileChange shown(const FileEdit& edit);

// What the way of loading an edit depends on, besides the edit.
struct LoadFacts {
  std::optional<Mpm> running_mpm;  // absent: nothing runs, or the one that the files load
  RunningLimits running;
  std::int64_t threads_per_child = 0;  // after the edit
};
// Fills in how the edit has to be loaded, its directives one by one, and why: as load_plan() says.
void fill_in_way(PlannedEdit& edit, const LoadFacts& facts);

PlannedEdit outcome(const EditRequest& request, const Site& before, const Draft& draft);

}  // namespace mpm::config
