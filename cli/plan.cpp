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

constexpr int kNarrow = 8;           // columns that the flexible column gets at least
constexpr int kRoomForPlaces = 100;  // columns from which a place fits beside the values

// Where the values leave no room for it, the place of each stands below them.
std::string changes(const EditPlan& plan, const Style& style) {
  const bool switches = plan.mpm_before != plan.mpm_after;  // then none comes without the others
  const bool roomy = style.width >= kRoomForPlaces;
  std::vector<Row> rows;
  for (const DirectiveChange& change : plan.directives) {
    Row row{{change.directive, change.from.value_or("-"), change.to.value_or("-"),
             text_of(change.to_effective),
             std::string(words(switches ? plan.restart : change.restart))},
            {}};
    if (roomy)
      row.cells.push_back(change.file ? place(*change.file, change.line, "", style.width - 20)
                                      : "-");
    else if (change.file)
      row.notes.push_back(
          {Tone::Faint, place(*change.file, change.line, "", 3 * style.width - 20)});
    rows.push_back(std::move(row));
  }
  std::vector<Column> columns{{.heading = "Directive", .tone = Tone::Strong},
                              {.heading = "Written", .align = Align::Right},
                              {.heading = "Then", .align = Align::Right},
                              {.heading = "In force then", .align = Align::Right},
                              {.heading = "Takes", .flexible = !roomy}};
  if (roomy) columns.push_back({.heading = "Where", .flexible = true});
  return table(columns, rows, style, {.flexible_min = kNarrow});
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
  if (plan.written && plan.pid == 0) return "It is written.";
  if (plan.written)
    return fmt::format("It is written and not loaded yet. A {} puts it in force.",
                       words(plan.restart));
  if (plan.pid == 0) return "Nothing is written; add --write to write it.";
  return fmt::format(
      "Nothing is written, and the server goes on as it is. --write writes it, and a {} then puts "
      "it in force; mpmctl apply does both, and watches what comes of it.",
      words(plan.restart));
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
