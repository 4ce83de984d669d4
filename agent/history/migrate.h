// SPDX-License-Identifier: Apache-2.0
//
// Brings a database to the newest schema, one step a transaction; its version is user_version.
#pragma once

#include <span>
#include <string_view>

#include "agent/history/sqlite.h"
#include "schema/model/result.h"

namespace mpm {

// Step n of `steps` takes a database of version n to n + 1. Conflict: the database is newer than
// the last step, and nothing is changed.
Result<void> migrate(Database& database, std::span<const std::string_view> steps);

}  // namespace mpm
