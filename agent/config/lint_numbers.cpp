// SPDX-License-Identifier: Apache-2.0
//
// Numbers that httpd corrects, loudly (a code) or silently, and those that a running server keeps
// whatever the file says. The arithmetic is agent/apache/constraints.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "agent/config/lint_rules.h"

namespace mpm::config {
namespace {

// The codes of one correction under prefork, worker and event.
struct Correction {
  std::string_view rule;
  std::string_view directive;
  std::array<std::string_view, 3> codes;
};

constexpr std::array kCorrections = std::to_array<Correction>({
    {"server-limit-high", "ServerLimit", {"AH00175", "AH00300", "AH00497"}},
    {"server-limit-low", "ServerLimit", {"AH00177", "AH00302", "AH00499"}},
    {"thread-limit-high", "ThreadLimit", {"", "AH00305", "AH00502"}},
    {"thread-limit-low", "ThreadLimit", {"", "AH00307", "AH00504"}},
    {"threads-above-limit", "ThreadsPerChild", {"", "AH00310", "AH00507"}},
    {"threads-low", "ThreadsPerChild", {"", "AH00312", "AH00509"}},
    {"workers-below-threads", "MaxRequestWorkers", {"", "AH00314", "AH00511"}},
    {"workers-not-multiple", "MaxRequestWorkers", {"", "AH00316", "AH00513"}},
    {"workers-above-limit", "MaxRequestWorkers", {"AH00180", "AH00318", "AH00515"}},
    {"workers-low", "MaxRequestWorkers", {"AH00182", "", ""}},
    {"start-low", "StartServers", {"AH00184", "AH00320", "AH00517"}},
    {"spare-low", "MinSpareServers", {"AH00186", "", ""}},
    {"spare-low", "MinSpareThreads", {"", "AH00322", "AH00519"}},
});

// A number that is not written can be corrected for the sake of one that is.
Place place_of_correction(const LintContext& context, std::string_view directive) {
  if (directive == "MaxRequestWorkers")
    return context.place_of_any({directive, "ThreadsPerChild", "ServerLimit", "ThreadLimit"});
  if (directive == "ThreadsPerChild") return context.place_of_any({directive, "ThreadLimit"});
  if (directive == "MaxSpareThreads")
    return context.place_of_any({directive, "MinSpareThreads", "ThreadsPerChild", "ThreadLimit"});
  if (directive == "MaxSpareServers") return context.place_of_any({directive, "MinSpareServers"});
  return context.place_of_any({directive});
}

std::int64_t written(const LintContext& context, std::string_view directive) {
  for (const WrittenNumber& number : context.written_numbers())
    if (number.directive == directive) return number.value;
  const Directive* known = find_directive(directive);
  return known == nullptr || !context.mpm() ? 0 : known->default_for(*context.mpm());
}

std::string mend_of(const LintContext& context, std::string_view rule, std::string_view directive) {
  const std::int64_t used = context.number(directive);
  const std::int64_t asked = written(context, directive);
  const std::int64_t threads = context.number("ThreadsPerChild");
  if (rule == "threads-above-limit")
    return fmt::format(
        "Write ThreadsPerChild {}, or ThreadLimit {} as well; ThreadLimit needs a "
        "stop and a start.",
        used, asked);
  if (rule == "workers-not-multiple" && asked / threads < context.number("ServerLimit"))
    return fmt::format("Write MaxRequestWorkers {}, or {}.", used, (asked / threads + 1) * threads);
  if (rule == "workers-above-limit") {
    const std::int64_t most = find_directive("ServerLimit")->maximum_for(*context.mpm());
    const std::int64_t needed = threads > 0 ? (asked + threads - 1) / threads : asked;
    if (needed <= most)
      return fmt::format(
          "Write MaxRequestWorkers {}, or ServerLimit {} as well; ServerLimit needs "
          "a stop and a start.",
          used, needed);
  }
  return fmt::format("Write {} {}.", directive, used);
}

void look_for_corrections(const LintContext& context, const Rule& rule, Findings& findings) {
  if (!context.mpm() || *context.mpm() == Mpm::Winnt) return;
  const auto mpm = static_cast<std::size_t>(*context.mpm());
  for (const Correction& correction : kCorrections) {
    if (correction.rule != rule.id || correction.codes[mpm].empty()) continue;
    for (const EffectiveNumber& number : context.numbers().numbers) {
      for (const Remark& remark : number.remarks) {
        if (remark.code != correction.codes[mpm]) continue;
        LintFinding& finding = findings.add(rule, place_of_correction(context, number.directive));
        finding.claim = remark.text;
        finding.mend = mend_of(context, rule.id, number.directive);
        finding.code = remark.code;
      }
    }
  }
}

// The sentence of a correction that httpd does not log; empty when there is none.
std::string silent_correction(const LintContext& context, std::string_view directive) {
  for (const EffectiveNumber& number : context.numbers().numbers)
    for (const Remark& remark : number.remarks)
      if (number.directive == directive && remark.code.empty()) return remark.text;
  return {};
}

void look_for_start(const LintContext& context, const Rule& rule, Findings& findings) {
  const Occurrence* start = context.in_force("StartServers");
  const std::string text = silent_correction(context, "StartServers");
  if (start == nullptr || text.empty()) return;
  LintFinding& finding = findings.add(rule, context.place_of_value(*start));
  finding.claim = text;
  finding.mend = mend_of(context, rule.id, "StartServers");
}

// Too near: the correction. Crossed: its case in which the two values were mixed up.
void look_for_spare(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const auto& [least, most] :
       {std::pair<std::string_view, std::string_view>{"MinSpareServers", "MaxSpareServers"},
        {"MinSpareThreads", "MaxSpareThreads"}}) {
    const std::string text = silent_correction(context, most);
    if (text.empty()) continue;
    const bool both = context.in_force(least) != nullptr && context.in_force(most) != nullptr;
    const bool crossed = both && written(context, least) > written(context, most);
    if (crossed != (rule.id == "spare-crossed")) continue;
    LintFinding& finding = findings.add(rule, place_of_correction(context, most));
    if (context.in_force(most) == nullptr) finding.severity = Severity::Note;
    finding.claim = text;
    finding.mend =
        crossed ? fmt::format("Write the smaller number for {} and the larger for {}.", least, most)
                : mend_of(context, rule.id, most);
  }
}

// The limits of a parent are those of its first start.
void look_for_kept(const LintContext& context, const Rule& rule, Findings& findings) {
  if (!context.mpm() || (context.running_mpm() && context.running_mpm() != context.mpm())) return;
  const bool servers = rule.id == "server-limit-kept";
  const std::string_view directive = servers ? "ServerLimit" : "ThreadLimit";
  if (!find_directive(directive)->known_to(*context.mpm())) return;
  const std::int64_t kept =
      servers ? context.running().server_limit : context.running().thread_limit;
  const std::int64_t wanted = context.number(directive);
  if (kept <= 0 || kept == wanted) return;
  const EffectiveNumbers now =
      effective_numbers(*context.mpm(), context.written_numbers(), context.running());
  LintFinding& finding = findings.add(rule, context.place_of_any({directive}));
  finding.claim = fmt::format(
      "{} is {} {}, and the running server keeps the {} of its start: a reload and a "
      "restart ignore the new value. As long as it does, at most {} workers can run.",
      directive, wanted, context.in_force(directive) != nullptr ? "in the file" : "by default",
      kept, now.worker_limit);
  finding.mend = "Stop the server and start it again, or take the change back.";
  constexpr std::array<std::string_view, 4> kServers{"AH00179", "AH00304", "AH00501", ""};
  constexpr std::array<std::string_view, 4> kThreads{"", "AH00309", "AH00506", ""};
  finding.code = (servers ? kServers : kThreads)[static_cast<std::size_t>(*context.mpm())];
}

constexpr std::array kRules = std::to_array<Rule>({
    {"server-limit-high", Severity::Warning, look_for_corrections},
    {"server-limit-low", Severity::Warning, look_for_corrections},
    {"server-limit-kept", Severity::Warning, look_for_kept},
    {"thread-limit-high", Severity::Warning, look_for_corrections},
    {"thread-limit-low", Severity::Warning, look_for_corrections},
    {"thread-limit-kept", Severity::Warning, look_for_kept},
    {"threads-above-limit", Severity::Warning, look_for_corrections},
    {"threads-low", Severity::Warning, look_for_corrections},
    {"workers-below-threads", Severity::Warning, look_for_corrections},
    {"workers-not-multiple", Severity::Warning, look_for_corrections},
    {"workers-above-limit", Severity::Warning, look_for_corrections},
    {"workers-low", Severity::Warning, look_for_corrections},
    {"start-low", Severity::Warning, look_for_corrections},
    {"start-above-limit", Severity::Advice, look_for_start},
    {"spare-low", Severity::Warning, look_for_corrections},
    {"spare-too-near", Severity::Advice, look_for_spare},
    {"spare-crossed", Severity::Warning, look_for_spare},
});

}  // namespace

std::span<const Rule> number_rules() {
  return kRules;
}

}  // namespace mpm::config
