// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl config set`, `unset` and `mpm`: what changes, in which files, and what puts it in force.
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/place.h"
#include "cli/render.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/words.h"

namespace mpm {
namespace {

std::string place_of(const DirectiveChange& change, const Style& style) {
  return change.file ? place(*change.file, change.line, "", style.width - 20) : "-";
}

std::string changes(const EditPlan& plan, const Style& style) {
  std::vector<Row> rows;
  for (const DirectiveChange& change : plan.directives)
    rows.push_back({{change.directive, change.from.value_or("-"), change.to.value_or("-"),
                     text_of(change.to_effective), std::string(words(change.restart)),
                     place_of(change, style)},
                    {}});
  return table({{.heading = "Directive", .tone = Tone::Strong},
                {.heading = "Written", .align = Align::Right},
                {.heading = "Then", .align = Align::Right},
                {.heading = "In force", .align = Align::Right},
                {.heading = "Takes"},
                {.heading = "Where", .flexible = true}},
               rows, style);
}

Tone tone_of_line(std::string_view line) {
  if (line.substr(0, 4) == "--- " || line.substr(0, 4) == "+++ ") return Tone::Strong;
  if (line.substr(0, 2) == "@@") return Tone::Faint;
  if (line.substr(0, 1) == "+") return Tone::Good;
  return line.substr(0, 1) == "-" ? Tone::Bad : Tone::Plain;
}

// As patch(1) takes it: nothing is wrapped or indented.
std::string painted(std::string_view diff, const Style& style) {
  std::string text;
  while (!diff.empty()) {
    const std::size_t end = diff.find('\n');
    const std::string line = printable_lines(diff.substr(0, end));
    text += style.paint(tone_of_line(line), line) + "\n";
    diff.remove_prefix(end == std::string_view::npos ? diff.size() : end + 1);
  }
  return text;
}

std::string server_of(const EditPlan& plan) {
  if (plan.pid == 0) return "this tree";
  return server_name({.pid = plan.pid, .url = "", .version = "", .mpm = plan.mpm_before});
}

std::string what_next(const EditPlan& plan) {
  const std::string needs = fmt::format("A {} puts it in force.", words(plan.restart));
  if (plan.written)
    return plan.pid == 0 ? "It is written." : "It is written and not loaded yet. " + needs;
  return "Nothing is written; add --write to write it. " +
         (plan.pid == 0 ? std::string() : needs + " Until then the server goes on as it is.");
}

}  // namespace

std::string directives_and_files(const EditPlan& plan, const Style& style) {
  std::string text;
  if (plan.mpm_before != plan.mpm_after)
    text += paragraph({},
                      fmt::format("{} {} {}", words(plan.mpm_before), style.glyphs().arrow,
                                  words(plan.mpm_after)),
                      style);
  text += "\n";
  if (!plan.directives.empty()) text += changes(plan, style) + "\n";
  for (const FileChange& file : plan.files)
    text += painted(file.diff, style);
  if (!plan.remarks.empty()) text += "\n";
  for (const Remark& remark : plan.remarks)
    text += paragraph(
        {fmt::format("{} ", style.glyphs().note), Tone::Caution},
        remark.code.empty() ? remark.text : fmt::format("{}: {}", remark.code, remark.text), style);
  return text;
}

std::string render(const EditPlan& plan, const Style& style) {
  if (plan.files.empty())
    return paragraph({}, "It is so already; nothing is to be changed.", style);
  return paragraph({},
                   fmt::format("What {} in the configuration of {}",
                               plan.written ? "was changed" : "would change", server_of(plan)),
                   style, Tone::Strong) +
         directives_and_files(plan, style) + "\n" +
         paragraph({}, what_next(plan), style, Tone::Strong);
}

}  // namespace mpm
