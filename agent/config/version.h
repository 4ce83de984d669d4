// SPDX-License-Identifier: Apache-2.0
//
// IfVersion's comparison, as mod_version has it.
#pragma once

#include <string>
#include <vector>

#include "schema/model/result.h"

namespace mpm::config {

// `words` are those of the section's head without its last '>': {"2.4"}, {">=", "2.4.6"},
// {"!~", "2\\.2"}, {"=", "/^2\\.4/"}. Malformed: httpd refuses them; the text is why.
Result<bool> version_is(const std::string& version, std::vector<std::string> words);

}  // namespace mpm::config
