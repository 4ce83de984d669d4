// SPDX-License-Identifier: Apache-2.0
//
// Content types by the ending of a file's name, for what a web server is asked most. AddType adds
// to them.
#pragma once

#include <map>
#include <string>

namespace mpm::builtin {

// "html" -> "text/html".
std::map<std::string, std::string, std::less<>> default_types();

}  // namespace mpm::builtin
