// SPDX-License-Identifier: Apache-2.0
//
// The memory sum on paper: each term with its sign, a line, the total. The amounts shown add
// up to the total shown. Each is rounded down to the sum's unit and the units that are then
// missing go to the terms that lost most (largest remainder), so a reader with a pencil gets
// our total. Terms that do not add up in bytes are not made to: the difference is a line.
//
//        8,192 MB   memory.max of /system.slice/apache2.service
//     −  1,229 MB   15 % kept back
//     ──────────
//        6,963 MB   budget of httpd
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/style.h"
#include "schema/model/proposal.h"

namespace mpm {

// A sum's unit, so that all its amounts are shown alike.
struct SumUnit {
  std::string_view name = "MB";
  std::int64_t bytes = kMiB.value;
  int decimals = 0;
};
// KB below 1 MB, MB with one decimal below 1 GB, MB below 1 TB, GB beyond; by the largest
// amount.
SumUnit sum_unit(Bytes largest);

// The amounts in steps of the unit's last decimal, adding up to the rounded total when the
// amounts add up to the total.
std::vector<std::int64_t> rounded_terms(const std::vector<MemoryTerm>& terms, Bytes total,
                                        const SumUnit& unit);

std::string amount_in(Bytes amount, const SumUnit& unit);

struct Addition {
  const std::vector<MemoryTerm>& terms;
  Bytes total;
  std::string_view total_text;
};
std::string addition(const Addition& addition, const SumUnit& unit, const Style& style);

// The whole section: budget, typical case, worst case, and both held against the budget.
std::string render(const MemorySum& sum, const Style& style);

}  // namespace mpm
