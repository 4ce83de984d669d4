// SPDX-License-Identifier: Apache-2.0
//
// User and Group: a parent that was started as root has children that are not.
#pragma once

#include "agent/builtin/settings.h"
#include "schema/model/result.h"

namespace mpm::builtin {

// Malformed: there is no such user or group.
Result<void> check_identity(const Settings& settings);

// In a child, for good. Nothing is done without User and Group, or when not root. False: it
// could not be taken, and the child must not serve.
bool take_identity(const Settings& settings);

}  // namespace mpm::builtin
