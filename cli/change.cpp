// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl apply`, `undo`, `changes` and `show`: what a change would be, what became of it, and
// which there were.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/moment.h"
#include "cli/render.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/words.h"
#include "schema/codec/names.h"

namespace mpm {
namespace {

constexpr int kNarrow = 8;  // columns that a sentence gets at least, in a narrow terminal

Tone tone_of(Phase phase) {
  switch (phase) {
    case Phase::Kept:
      return Tone::Good;
    case Phase::Undone:
    case Phase::Undoing:
    case Phase::Restored:
      return Tone::Caution;
    case Phase::Stuck:
      return Tone::Bad;
    default:
      return Tone::Plain;
  }
}

// Of what has not ended the phase says little to who does not know the others.
std::string_view standing(Phase phase) {
  if (phase >= Phase::Kept) return name_of(phase);
  return phase >= Phase::Undoing ? "being undone" : "under way";
}

// How it ended, or where it stands, and what to do about that.
std::string ending(const ChangeRecord& change, Phase phase) {
  switch (phase) {
    case Phase::Kept:
      return "It was kept: the server runs with it.";
    case Phase::Undone:
      return "It was taken back: the server runs as before.";
    case Phase::Abandoned:
      return "It was given up before anything was touched. Mend what the last step names, and make "
             "it anew.";
    case Phase::Stuck:
      return fmt::format(
          "It could not be taken back. Look at what the last step names, and bring "
          "the server in order by hand{}.",
          change.backup.empty() ? std::string()
                                : fmt::format("; the files as they were are in {}", change.backup));
    case Phase::Undoing:
    case Phase::Restored:
      return fmt::format("It is being taken back; mpmctl show {} tells how that goes on.",
                         change.id);
    default:
      return fmt::format("It is under way; mpmctl show {} tells how it goes on.", change.id);
  }
}

std::string steps(const ChangeRecord& change, const Style& style) {
  std::vector<Row> rows;
  for (const ChangeStep& step : change.steps)
    rows.push_back({{moment(step.at), std::string(name_of(step.phase)), step.detail}, {}});
  return table({{.heading = "When", .tone = Tone::Faint},
                {.heading = "Phase", .tone = Tone::Strong},
                {.heading = "What happened", .flexible = true}},
               rows, style, {.flexible_min = kNarrow});
}

// What the steps do not tell: the verdict is what led to one of them, once there is one.
std::string evidence(const WatchReport& watch, const std::vector<ChangeStep>& steps,
                     const Style& style) {
  std::string text;
  if (std::ranges::find(steps, watch.sentence, &ChangeStep::detail) == steps.end())
    text += paragraph({"  "}, watch.sentence, style);
  for (const VerdictEvidence& each : watch.evidence)
    text += paragraph(
        {fmt::format("  {} ", each.condemns ? style.glyphs().danger : style.glyphs().note),
         each.condemns ? Tone::Bad : Tone::Faint},
        each.sentence, style);
  return text.empty() ? text : "\n" + heading("What the watch saw", style) + text;
}

std::string title(const ChangeRecord& change) {
  std::string text = fmt::format("Change {} of {}", change.id,
                                 server_name({.pid = change.target.pid,
                                              .url = change.target.url,
                                              .version = change.target.version,
                                              .mpm = change.target.mpm}));
  if (change.undoes != 0) text += fmt::format(", which takes back change {}", change.undoes);
  return text;
}

}  // namespace

std::string render(const ChangePreview& preview, const Style& style) {
  const EditPlan& plan = preview.plan;
  if (plan.files.empty())
    return paragraph({}, "It is so already; nothing is to be changed.", style);
  std::string text = paragraph(
      {},
      fmt::format("The change of {}",
                  server_name({.pid = plan.pid, .url = "", .version = "", .mpm = plan.mpm_before})),
      style, Tone::Strong);
  text += directives_and_files(plan, style);
  text += "\n" + heading("What loading it does", style);
  text += paragraph({"  "}, fmt::format("It takes a {}.", words(plan.restart)), style);
  for (const std::string& risk : preview.risks)
    text += paragraph({fmt::format("  {} ", style.glyphs().note), Tone::Caution}, risk, style);
  if (!preview.unloaded.empty()) text += "\n" + heading("What it loads besides", style);
  for (const std::string& sentence : preview.unloaded)
    text += paragraph({fmt::format("  {} ", style.glyphs().danger), Tone::Bad}, sentence, style);
  if (!preview.refusal.empty())
    text += "\n" + paragraph({}, "It is not made as it was asked for. " + preview.refusal, style,
                             Tone::Bad);
  return text;
}

std::string render(const ChangeRecord& change, const Style& style) {
  std::string text = paragraph({}, title(change), style, Tone::Strong);
  if (!change.because.empty()) text += paragraph({}, change.because, style);
  if (!change.asked_by.empty())
    text += paragraph({}, fmt::format("The hand made it for {}.", change.asked_by), style);
  text += directives_and_files(change.plan, style);
  text += "\n" + heading("Its life", style) + steps(change, style);
  if (change.watch) text += evidence(*change.watch, change.steps, style);
  const Phase phase = phase_of(change);
  text += "\n" + paragraph({}, ending(change, phase), style, tone_of(phase));
  if (phase == Phase::Kept)
    text +=
        paragraph({}, fmt::format("mpmctl undo {} takes it back.", change.id), style, Tone::Faint);
  return text;
}

std::string render(const ChangeList& list, const Style& style) {
  if (list.changes.empty()) return paragraph({}, "Nothing was changed here yet.", style);
  std::vector<Row> rows;
  for (const ChangeSummary& change : list.changes) {
    std::string what = change.what;
    if (change.undoes != 0) what += fmt::format(" (takes back {})", change.undoes);
    rows.push_back({{fmt::format("{}", change.id), moment(change.at), fmt::format("{}", change.pid),
                     std::string(standing(change.phase)), what},
                    {}});
  }
  return table({{.heading = "Id", .align = Align::Right, .tone = Tone::Strong},
                {.heading = "When", .tone = Tone::Faint},
                {.heading = "Server", .align = Align::Right},
                {.heading = "State"},
                {.heading = "What", .flexible = true}},
               rows, style, {.flexible_min = kNarrow}) +
         "\n" + paragraph({}, "mpmctl show ID tells what became of one.", style, Tone::Faint);
}

}  // namespace mpm
