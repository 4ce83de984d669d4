// SPDX-License-Identifier: Apache-2.0
//
// A change the other way round: what takes its files from how it left them to how they were. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/config/edit.h"
#include "schema/model/config_edit.h"

namespace mpm::apply {

// In the opposite order, so that what a later edit rests on is still there.
std::vector<config::FileEdit> inverse_of(const std::vector<config::FileEdit>& edits);

// The same as a plan: its directives turned round too. `basis` is of the configuration as it lies
// there now.
config::PlannedEdit inverse_of(const EditPlan& plan, const std::vector<config::FileEdit>& edits,
                               const std::string& basis);

// What to wish for where the files were changed since by somebody else, so that the bytes cannot
// come back but the values can.
std::vector<Wish> wishes_back(const EditPlan& plan);

// Where a change is taken back by its values: the first directive, or "MPM", that is not as the
// change left it. `back` is the plan of wishes_back() over the files as they are now. What somebody
// set since is more than the change, and is not to be lost with it.
struct Departure {
  std::string directive;
  std::string left;  // what the change left, in words
  std::string now;
};
std::optional<Departure> departure(const EditPlan& change, const EditPlan& back);

}  // namespace mpm::apply
