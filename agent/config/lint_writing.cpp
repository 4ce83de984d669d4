// SPDX-License-Identifier: Apache-2.0
//
// How a value is written: more than once, under an old name, as something that httpd reads as
// another number. httpd takes all of it.
#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "agent/config/lint_rules.h"

namespace mpm::config {
namespace {

// The directive of a line on which a variable is not defined; null when it is none of ours.
const Occurrence* occurrence_at(const LintContext& context, const ConfigProblem& problem) {
  const auto& all = context.occurrences();
  const auto found = std::ranges::find_if(all, [&](const Occurrence& entry) {
    return entry.at->file == problem.file && entry.at->last_line == problem.line;
  });
  return found == all.end() ? nullptr : &*found;
}

void look_for_variables(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const ConfigProblem& problem : context.site().problems) {
    if (problem.kind != ProblemKind::UndefinedVariable) continue;
    const Occurrence* entry = occurrence_at(context, problem);
    const bool number = entry != nullptr && entry->directive->kind != ValueKind::Word;
    LintFinding& finding =
        findings.add(rule, entry != nullptr ? context.place_of_value(*entry)
                                            : Place{problem.file, problem.line, problem.column});
    finding.claim = problem.sentence;
    finding.code = "AH00111";
    if (!number) {
      finding.severity = Severity::Note;
      continue;
    }
    finding.claim =
        fmt::format("A variable of {} {} is not defined: httpd reads it as {}.",
                    entry->directive->name, entry->value(), leading_integer(entry->value()));
    finding.mend = fmt::format(
        "Define the variable above this line or in the server's environment, or write {} with a "
        "number.",
        entry->directive->name);
  }
}

void look_for_repeats(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Occurrence& entry : context.occurrences()) {
    if (entry.at->depth > 0 || entry.in_force) continue;
    const Occurrence* last = context.in_force(entry.directive->name);
    if (last == nullptr) continue;
    const Place place = context.place_of(*entry.at);
    const Place counts = context.place_of(*last->at);
    if (place.file == counts.file && place.line == counts.line) continue;
    LintFinding& finding = findings.add(rule, place);
    if (entry.value() == last->value()) finding.severity = Severity::Note;
    finding.claim =
        fmt::format("{} {} has no effect: {} comes later, with {} {}, and the last one counts.",
                    entry.at->name, entry.value(), counts.text(), last->at->name, last->value());
    finding.mend = "Remove this line.";
  }
}

void look_for_old_names(const LintContext& context, const Rule& rule, Findings& findings) {
  if (context.is_older_than("2.3.13")) return;  // it knows no other
  for (const Occurrence& entry : context.occurrences()) {
    const Directive& directive = *entry.directive;
    if (directive.old_name.empty() || same_name(entry.at->name, directive.name)) continue;
    LintFinding& finding = findings.add(rule, context.place_of(*entry.at));
    finding.claim = fmt::format(
        "{} is the name that {} had before httpd 2.4. httpd takes both and the last one of either "
        "name counts.",
        directive.old_name, directive.name);
    finding.mend = fmt::format("Write {} {}.", directive.name, entry.value());
    if (directive.name == "MaxConnectionsPerChild")
      finding.code = "AH00545";
    else if (context.mpm() == Mpm::Prefork)
      finding.code = "AH00188";
    else if (context.mpm() == Mpm::Worker)
      finding.code = "AH00324";
    else if (context.mpm() == Mpm::Event)
      finding.code = "AH00521";
  }
}

// Read by atoi or, with 0x for a hexadecimal number, by strtol.
bool is_read_as_integer(const Directive& directive) {
  return directive.kind == ValueKind::Count || directive.kind == ValueKind::Size;
}

bool is_hexadecimal(const Directive& directive, std::string_view value) {
  return (directive.name == "MaxMemFree" || directive.name == "ThreadStackSize") &&
         value.size() > 2 && value[0] == '0' && (value[1] == 'x' || value[1] == 'X') &&
         value.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
}

bool is_integer(std::string_view value) {
  value = trim(value);
  if (!value.empty() && (value.front() == '-' || value.front() == '+')) value.remove_prefix(1);
  return !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
}

void look_for_numbers(const LintContext& context, const Rule& rule, Findings& findings) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  for (const Occurrence& entry : context.occurrences()) {
    const Directive& directive = *entry.directive;
    const std::string_view value = entry.value();
    if (entry.words.size() != 1 || value.empty() || !is_read_as_integer(directive)) continue;
    if (is_hexadecimal(directive, value) || value.find("${") != std::string_view::npos) continue;
    const std::int64_t number = leading_integer(value);
    const bool too_large = is_integer(value) && number >= kMost && value != std::to_string(kMost);
    if (is_integer(value) && !too_large) continue;
    LintFinding& finding = findings.add(rule, context.place_of_value(entry));
    if (too_large) {
      finding.claim = fmt::format(
          "{} {} is more than httpd's integers hold, {}: it reads another "
          "number and says nothing.",
          directive.name, value, kMost);
      finding.mend = fmt::format("Write {} with a smaller number.", directive.name);
      continue;
    }
    finding.claim = fmt::format("{} {} is no plain number: httpd reads {} and says nothing.",
                                directive.name, value, number);
    finding.mend = number > 0 ? fmt::format("Write {} {}, or what was meant in digits alone.",
                                            directive.name, number)
                              : fmt::format("Write {} with digits alone.", directive.name);
  }
}

constexpr std::array kRules = std::to_array<Rule>({
    {"undefined-variable", Severity::Warning, look_for_variables},
    {"repeated", Severity::Advice, look_for_repeats},
    {"old-name", Severity::Note, look_for_old_names},
    {"not-a-number", Severity::Warning, look_for_numbers},
});

}  // namespace

std::span<const Rule> writing_rules() {
  return kRules;
}

}  // namespace mpm::config
