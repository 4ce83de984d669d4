// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl apply`, `undo`, `changes` and `show`: a change is shown, asked about, begun and followed
// to its end.
#pragma once

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/style.h"
#include "schema/model/result.h"

namespace mpm {

Result<Outcome> perform_change(const Options& options, Client& client, const Style& style);

}  // namespace mpm
