// SPDX-License-Identifier: Apache-2.0
//
// A plan in the making: directives as they would be in force with what is planned so far. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/advise/cap.h"
#include "agent/advise/facts.h"
#include "schema/model/proposal.h"

namespace mpm::advise {

struct Draft {
  const Facts& facts;
  const Cap cap;
  std::vector<Change> changes{};  // at most one of each directive
  // All workers were busy, and there can or should be no more of them.
  bool binds = false;

  struct Reason {
    std::string because;
    std::string formula;  // with the numbers in it
    std::string_view rule;
  };
  // Nothing where the directive has that value. A second change of it has its reason after the
  // first one's.
  void set(std::string_view directive, std::int64_t to, Reason reason);

  std::int64_t value(std::string_view directive) const;
  std::int64_t workers() const { return value(facts.pool_directive()); }
  std::int64_t unit() const { return facts.threaded() ? value("ThreadsPerChild") : 1; }
  std::int64_t processes() const { return workers() / unit(); }
  // The names of the bounds of the spares.
  std::string_view least() const { return facts.least(); }
  std::string_view most() const { return facts.most(); }
};

// A change that makes less of a difference than to this part of a number is not worth a restart.
inline constexpr double kWorthLess = 0.85;

std::int64_t up_to_multiple(double value, std::int64_t of);

}  // namespace mpm::advise
