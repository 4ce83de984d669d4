// SPDX-License-Identifier: Apache-2.0
//
// Directives that fit together, from the few numbers that are searched for.
#pragma once

#include <cstdint>

#include "tests/regret/server.h"

namespace mpm::regret {

inline constexpr std::int64_t kThreads = 25;  // httpd's default ThreadsPerChild

// Sets the workers, and the processes that they need; under event with as many slots more for those
// that go. Fewer than a process has threads get a process of so few.
void set_workers(Mpm mpm, std::int64_t workers, Directives& directives);
// All workers are there from the start, and stay.
void keep_all(Mpm mpm, std::int64_t workers, Directives& directives);
// Those that httpd would run with.
std::int64_t workers_of(Mpm mpm, const Directives& directives);

}  // namespace mpm::regret
