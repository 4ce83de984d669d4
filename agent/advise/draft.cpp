// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/draft.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "agent/apache/directives.h"

namespace mpm::advise {
namespace {

// The numbers of the same reason are the later ones.
void add_reason(Change& change, Draft::Reason reason) {
  change.rules.emplace_back(reason.rule);
  if (change.because == reason.because) {
    change.formula = std::move(reason.formula);
    return;
  }
  change.because += " " + reason.because;
  change.formula += "; " + reason.formula;
}

}  // namespace

void Draft::set(std::string_view directive, std::int64_t to, Reason reason) {
  if (to == value(directive)) return;
  for (Change& change : changes)
    if (change.directive == directive) {
      change.to = to;
      add_reason(change, std::move(reason));
      return;
    }
  Change change;
  change.directive = directive;
  change.from = value(directive);
  change.to = to;
  change.because = std::move(reason.because);
  change.formula = std::move(reason.formula);
  change.rules.emplace_back(reason.rule);
  change.restart = find_directive(directive)->restart;
  changes.push_back(std::move(change));
}

std::int64_t Draft::value(std::string_view directive) const {
  for (const Change& change : changes)
    if (change.directive == directive) return change.to;
  return directive == facts.pool_directive() ? facts.limit() : facts.effective(directive);
}

std::int64_t up_to_multiple(double value, std::int64_t of) {
  const auto whole = static_cast<std::int64_t>(std::ceil(value));
  return std::max(of, (whole + of - 1) / of * of);
}

}  // namespace mpm::advise
