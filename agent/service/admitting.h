// SPDX-License-Identifier: Apache-2.0
//
// The journal as the policy of changes looks at it: which directives of a server were changed,
// from what to what, and how that went. Pure.
#pragma once

#include <span>
#include <vector>

#include "agent/apply/admission.h"
#include "schema/model/change.h"
#include "schema/model/target.h"

namespace mpm {

// Whether the change was of the server with this program and configuration, whatever its process
// was.
bool is_of(const ChangeRecord& change, const Target& target);

// Of the server with this program and configuration, whatever its process is by now; the oldest
// first, as `newest_first` is not. A change that somebody took back counts as undone, and what
// took it back does not count by itself: it was a person's word on that change. One that was given
// up before anything was touched is none.
std::vector<apply::PastChange> past_changes(std::span<const ChangeRecord> newest_first,
                                            const Target& target);

}  // namespace mpm
