// SPDX-License-Identifier: Apache-2.0
//
// Who holds the workers of a server, and which requests last: what `mpmctl status` adds where a
// server is short of workers. Pure.
#pragma once

#include <string>

#include "cli/style.h"
#include "schema/model/status.h"
#include "schema/model/workers.h"

namespace mpm {

// Whether it says more of a server than its status does.
bool is_worth_asking(const TargetStatus& status);

std::string who_is_served(const TopReport& report, const Style& style);

}  // namespace mpm
