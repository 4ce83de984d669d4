// SPDX-License-Identifier: Apache-2.0
//
// mod_macro's macros: a name, parameters, and a body whose lines are read as if they stood
// where it is used. Follows modules/core/mod_macro.c.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "schema/model/result.h"

namespace mpm::config {

struct Macro {
  std::string name;                     // lower case
  std::vector<std::string> parameters;  // with their prefix: "$n", "%m", "@x"
  std::vector<std::string> body;        // logical lines, comments left out
  std::string defined;                  // "(defined on line 2 of \"/etc/x.conf\")"
};

// The body with `arguments` in the place of the parameters: wherever one occurs, the longest of
// several that begin at the same place; a parameter with @ puts its value in quotes. Malformed:
// their number does not fit.
Result<std::vector<std::string>> unfold(const Macro& macro,
                                        const std::vector<std::string>& arguments);

}  // namespace mpm::config
