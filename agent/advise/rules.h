// SPDX-License-Identifier: Apache-2.0
//
// What can be wrong with a server, as a table: each rule asks one question and answers with a
// finding or with nothing. Rules find; what to change is decided in plan.h, by all of them
// together. Pure.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "agent/advise/facts.h"
#include "schema/model/proposal.h"

namespace mpm::advise {

struct Rule {
  std::string_view id;        // "workers-exhausted"; Finding::rule
  std::string_view question;  // what it asks, for people
  bool needs_samples = true;  // false: it judges the settings alone
  // How a finding follows from its evidence, and where that is from; Finding::formula.
  std::string_view formula;
  std::optional<Finding> (*judge)(const Facts& facts) = nullptr;
};

std::span<const Rule> rules();

}  // namespace mpm::advise
