// SPDX-License-Identifier: Apache-2.0
//
// Sentences on what could not be read and what would help. The same loss at every process of a
// server is one loss.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace mpm {

inline void add_loss(std::vector<std::string>& losses, std::string loss) {
  if (std::ranges::find(losses, loss) == losses.end()) losses.push_back(std::move(loss));
}

}  // namespace mpm
