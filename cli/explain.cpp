// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl config explain`: what a directive does, for whoever has to set it.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/render.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/words.h"

namespace mpm {
namespace {

std::string known_to(const DirectiveExplanation& explanation) {
  std::vector<std::string> names;
  for (const Mpm mpm : explanation.mpms)
    names.emplace_back(words(mpm));
  return joined(names, ", ");
}

void add_fact(std::string& text, std::string_view name, std::string_view fact, const Style& style) {
  if (fact.empty()) return;
  text += paragraph({fmt::format("  {:<12}", name), Tone::Faint}, fact, style);
}

}  // namespace

std::string render(const DirectiveExplanation& explanation, const Style& style) {
  std::string text = paragraph({}, explanation.directive, style, Tone::Strong);
  text += paragraph({}, explanation.summary, style);
  for (const std::string& one : explanation.paragraphs)
    text += "\n" + paragraph({}, one, style);
  text += "\n";
  add_fact(text, "MPMs", known_to(explanation), style);
  for (const std::string& one : explanation.defaults)
    add_fact(text, &one == &explanation.defaults.front() ? "default" : "", one, style);
  add_fact(text, "unit", explanation.unit, style);
  add_fact(text, "bounds", explanation.bounds, style);
  add_fact(text, "takes", words(explanation.restart), style);
  add_fact(text, "old name", explanation.old_name, style);
  for (const Remark& code : explanation.codes)
    add_fact(text, code.code, code.text, style);
  add_fact(text, "see also", joined(explanation.see_also, ", "), style);
  return text;
}

}  // namespace mpm
