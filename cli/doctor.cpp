// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl doctor`: what is missing of each server and of the agent, and the line that mends it.
#include <string>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/render.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/words.h"

namespace mpm {
namespace {

constexpr int kIndent = 10;  // what a finding's mark and severity take

std::string finding_text(const DoctorFinding& finding, const Style& style) {
  const std::string whose = finding.pid == 0
                                ? std::string("agent")
                                : fmt::format("httpd {} ({})", finding.pid, finding.server);
  std::string text = paragraph(
      {fmt::format("{} {:<8}", mark(finding.severity, style.glyphs()), words(finding.severity)),
       tone_of(finding.severity)},
      fmt::format("{}  [{}]", whose, finding.check), style);
  text += paragraph({std::string(kIndent, ' ')}, finding.claim, style);
  if (!finding.mend.empty()) {
    const std::string arrow = padded(style.glyphs().arrow, kIndent - 1, Align::Right) + " ";
    text += paragraph({arrow, Tone::Good}, finding.mend, style);
  }
  return text;
}

}  // namespace

bool has_findings(const DoctorReport& report) {
  for (const DoctorFinding& finding : report.findings)
    if (finding.severity >= Severity::Advice) return true;
  return false;
}

std::string render(const DoctorReport& report, const Style& style) {
  std::string text = paragraph({},
                               fmt::format("{}, looked at by {}", plural(report.servers, "httpd"),
                                           report.ephemeral ? "an agent for this command"
                                                            : "the agent that runs as a service"),
                               style, Tone::Strong);
  if (report.findings.empty()) return text + paragraph({"  "}, "Nothing is missing.", style);
  for (const DoctorFinding& finding : report.findings)
    text += "\n" + finding_text(finding, style);
  return text;
}

}  // namespace mpm
