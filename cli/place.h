// SPDX-License-Identifier: Apache-2.0
//
// Where a directive stands, short enough for a column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mpm {

// "mods-enabled/mpm_event.conf:7": relative to the folder `base` (with its slash; may be empty)
// when it is below it; of one that is longer than a third of `width` the last part,
// ".../mpm_event.conf:7", so that it stays whole.
std::string place(std::string_view file, std::optional<std::int64_t> line, std::string_view base,
                  int width);

}  // namespace mpm
