// SPDX-License-Identifier: Apache-2.0
//
// The rules of lint() as rows of tables: an id, how bad it is, and the function that looks for it.
// Each table has a file of its own: lint_refusals, lint_traps, lint_writing, lint_numbers,
// lint_advice.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/config/lint_context.h"
#include "schema/model/config_edit.h"

namespace mpm::config {

struct Rule;

// What was found so far.
class Findings {
 public:
  // The claim and the rest are the caller's to fill.
  LintFinding& add(const Rule& rule, const Place& place);
  std::vector<LintFinding> take() { return std::move(list_); }

 private:
  std::vector<LintFinding> list_;
};

struct Rule {
  std::string_view id;
  Severity severity = Severity::Note;  // as a rule; a look may find a milder or a worse case
  void (*look)(const LintContext& context, const Rule& rule, Findings& findings) = nullptr;
};

std::span<const Rule> refusal_rules();
std::span<const Rule> trap_rules();
std::span<const Rule> writing_rules();
std::span<const Rule> number_rules();
std::span<const Rule> advice_rules();

}  // namespace mpm::config
