// SPDX-License-Identifier: Apache-2.0
//
// What `mpmctl help TOPIC` prints: concepts, in texts for a terminal of 80 columns. What a
// directive means is `mpmctl config explain`; a topic says how things hang together.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mpm {

struct Topic {
  std::string_view name;   // "saturation"
  std::string_view about;  // a clause for the list
  std::string_view text;   // lines of at most 80 columns
};

std::span<const Topic> topics();
// nullptr when there is none of this name.
const Topic* find_topic(std::string_view name);

std::string text_of(const Topic& topic);
std::string list_of_topics();

}  // namespace mpm
