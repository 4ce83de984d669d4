// SPDX-License-Identifier: Apache-2.0
//
// Another MPM loaded instead of the one that is: Debian's links in mods-enabled, as a2dismod and
// a2enmod leave them, or the LoadModule line. What does not go with it is named: modules that
// are not safe in threads, an MPM that is linked in, a module file that is not there.
#pragma once

#include <cstdint>

#include "agent/config/draft.h"

namespace mpm::config {

enum class ModuleFiles : std::uint8_t { NeedNotExist, MustExist };

// Makes the draft one that loads `to`, without the directives that `to` does not know. Its values
// are the caller's next step.
Result<void> switch_mpm(Draft& draft, Mpm to, ModuleFiles modules);

}  // namespace mpm::config
