// SPDX-License-Identifier: Apache-2.0
//
// Work for laboratories: a request that costs what its query says, so that the effect of a
// directive can be seen without an application.
//
//   /work?cpu=5ms&sleep=100ms&alloc=8MB&leak=64KB
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "schema/model/result.h"

namespace mpm::builtin {

struct Work {
  std::chrono::microseconds cpu{0};    // of this thread, up to 10 s
  std::chrono::microseconds sleep{0};  // up to 60 s
  std::size_t alloc = 0;               // bytes written to and given back at the end, up to 1 GiB
  std::size_t leak = 0;                // bytes written to and kept for ever, up to 64 MiB
};

// Usage: a word that is not known, or a number that is none or too large.
Result<Work> parse_work(std::string_view query);

// Blocks until it is done.
void perform(const Work& work);

}  // namespace mpm::builtin
