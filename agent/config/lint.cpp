// SPDX-License-Identifier: Apache-2.0
#include "agent/config/lint.h"

#include <algorithm>
#include <tuple>

#include "agent/config/lint_context.h"
#include "agent/config/lint_rules.h"

namespace mpm::config {
namespace {

// The place of a file in the order of reading; the command line's text, which is no file, is 0.
std::size_t rank(const Site& site, const std::string& file) {
  const auto found = std::ranges::find(site.files, file);
  return found == site.files.end() ? 0 : static_cast<std::size_t>(found - site.files.begin()) + 1;
}

bool same(const LintFinding& a, const LintFinding& b) {
  return std::tie(a.rule, a.file, a.line, a.column, a.claim) ==
         std::tie(b.rule, b.file, b.line, b.column, b.claim);
}

}  // namespace

LintFinding& Findings::add(const Rule& rule, const Place& place) {
  LintFinding& finding = list_.emplace_back();
  finding.rule = rule.id;
  finding.severity = rule.severity;
  finding.file = place.file;
  finding.line = place.line;
  finding.column = place.column;
  return finding;
}

std::vector<LintFinding> lint(const Site& site, const FileSystem& files, std::optional<Mpm> mpm,
                              const RunningLimits& running, const Surroundings& surroundings) {
  const LintContext context({site, files, mpm, running, surroundings});
  Findings found;
  for (const auto table :
       {refusal_rules(), trap_rules(), writing_rules(), number_rules(), advice_rules()})
    for (const Rule& rule : table)
      rule.look(context, rule, found);
  std::vector<LintFinding> findings = found.take();
  std::ranges::stable_sort(findings, [&](const LintFinding& a, const LintFinding& b) {
    return std::tuple(rank(site, a.file), a.line, a.column) <
           std::tuple(rank(site, b.file), b.line, b.column);
  });
  // A file that is read twice, and a macro that is used twice, are wrong once.
  findings.erase(std::unique(findings.begin(), findings.end(), same), findings.end());
  return findings;
}

}  // namespace mpm::config
