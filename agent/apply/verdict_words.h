// SPDX-License-Identifier: Apache-2.0
//
// What the judge has seen, in sentences that an administrator can check. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/apply/comparison.h"
#include "schema/model/verdict.h"

namespace mpm::apply {

// What condemns. The shift is there.
VerdictEvidence slower(const std::optional<Shift>& response, double load_ratio);
VerdictEvidence longer(const std::optional<Shift>& duration, double load_ratio);
VerdictEvidence held(const std::optional<Shift>& holding, double load_ratio);
VerdictEvidence full_at_the_end(const Block& before, const Block& after);

// All that was measured, before and after.
std::vector<VerdictEvidence> measures(const Comparison& comparison);

// Off: workers served, and the scoreboard counted no request of them.
enum class Counting : std::uint8_t { On, Off };

// Of a change that is undone, and of one that is kept or still being watched.
std::string undone(const WatchReport& report, const VerdictEvidence& cause);
std::string standing(const WatchReport& report, const Comparison& comparison, Counting counting);

}  // namespace mpm::apply
