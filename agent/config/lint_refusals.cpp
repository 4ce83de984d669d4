// SPDX-License-Identifier: Apache-2.0
//
// What httpd refuses: what the reader met, which httpd refuses without a code, and what it finds
// when it executes a directive of the MPM (config.c invoke_cmd, mpm_common.c, listen.c, event.c
// set_worker_factor). A reload of such a configuration ends the server.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "agent/apache/timeout.h"
#include "agent/config/lint_rules.h"

namespace mpm::config {
namespace {

constexpr std::string_view kSyntaxError = "AH00526";

Place place_of(const LintContext& context, const ConfigProblem& problem) {
  const std::string file = problem.file.empty() ? context.whole().file : problem.file;
  return {file, problem.line, problem.line > 0 ? problem.column : 0};
}

void look_for_refused(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const ConfigProblem& problem : context.site().problems) {
    if (!problem.fatal) continue;
    LintFinding& finding = findings.add(rule, place_of(context, problem));
    finding.claim = "httpd refuses the configuration: " + problem.sentence;
    if (problem.kind == ProblemKind::NotOneMpm) finding.code = "AH00534";
  }
}

// A variable that is not there is a matter of its own: undefined-variable.
void look_for_warned(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const ConfigProblem& problem : context.site().problems) {
    if (problem.fatal || problem.kind == ProblemKind::UndefinedVariable) continue;
    LintFinding& finding = findings.add(rule, place_of(context, problem));
    finding.claim = problem.sentence;
    if (problem.kind == ProblemKind::LoadedTwice) finding.code = "AH01574";
  }
}

// KeepAlive and its likes may stand in a virtual host, all others only in the server's own
// configuration; none in a section of paths.
bool may_stand_in(const Directive& directive, std::string_view section) {
  constexpr std::array kOfHosts = std::to_array<std::string_view>(
      {"KeepAlive", "KeepAliveTimeout", "MaxKeepAliveRequests", "Timeout"});
  return same_name(section, "<VirtualHost") &&
         std::ranges::find(kOfHosts, directive.name) != kOfHosts.end();
}

// Sections of other modules may hold what is no directive of httpd, as <Perl> does.
bool is_known_section(std::string_view section) {
  constexpr std::array kSections = std::to_array<std::string_view>(
      {"<VirtualHost", "<Directory", "<DirectoryMatch", "<Location", "<LocationMatch", "<Files",
       "<FilesMatch", "<Limit", "<LimitExcept", "<If", "<ElseIf", "<Else", "<Proxy",
       "<ProxyMatch"});
  return std::ranges::any_of(kSections,
                             [&](std::string_view known) { return same_name(known, section); });
}

bool is_executed(const Occurrence& entry) {
  return entry.section.empty() || is_known_section(entry.section);
}

bool is_unknown_command(const LintContext& context, const Occurrence& entry) {
  return context.mpm() && !takes_directive(*context.mpm(), *entry.directive);
}

void look_for_section(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Occurrence& entry : context.occurrences()) {
    if (entry.section.empty() || !is_executed(entry)) continue;
    if (is_unknown_command(context, entry)) continue;
    if (may_stand_in(*entry.directive, entry.section)) continue;
    LintFinding& finding = findings.add(rule, context.place_of(*entry.at));
    finding.claim = fmt::format(
        "{} stands in {}>, and httpd takes it only outside of such a section: it refuses the "
        "configuration.",
        entry.directive->name, entry.section);
    finding.mend = fmt::format("Write {} {} above the section.", entry.directive->name,
                               fmt::join(entry.words, " "));
    finding.code = kSyntaxError;
  }
}

std::string mpms_with(const Directive& directive) {
  std::string text;
  for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt})
    if (directive.known_to(mpm))
      text += fmt::format("{}{}", text.empty() ? "" : ", ", name_of_mpm(mpm));
  return text;
}

void look_for_other_mpm(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Occurrence& entry : context.occurrences()) {
    if (!is_executed(entry) || !is_unknown_command(context, entry)) continue;
    LintFinding& finding = findings.add(rule, context.place_of(*entry.at));
    finding.claim = fmt::format(
        "{} is a directive of {}, and this configuration is for {}: httpd knows no such command "
        "and refuses the configuration.",
        entry.directive->name, mpms_with(*entry.directive), name_of_mpm(*context.mpm()));
    for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt})
      if (finding.mend.empty() && entry.directive->known_to(mpm))
        finding.mend =
            fmt::format("Remove the line, or put it between <IfModule {}> and </IfModule>.",
                        source_of_mpm(mpm));
    finding.code = kSyntaxError;
  }
}

