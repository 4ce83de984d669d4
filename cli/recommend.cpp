// SPDX-License-Identifier: Apache-2.0
//
// The report of `mpmctl recommend`, in the order in which it is read: the grade, what was
// found, what to change, whether the memory holds, how to put it in force, how sure it is,
// and last, where the eye and the mouse are, the block to paste.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/render.h"
#include "cli/sum.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/words.h"

namespace mpm {
namespace {

// A number of the evidence with its unit, which decides how it is written.
std::string quantity(double value, std::string_view unit) {
  if (unit == "bytes" || unit == "B") return megabytes(Bytes{static_cast<std::int64_t>(value)});
  if (unit == "s" || unit == "seconds") return value < 0 ? number(value) + " s" : duration(value);
  if (unit == "share") return percent(value);
  if (unit.empty()) return number(value);
  return fmt::format("{} {}", number(value), printable(unit));
}

std::string evidence_line(const Finding& finding, const Style& style) {
  std::vector<std::string> facts;
  for (const Evidence& evidence : finding.evidence) {
    const std::string against =
        evidence.bound == 0 ? std::string()
                            : fmt::format(" (against {})", quantity(evidence.bound, evidence.unit));
    facts.push_back(fmt::format("{} = {}{}", evidence.metric,
                                quantity(evidence.value, evidence.unit), against));
  }
  return joined(facts, fmt::format(" {} ", style.glyphs().dot));
}

std::string top(const Proposal& proposal, const Style& style) {
  const std::string grade = proposal.grade.empty() ? "-" : printable(proposal.grade);
  std::string text = paragraph({fmt::format("Grade {}   ", grade), tone_of_grade(grade)},
                               proposal.verdict, style, Tone::Strong);
  const std::string seen =
      fmt::format("{}, watched for {} in {}",
                  server_name({.pid = proposal.pid, .url = "", .version = "", .mpm = proposal.mpm}),
                  duration(proposal.observed_seconds), plural(proposal.samples, "sample"));
  return text + paragraph({"          "}, seen, style, Tone::Faint);
}

std::string summary(const Finding& finding, const Style& style) {
  const std::string lead = fmt::format("  {} {}  ", mark(finding.severity, style.glyphs()),
                                       padded(words(finding.severity), 7));
  std::string text = paragraph({lead, tone_of(finding.severity)}, finding.claim, style);
  const std::string indent(static_cast<std::size_t>(display_width(lead)), ' ');
  if (!finding.advice.empty())
    text += paragraph({indent + std::string(style.glyphs().arrow) + " "}, finding.advice, style,
                      Tone::Notice);
  if (!finding.evidence.empty() && finding.severity != Severity::Fine)
    text += paragraph({indent}, evidence_line(finding, style), style, Tone::Faint);
  return text;
}

std::string explained(const Finding& finding, const Style& style) {
  const std::string lead =
      fmt::format("  {} {}  ", mark(finding.severity, style.glyphs()), words(finding.severity));
  std::string text =
      paragraph({lead, tone_of(finding.severity)}, finding.rule, style, Tone::Strong);
  text += paragraph({"      Claim     "}, finding.claim, style);
  if (!finding.advice.empty()) text += paragraph({"      Advice    "}, finding.advice, style);
  if (!finding.formula.empty()) text += paragraph({"      Formula   "}, finding.formula, style);
  text += paragraph({"      Sure      "}, words(finding.confidence), style);
  if (finding.evidence.empty()) return text + "\n";
  std::vector<Row> rows;
  for (const Evidence& evidence : finding.evidence)
    rows.push_back({{evidence.metric, quantity(evidence.value, evidence.unit),
                     quantity(evidence.bound, evidence.unit)},
                    {}});
  text += table({{.heading = "Evidence"},
                 {.heading = "Value", .align = Align::Right},
                 {.heading = "Held against", .align = Align::Right}},
                rows, style, {.indent = 6});
  return text + "\n";
}

std::string findings_section(const Proposal& proposal, const Style& style, Detail detail) {
  if (proposal.findings.empty()) return "";
  std::vector<Finding> worst_first = proposal.findings;
  std::stable_sort(worst_first.begin(), worst_first.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  std::string text = "\n" + heading("What was found", style);
  for (const Finding& finding : worst_first)
    text += detail == Detail::Explained ? explained(finding, style) : summary(finding, style);
  if (detail == Detail::Explained) text.pop_back();
  return text;
}

std::string reckoned(const Proposal& proposal, const Style& style) {
  std::string text;
  for (const Change& change : proposal.changes)
    if (!change.formula.empty())
      text +=
          paragraph({fmt::format("  {} = ", change.directive)}, change.formula, style, Tone::Faint);
  return text;
}

std::string changes_section(const Proposal& proposal, const Style& style, Detail detail) {
  std::string text = "\n" + heading("What to change", style);
  if (proposal.changes.empty())
    return text + paragraph({"  "},
                            proposal.confidence == Confidence::None
                                ? "No directive change is proposed on so little data."
                                : "Nothing: no directive needs another value.",
                            style);
  std::vector<Row> rows;
  for (const Change& change : proposal.changes)
    rows.push_back({{change.directive, fmt::format("{}", change.from), fmt::format("{}", change.to),
                     change.because},
                    {}});
  text += table({{.heading = "Directive"},
                 {.heading = "From", .align = Align::Right},
                 {.heading = "To", .align = Align::Right, .tone = Tone::Strong},
                 {.heading = "Because", .flexible = true}},
                rows, style);
  return detail == Detail::Explained ? text + reckoned(proposal, style) : text;
}

// The directives that need the strongest restart of the proposal: "ServerLimit and ThreadLimit".
std::string strongest(const Proposal& proposal) {
  std::vector<std::string> names;
  for (const Change& change : proposal.changes)
    if (change.restart == proposal.restart) names.push_back(printable(change.directive));
  if (names.size() < 2) return joined(names, "");
  const std::string last = names.back();
  names.pop_back();
  return joined(names, ", ") + " and " + last;
}

std::string restart_sentence(const Proposal& proposal) {
  const std::string names = strongest(proposal);
  const std::string subject = names.empty() ? "these directives" : names;
  switch (proposal.restart) {
    case RestartClass::Graceful:
      return "A graceful reload is enough; requests that are being served are finished. Check "
             "first: apachectl configtest && apachectl graceful";
    case RestartClass::Restart:
      return fmt::format(
          "A restart is needed for {}; requests that are being served are cut off. Choose a "
          "quiet minute: apachectl configtest && apachectl restart",
          subject);
    case RestartClass::StopStart:
      break;
  }
  return fmt::format(
      "A full stop and start is needed, because httpd reads {} only when it starts; a reload "
      "would keep the old value and say so at most in the error log. Clients are refused in "
      "between, so choose a quiet minute: check with apachectl configtest, then stop and start "
      "the service (systemctl restart does both).",
      subject);
}

std::string force_section(const Proposal& proposal, const Style& style) {
  if (proposal.changes.empty()) return "";
  return "\n" + heading("How to put it in force", style) +
         paragraph({"  "}, restart_sentence(proposal), style);
}

std::string confidence_section(const Proposal& proposal, const Style& style) {
  const std::string lead = fmt::format("  {}   ", words(proposal.confidence));
  const std::string clause = printable(proposal.weakest);
  std::string text = "\n" + heading("How sure this is", style);
  const std::string reason = clause.empty() ? std::string("Nothing holds the confidence down.")
                                            : fmt::format("What holds it down: {}{}", clause,
                                                          clause.back() == '.' ? "" : ".");
  text += paragraph({lead, tone_of(proposal.confidence)}, reason, style);
  if (proposal.confidence < Confidence::High)
    text += paragraph({std::string(static_cast<std::size_t>(display_width(lead)), ' ')},
                      "Watch longer, at the busiest hour: mpmctl recommend --for 10m", style,
                      Tone::Faint);
  return text;
}

}  // namespace

bool has_findings(const Proposal& proposal) {
  return std::any_of(proposal.findings.begin(), proposal.findings.end(),
                     [](const Finding& f) { return f.severity >= Severity::Advice; });
}

std::string render(const Proposal& proposal, const Style& style, Detail detail) {
  std::string text = top(proposal, style);
  text += findings_section(proposal, style, detail);
  text += changes_section(proposal, style, detail);
  if (proposal.memory)
    text += "\n" + heading("Will the memory hold?", style) + render(*proposal.memory, style);
  text += force_section(proposal, style);
  text += confidence_section(proposal, style);
  if (!proposal.block.empty()) {
    text += "\n" + heading("Paste this", style) + printable_lines(proposal.block);
    if (text.back() != '\n') text += '\n';
  }
  return text;
}

}  // namespace mpm
