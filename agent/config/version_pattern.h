// SPDX-License-Identifier: Apache-2.0
//
// The regular expressions of <IfVersion ~ ...>, matched against a version such as "2.4.57".
// httpd uses PCRE; a pattern comes from a file that anybody may have written, so this takes
// only the part that cannot run away: literals, '.', sets, \d \w \s, groups three deep,
// alternatives, * + ? and anchors.
//
// A pattern is a function from the set of places where it may begin to the set of places where
// it may end; sets of places are the bits of one integer, so nothing is tried twice.
#pragma once

#include <string_view>

#include "schema/model/result.h"

namespace mpm::config {

// Whether the pattern matches anywhere in the version. Malformed for what is not taken, and for
// versions longer than 30 bytes.
Result<bool> version_pattern_matches(std::string_view pattern, std::string_view version);

}  // namespace mpm::config
