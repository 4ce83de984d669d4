// SPDX-License-Identifier: Apache-2.0
//
// From a question about a configuration to the edit that answers it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/config/edit.h"
#include "agent/service/site_source.h"
#include "schema/model/config_edit.h"
#include "schema/model/result.h"
#include "schema/model/settings.h"

namespace mpm {

// Usage: nothing is to be changed; else as config::plan_edit().
Result<config::PlannedEdit> planned(const SiteSource& source, const ConfigQuestion& question);

// Conflict: the question names other bytes than the edit was made from.
Result<void> made_from(const ConfigQuestion& question, const EditPlan& plan);

// The number that is in force after the plan is made; 0 when its MPM does not know the directive,
// or it is a word.
std::int64_t number_after(const MpmSettings& settings, const EditPlan& plan,
                          std::string_view directive);

tl::unexpected<Error> daemons_change_nothing();

// The server's own error log, absolute below its root; empty when it is no file.
std::string error_log_of(const config::Site& site);

}  // namespace mpm
