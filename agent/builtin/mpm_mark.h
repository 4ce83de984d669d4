// SPDX-License-Identifier: Apache-2.0
//
// httpd's MPM is a module, and which one is loaded is seen in the memory map of its process:
// "/usr/lib/apache2/modules/mod_mpm_event.so". mpm-httpd has all four inside, so it maps an empty
// memory file of the module's name, and whoever looks there is told the truth.
#pragma once

#include "agent/base/fd.h"
#include "schema/model/scoreboard.h"

namespace mpm::builtin {

// The map has ".../mod_mpm_event.so" from now on. The mapping stays for the life of the process;
// a kernel without memory files leaves it unmarked.
UniqueFd mark_mpm(Mpm mpm);

}  // namespace mpm::builtin
