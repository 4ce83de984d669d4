// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl apply`, `undo`, `changes` and `show`: a change is shown, asked about, begun and followed
// to its end.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/style.h"
#include "schema/model/result.h"

namespace mpm {

// Whether a person at a terminal says yes; nobody else is asked.
bool says_yes(const std::string& question);

// Blocks until the change has ended, and lets `see` have it at every look.
Result<Answer<ChangeRecord>> wait_for_end(std::int64_t id, Client& client,
                                          const std::function<void(const ChangeRecord&)>& see = {});

// Why it ended as it did: of the step that led back, or else of the last one.
std::string reason_of(const ChangeRecord& change);

Result<Outcome> perform_change(const Options& options, Client& client, const Style& style);

}  // namespace mpm
