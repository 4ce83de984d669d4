// SPDX-License-Identifier: Apache-2.0
//
// The head of each page: which server, its verdict, its workers and a few numbers. Pure.
#pragma once

#include "cli/top/draw.h"
#include "cli/top/screen.h"
#include "cli/top/state.h"

namespace mpm::top {

// kHeadingLines of them.
Screen heading(const State& state, const Picture& picture, int columns, const Style& style);

}  // namespace mpm::top
