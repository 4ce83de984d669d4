// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl config diff`: which directives two configurations have differently. Pure.
#pragma once

#include <string>

#include "cli/style.h"
#include "schema/model/config_edit.h"

namespace mpm {

// A directive differs when its value in force does, or when only one of them writes it.
SettingsComparison compared(MpmSettings a, MpmSettings b);

std::string render(const SettingsComparison& comparison, const Style& style);

}  // namespace mpm
