// SPDX-License-Identifier: Apache-2.0
//
// Versions of httpd, and the argument of <IfVersion> (mod_version.c start_ifversion): [[!]operator]
// version, with the operators = == > >= < <= and ~ (a regular expression). "2.4" means 2.4.0, so
// <IfVersion 2.4> is false on 2.4.57.
#pragma once

#include <string_view>

#include "schema/model/result.h"

namespace mpm::config {

// `args` is the rest of the line behind the name with its closing '>'; `version` the server's,
// such as "2.4.57". Malformed with httpd's reason when httpd would refuse the section.
Result<bool> version_matches(std::string_view args, std::string_view version);

// Whether `version` is known and below `than`, "2.4.34". False when either is no version.
bool is_older(std::string_view version, std::string_view than);

}  // namespace mpm::config
