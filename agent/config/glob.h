// SPDX-License-Identifier: Apache-2.0
//
// Patterns in Include: APR's fnmatch with FNM_PERIOD, one component of a path at a time.
#pragma once

#include <string_view>

namespace mpm::config {

// Whether Include takes `component` for a pattern: it has * or ?, or [ and a later ]. A
// backslash makes the next character plain, and the component stays one that is no pattern.
bool is_pattern(std::string_view component);

// `*`, `?`, `[a-z]`, `[!a]`, `[^a]`; a leading dot is matched by a dot alone.
bool matches(std::string_view pattern, std::string_view name);

}  // namespace mpm::config
