// SPDX-License-Identifier: Apache-2.0
//
// The screens of `mpmctl top`, of what was answered and what was chosen. Pure.
#pragma once

#include <chrono>
#include <string>

#include "cli/top/screen.h"
#include "cli/top/state.h"

namespace mpm::top {

// What there is to show.
struct Picture {
  Answers answers;
  std::string trouble;  // why the last round had no answer; those before it are shown then
  std::chrono::milliseconds every{1000};
};

// The whole screen; exactly size.rows lines of at most size.columns columns.
Screen drawn(const State& state, const Picture& picture, Size size, const Style& style);

// All pages of one server below each other, as long as they are: for --batch.
std::string report_text(const Picture& picture, const Style& style);

}  // namespace mpm::top
