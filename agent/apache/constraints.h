// SPDX-License-Identifier: Apache-2.0
//
// httpd's arithmetic: from the numbers that are written to the numbers that it runs with, and
// why they differ. Follows prefork.c, worker.c and event.c (prefork_check_config and its
// likes, and the silent corrections of prefork_run, worker_run and event_run).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "schema/model/scoreboard.h"
#include "schema/model/settings.h"

namespace mpm {

// As atoi reads it: leading blanks, a sign, digits; anything else is 0.
std::int64_t leading_integer(std::string_view text);

struct WrittenNumber {
  std::string_view directive;  // its present name
  std::int64_t value = 0;
};

// ServerLimit and ThreadLimit are kept from the parent's first start until it is stopped. A
// running scoreboard's header tells them; 0: unknown, or the server is not running.
struct RunningLimits {
  std::int64_t server_limit = 0;
  std::int64_t thread_limit = 0;
};

struct EffectiveNumber {
  std::string_view directive;
  std::int64_t value = 0;
  std::vector<Remark> remarks;
};

struct EffectiveNumbers {
  // Every counted directive that this MPM knows, written or not, in the order of directives().
  std::vector<EffectiveNumber> numbers;
  // The workers that can be busy at once.
  std::int64_t worker_limit = 0;

  std::int64_t value_of(std::string_view directive) const;  // 0 when the MPM does not know it
};

// A directive that is written twice in `written` counts as its last. Those that the MPM does
// not know are left out.
EffectiveNumbers effective_numbers(Mpm mpm, std::span<const WrittenNumber> written,
                                   const RunningLimits& running = {});

}  // namespace mpm