// Those that came after 2.2, by the names that they have now (the manual's "Compatibility").
void look_for_newer(const LintContext& context, const Rule& rule, Findings& findings) {
  struct Since {
    std::string_view directive;
    std::string_view version;
  };
  constexpr std::array kSince = std::to_array<Since>({{"MaxConnectionsPerChild", "2.3.9"},
                                                      {"MaxRequestWorkers", "2.3.13"},
                                                      {"AsyncRequestWorkerFactor", "2.3.13"},
                                                      {"ListenCoresBucketsRatio", "2.4.17"}});
  for (const Occurrence& entry : context.occurrences()) {
    if (!is_executed(entry) || is_unknown_command(context, entry)) continue;
    const auto* since = std::ranges::find_if(
        kSince, [&](const Since& row) { return same_name(row.directive, entry.at->name); });
    if (since == kSince.end() || !context.is_older_than(since->version)) continue;
    LintFinding& finding = findings.add(rule, context.place_of(*entry.at));
    finding.claim = fmt::format(
        "{} came with httpd {}, and this configuration is for {}: httpd knows no such command and "
        "refuses the configuration.",
        since->directive, since->version, context.surroundings().version);
    const std::string_view old_name = entry.directive->old_name;
    finding.mend = old_name.empty() || same_name(old_name, since->directive)
                       ? "Remove the line, or update httpd."
                       : fmt::format("Write {} {}.", old_name, entry.value());
    finding.code = kSyntaxError;
  }
}

void look_for_words(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Occurrence& entry : context.occurrences()) {
    if (!is_executed(entry) || is_unknown_command(context, entry)) continue;
    if (entry.words.size() == 1 && !entry.value().empty()) continue;
    const std::string_view name = entry.directive->name;
    LintFinding& finding = findings.add(rule, context.place_of(*entry.at));
    finding.code = kSyntaxError;
    if (entry.value().empty()) {
      finding.claim = fmt::format("{} has no value: httpd refuses the configuration.", name);
      finding.mend = fmt::format("Write a value behind {}, or remove the line.", name);
      continue;
    }
    const bool comment = entry.words[1].front() == '#';
    finding.claim = fmt::format(
        "{} takes one word and here are {}{}: httpd refuses the configuration.", name,
        entry.words.size(), comment ? ", for a comment begins only at the start of a line" : "");
    finding.mend = fmt::format("Write {} {}{}.", name, entry.value(),
                               comment ? ", and the comment on a line of its own" : "");
  }
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_positive_number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return *end == '\0' && value > 0;
}

// What httpd asks of the value, when it is not so; empty when it takes the value.
std::string_view demand_not_met(const Directive& directive, const std::string& value) {
  const std::int64_t number = leading_integer(value);
  if (directive.name == "ListenBacklog" || directive.name == "ListenCoresBucketsRatio")
    return number < 1 ? "an integer of at least 1" : "";
  if (directive.name == "AsyncRequestWorkerFactor")
    return is_positive_number(value) ? "" : "a number above 0";
  if (directive.name == "MaxMemFree" || directive.name == "ThreadStackSize")
    return number < 0 ? "an integer of at least 0" : "";
  if (directive.name == "KeepAliveTimeout")
    return timeout_with_unit(value) ? ""
                                    : "an integer of seconds, or one with the unit ms, s, min or h";
  if (directive.name == "KeepAlive" || directive.name == "ExtendedStatus")
    return same_name(value, "On") || same_name(value, "Off") ? "" : "On or Off";
  return "";
}

void look_for_value(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Occurrence& entry : context.occurrences()) {
    if (entry.words.size() != 1 || entry.value().empty()) continue;
    if (!is_executed(entry) || is_unknown_command(context, entry)) continue;
    const std::string value(entry.value());
    const std::string_view demand = demand_not_met(*entry.directive, value);
    if (demand.empty()) continue;
    LintFinding& finding = findings.add(rule, context.place_of_value(entry));
    finding.claim = fmt::format("{} is {}, and httpd takes {}: it refuses the configuration.",
                                entry.directive->name, value, demand);
    if (is_digits(value) && entry.directive->name == "ListenCoresBucketsRatio")
      finding.mend = "Remove the line: without it there are no buckets.";
    else
      finding.mend = fmt::format("Write {} for {}.", demand, entry.directive->name);
    finding.code = kSyntaxError;
  }
}

void look_for_switch(const LintContext& context, const Rule& rule, Findings& findings) {
  const auto& running = context.running_mpm();
  if (!running || !context.mpm_is_loaded() || *running == *context.mpm()) return;
  const std::string_view loaded = name_of_mpm(*context.mpm());
  LintFinding& finding =
      findings.add(rule, context.place_of_load(module_identifier(*context.mpm())));
  finding.claim = fmt::format(
      "{} runs, and this configuration loads {}: a reload or a restart ends the server, for the "
      "MPM cannot be changed while it runs.",
      name_of_mpm(*running), loaded);
  finding.mend = "Stop the server and start it again; do not reload it before.";
  finding.code = "AH00534";
}

constexpr std::array kRules = std::to_array<Rule>({
    {"refused", Severity::Danger, look_for_refused},
    {"warned", Severity::Note, look_for_warned},
    {"in-section", Severity::Danger, look_for_section},
    {"other-mpm", Severity::Danger, look_for_other_mpm},
    {"newer-directive", Severity::Danger, look_for_newer},
    {"one-word", Severity::Danger, look_for_words},
    {"refused-value", Severity::Danger, look_for_value},
    {"mpm-switch", Severity::Danger, look_for_switch},
});

}  // namespace

std::span<const Rule> refusal_rules() {
  return kRules;
}

}  // namespace mpm::config
