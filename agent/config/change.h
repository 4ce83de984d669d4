// SPDX-License-Identifier: Apache-2.0
//
// One directive set or taken away, where it is written. A value that a variable brings is changed
// in its Define, when nothing else lives on it.
#pragma once

#include "agent/config/draft.h"

namespace mpm::config {

// Changes the last active occurrence, which there must be. Conflict: what stands in the way.
Result<void> change_in_place(Draft& draft, const CheckedWish& wish);

// Takes every active occurrence away, and a file or section of ours with its last directive.
Result<void> take_away(Draft& draft, const CheckedWish& wish);

}  // namespace mpm::config
