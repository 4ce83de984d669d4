// SPDX-License-Identifier: Apache-2.0
//
// The keys of `mpmctl top` and the letters of its workers, on a screen of 80 by 24.
#pragma once

#include <string>
#include <vector>

namespace mpm::top {

std::vector<std::string> help_lines();

}  // namespace mpm::top
