// SPDX-License-Identifier: Apache-2.0
//
// How a server is, in one word and one sentence, from one look at it. Pure.
#pragma once

#include <string>

#include "schema/model/status.h"

namespace mpm {

struct Verdict {
  Health health = Health::Unknown;
  std::string sentence;
};

// Reads workers, processes and listeners of `status`. Saturated: nobody can serve a new
// connection, be it that all workers are busy or that every process that has idle workers
// refuses to accept (event, connections_above_limit). Strained: a tenth of the workers or less is
// idle, or connections wait in the kernel.
Verdict judge(const TargetStatus& status);

}  // namespace mpm
