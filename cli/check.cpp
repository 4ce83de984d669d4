// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl config check`: what is wrong, where, and what to write instead.
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

// "file:12:3", as compilers have it, so that editors find it.
std::string place(const LintFinding& finding) {
  if (finding.line == 0) return finding.file;
  const std::string line = fmt::format("{}:{}", finding.file, finding.line);
  return finding.column > 0 ? fmt::format("{}:{}", line, finding.column) : line;
}

std::string finding_text(const LintFinding& finding, const Style& style) {
  const Tone tone = tone_of(finding.severity);
  std::string text = paragraph(
      {fmt::format("{} {:<8}", mark(finding.severity, style.glyphs()), words(finding.severity)),
       tone},
      fmt::format("{}  [{}]", place(finding), finding.rule), style);
  const std::string claim =
      finding.code.empty() ? finding.claim : fmt::format("{}: {}", finding.code, finding.claim);
  text += paragraph({std::string(kIndent, ' ')}, claim, style);
  if (!finding.mend.empty()) {
    const std::string arrow = padded(style.glyphs().arrow, kIndent - 1, Align::Right) + " ";
    text += paragraph({arrow, Tone::Good}, finding.mend, style);
  }
  return text;
}

}  // namespace

std::string render(const LintReport& report, const Style& style) {
  std::string text = paragraph({},
                               fmt::format("{} ({}), {} read", report.config_file,
                                           words(report.mpm), plural(report.files, "file")),
                               style, Tone::Strong);
  if (report.findings.empty()) return text + paragraph({"  "}, "Nothing is wrong with it.", style);
  for (const LintFinding& finding : report.findings)
    text += "\n" + finding_text(finding, style);
  return text;
}

}  // namespace mpm
