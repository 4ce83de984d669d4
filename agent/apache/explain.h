// SPDX-License-Identifier: Apache-2.0
//
// What a directive means to whoever has to set it: what it does, what goes wrong when it is too
// low or too high, how it goes with the others. The numbers are those of directives().
#pragma once

#include <optional>
#include <string_view>

#include "schema/model/config_edit.h"

namespace mpm {

// By its present or its old name, in any case of letters; nullopt: no directive of directives().
std::optional<DirectiveExplanation> explain(std::string_view name);

}  // namespace mpm
