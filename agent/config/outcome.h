// SPDX-License-Identifier: Apache-2.0
//
// What a finished draft comes to, for people and programs: the directives before and after, what
// httpd will make of them, the diff of each file, and what it takes to put it in force.
#pragma once

#include "agent/config/draft.h"
#include "agent/config/edit.h"

namespace mpm::config {

// An edit as a diff that any terminal can take.
FileChange shown(const FileEdit& edit);

PlannedEdit outcome(const EditRequest& request, const Site& before, const Draft& draft);

}  // namespace mpm::config
