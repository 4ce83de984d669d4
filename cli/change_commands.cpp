// SPDX-License-Identifier: Apache-2.0
#include "cli/change_commands.h"

#include <algorithm>
#include <iostream>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/auto.h"
#include "cli/output.h"
#include "cli/render.h"
#include "cli/table.h"
#include "cli/watch.h"
#include "schema/codec/names.h"

namespace mpm {
namespace {

constexpr std::chrono::milliseconds kPause{150};  // between two looks at a change

// Undone is no failure of ours: the server is as it was. A script still has to know.
ExitStatus status_of(Phase phase) {
  if (phase == Phase::Kept) return ExitStatus::Fine;
  return phase == Phase::Stuck ? ExitStatus::Unreachable : ExitStatus::Findings;
}

// Only a person at a terminal is asked; anybody else has said --yes, or gets no more than the plan.
bool can_be_asked() {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

// Each phase as it comes, on stderr; stdout gets the whole at the end.
Result<Outcome> follow(std::int64_t id, const Options& options, Client& client,
                       const Style& style) {
  std::size_t told = 0;
  const double watched = options.change_watch_seconds.value_or(kLongestWatch);
  if (watched > 0) say("planned: the server is watched for half a minute first, to compare with.");
  auto ended = wait_for_end(
      id, client, [&told, watched, by_hand = options.by_hand](const ChangeRecord& change) {
        for (; told < change.steps.size(); ++told) {
          const ChangeStep& step = change.steps[told];
          if (!step.detail.empty()) say(fmt::format("{}: {}", name_of(step.phase), step.detail));
          if (step.phase == Phase::Verified && watched > 0)
            say(fmt::format("watching for {:.0f} s at most, to keep it or take it back; {}.",
                            watched,
                            by_hand ? "the hand does so without this command as well"
                                    : "Ctrl-C takes it back at once"));
        }
      });
  if (!ended) return fail(std::move(ended.error()));
  const ExitStatus status = status_of(phase_of(ended->value));
  return outcome(
      std::move(*ended), options, [&](const ChangeRecord& change) { return render(change, style); },
      status);
}

// What is to be changed; nothing when the proposal has nothing.
struct Wanted {
  std::optional<ChangeRequest> request;
  std::optional<Answer<Proposal>> proposal;
};

// What the engine says, as wishes.
Result<Wanted> recommended(const Options& options, Client& client) {
  // The hand passes on what the agent proposes, which has watched all the time.
  if (!options.by_hand)
    if (auto watched = watch(client, options); !watched) return fail(std::move(watched.error()));
  auto answer =
      client.proposal({.target = options.target, .window_seconds = options.watch_seconds});
  if (!answer) return fail(std::move(answer.error()));
  Wanted wanted;
  wanted.proposal = std::move(*answer);
  const Proposal& proposal = wanted.proposal->value;
  if (proposal.changes.empty()) return wanted;
  ChangeRequest request;
  request.question.basis = proposal.basis;
  request.because = proposal.verdict;
  for (const Change& change : proposal.changes)
    request.question.wishes.push_back({change.directive, fmt::format("{}", change.to)});
  wanted.request = std::move(request);
  return wanted;
}

Result<Wanted> asked(const Options& options, Client& client) {
  if (options.wishes.empty() && !options.switch_mpm) return recommended(options, client);
  ChangeRequest request;
  request.question.wishes = options.wishes;
  if (options.switch_mpm) request.question.mpm = options.mpm;
  return Wanted{std::move(request), std::nullopt};
}

Outcome nothing_wanted(const Answer<Proposal>& proposal, const Options& options,
                       const Style& style) {
  if (options.json) return Outcome{proposal.body};
  return Outcome{paragraph({}, proposal.value.verdict, style) +
                 paragraph({}, "Nothing is to be changed; mpmctl recommend says more.", style)};
}

Result<Outcome> apply_change(const Options& options, Client& client, const Style& style) {
  auto wanted = asked(options, client);
  if (!wanted) return fail(std::move(wanted.error()));
  if (!wanted->request) return nothing_wanted(*wanted->proposal, options, style);
  ChangeRequest& request = *wanted->request;
  request.question.target = options.target;
  request.most_restart = options.most_restart;
  request.watch_seconds = options.change_watch_seconds;
  request.window_seconds = options.watch_seconds;
  auto preview = client.change_preview(request);
  if (!preview) return fail(std::move(preview.error()));
  if (preview->value.plan.files.empty())
    return outcome(std::move(*preview), options,
                   [&](const ChangePreview& shown) { return render(shown, style); });
  const std::string refusal = preview->value.refusal;
  if (!options.yes || !refusal.empty()) {
    const bool asks = refusal.empty() && !options.json;
    if (auto written = write_stdout(options.json ? preview->body : render(preview->value, style));
        !written)
      return fail(std::move(written.error()));
    if (!refusal.empty()) return fail(Error::Kind::Conflict, refusal);
    if (!asks || !says_yes("Make this change?"))
      return Outcome{options.json ? std::string()
                                  : "\n" + paragraph({}, "Nothing was changed; --yes makes it.",
                                                     style, Tone::Strong)};
  }
  // A yes is to all that was shown; what nobody saw stands in the story of the change.
  request.unloaded_too = true;
  if (options.yes)
    for (const std::string& sentence : preview->value.unloaded)
      say(sentence);
  // What was shown is what is made, of the server that was shown, or nothing is.
  request.question.basis = preview->value.plan.basis;
  if (preview->value.plan.pid != 0)
    request.question.target = std::to_string(preview->value.plan.pid);
  auto begun = client.change_begin(request);
  if (!begun) return fail(std::move(begun.error()));
  return follow(begun->value.id, options, client, style);
}

Result<Outcome> undo(const Options& options, Client& client, const Style& style) {
  if (!options.yes && (options.json || !can_be_asked()))
    return fail(Error::Kind::Usage, "Nobody can be asked here; mpmctl undo --yes does not ask.");
  if (!options.yes) {
    auto list = client.changes(options.limit);
    if (!list) return fail(std::move(list.error()));
    if (auto shown = write_stdout(render(list->value, style)); !shown)
      return fail(std::move(shown.error()));
    if (!says_yes(options.change_id == 0 ? std::string("Take the newest back that was kept?")
                                         : fmt::format("Take change {} back?", options.change_id)))
      return Outcome{paragraph({}, "Nothing was changed.", style, Tone::Strong)};
  }
  UndoRequest request;
  request.id = options.change_id;
  request.most_restart = options.most_restart;
  request.watch_seconds = options.change_watch_seconds;
  auto begun = client.change_undo(request);
  if (!begun) return fail(std::move(begun.error()));
  for (const Remark& remark : begun->value.plan.remarks)
    say(remark.text);
  return follow(begun->value.id, options, client, style);
}

Result<Outcome> show(const Options& options, Client& client, const Style& style) {
  auto answer = client.change(options.change_id);
  if (!answer) return fail(std::move(answer.error()));
  return outcome(std::move(*answer), options,
                 [&](const ChangeRecord& change) { return render(change, style); });
}

}  // namespace

bool says_yes(const std::string& question) {
  if (!can_be_asked()) return false;
  draw_stderr(question + " [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

Result<Answer<ChangeRecord>> wait_for_end(std::int64_t id, Client& client,
                                          const std::function<void(const ChangeRecord&)>& see) {
  for (;;) {
    auto answer = client.change(id);
    if (!answer) {
      Error error = std::move(answer.error());
      if (error.kind == Error::Kind::TimedOut || error.kind == Error::Kind::Unreachable)
        error.what += fmt::format(
            " Nobody leads change {0} any more, so it is taken back; mpmctl show {0} tells.", id);
      return fail(std::move(error));
    }
    const ChangeRecord& change = answer->value;
    if (see) see(change);
    if (has_ended(phase_of(change))) return answer;
    std::this_thread::sleep_for(kPause);
  }
}

std::string reason_of(const ChangeRecord& change) {
  for (const ChangeStep& step : change.steps)
    if (step.phase == Phase::Undoing && change.steps.back().phase == Phase::Undone)
      return step.detail;
  return change.steps.empty() ? std::string() : change.steps.back().detail;
}

Result<Outcome> perform_change(const Options& options, Client& client, const Style& style) {
  switch (options.command) {
    case Command::Apply:
      if (options.automatic) return apply_automatically(options, client);
      return apply_change(options, client, style);
    case Command::Undo:
      return undo(options, client, style);
    case Command::Show:
      return show(options, client, style);
    default:
      break;
  }
  auto answer = client.changes(options.limit);
  if (!answer) return fail(std::move(answer.error()));
  return outcome(std::move(*answer), options,
                 [&](const ChangeList& list) { return render(list, style); });
}

}  // namespace mpm
