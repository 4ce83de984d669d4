// SPDX-License-Identifier: Apache-2.0
//
// Which directives httpd knows without any module of its own choice, for IfDirective and
// IfSection: those of core, mod_so and the MPM.
#pragma once

#include <string_view>

namespace mpm::config {

// `name` as a directive ("ServerName") or the head of a section ("<Directory").
bool is_core_name(std::string_view name);

}  // namespace mpm::config
