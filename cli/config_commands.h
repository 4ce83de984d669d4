// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl config ...`: what is asked, and what is printed.
#pragma once

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/style.h"
#include "schema/model/result.h"

namespace mpm {

Result<Outcome> perform_config(const Options& options, Client& client, const Style& style);

}  // namespace mpm
