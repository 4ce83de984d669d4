// SPDX-License-Identifier: Apache-2.0
//
// The use case that takes a change back: a change of its own, which gives back the very bytes where
// nobody touched the files since, and else the values; and is refused where a value of it is not as
// the change left it, because somebody wanted that since.
#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "agent/apply/backup.h"
#include "agent/apply/file_swap.h"
#include "agent/apply/inverse.h"
#include "agent/config/outcome.h"
#include "agent/config/settings.h"
#include "agent/service/agent.h"
#include "agent/service/planning.h"
#include "agent/service/proposed.h"
#include "agent/target/successor.h"
#include "schema/codec/names.h"

namespace mpm {
namespace {

constexpr std::int64_t kMostRemembered = 1000;

bool touches(const ChangeRecord& change, std::string_view directive) {
  return directive == "MPM"
             ? change.plan.mpm_before != change.plan.mpm_after
             : std::ranges::find(change.plan.directives, directive, &DirectiveChange::directive) !=
                   change.plan.directives.end();
}

// Who set it since, as far as the journal knows, and what to do then.
std::string who_and_what(const ChangeRecord& change, const apply::Departure& departed,
                         std::span<const ChangeRecord> newest_first) {
  const auto undone = taken_back(newest_first);
  for (const ChangeRecord& later : newest_first)
    if (later.id > change.id && later.undoes == 0 && later.steps.back().phase == Phase::Kept &&
        !undone.contains(later.id) && touches(later, departed.directive))
      return fmt::format("Change {0} set it since; take that one back first (mpmctl undo {0})",
                         later.id);
  return "Somebody else set it since";
}

tl::unexpected<Error> departed_since(const ChangeRecord& change, const apply::Departure& departed,
                                     std::span<const ChangeRecord> newest_first) {
  return fail(Error::Kind::Conflict,
              fmt::format("Change {} left {} {}, and now it is {}. {}, or set what you want by "
                          "mpmctl apply.",
                          change.id, departed.directive, departed.left, departed.now,
                          who_and_what(change, departed, newest_first)));
}

}  // namespace

Result<ChangeRecord> Agent::change_undo(const UndoRequest& request) {
  if (!options_.ephemeral) return daemons_change_nothing();
  return take_back(request, "");
}

Result<ChangeRecord> Agent::change_undo(UndoRequest request, const std::string& asked_by) {
  const auto newest = changes_.newest(kMostRemembered);
  if (!newest) return fail(newest.error());
  const auto id = may_be_taken_back(*newest, request.id);
  if (!id) return fail(id.error());
  request.id = *id;
  return take_back(request, asked_by);
}

// The newest that was kept and was not taken back since.
Result<ChangeRecord> Agent::take_back(const UndoRequest& request, const std::string& asked_by) {
  std::int64_t id = request.id;
  const auto newest = changes_.newest(kMostRemembered);
  if (!newest) return fail(newest.error());
  const auto undone = taken_back(*newest);
  if (id == 0)
    for (const ChangeRecord& each : *newest)
      if (id == 0 && each.steps.back().phase == Phase::Kept && each.undoes == 0 &&
          !undone.contains(each.id))
        id = each.id;
  if (id == 0) return fail(Error::Kind::Usage, "There is no change to take back.");
  auto change = changes_.find(id);
  if (!change) return change;
  const Phase phase = change->steps.back().phase;
  if (phase != Phase::Kept && phase != Phase::Stuck)
    return fail(Error::Kind::Conflict,
                fmt::format("Change {} is {}, so there is nothing of it to take back.", id,
                            name_of(phase)));
  if (const auto by = undone.find(id); by != undone.end())
    return fail(Error::Kind::Conflict,
                fmt::format("Change {} was taken back by change {} already.", id, by->second));
  ChangeRecord back;
  back.because = fmt::format("Takes change {} back.", id);
  back.undoes = id;
  back.asked_by = asked_by;
  back.watch_seconds = request.watch_seconds;
  auto intent = intend_back(*change, back.because);
  if (!intent) return fail(std::move(intent.error()));
  if (const auto departed = apply::departure(change->plan, intent->edit.plan))
    return departed_since(*change, *departed, *newest);
  return begin(std::move(*intent), std::move(back), {request.most_restart, Unloaded::Allowed});
}

Result<Agent::Intent> Agent::intend_back(const ChangeRecord& change, std::string& because) {
  // A stop and start since then gave it another pid, and its old one perhaps to another server.
  auto target = successor_of(change.target, proc_);
  if (!target)
    return fail(Error::Kind::NotFound,
                fmt::format("The server of change {} (process {}: {}) does not run any more; start "
                            "it, or write its files back by mpmctl config set.",
                            change.id, change.target.pid, fmt::join(change.target.arguments, " ")));
  ConfigQuestion question;
  question.target = std::to_string(target->pid);
  question.wishes = apply::wishes_back(change.plan);
  if (change.plan.mpm_before != change.plan.mpm_after) question.mpm = change.plan.mpm_before;
  apply::FileSwap swap(files_);
  const auto standing = swap.standing(change.backup);
  if (!standing || !standing->after) {
    because += standing ? " By its values: its files were changed since."
                        : " By its values: its backup cannot be used any more.";
    return intend(question);
  }
  const auto backup = apply::load_backup(change.backup);
  if (!backup) return fail(backup.error());
  std::vector<config::FileEdit> edits;
  for (const apply::SavedEdit& saved : backup->edits)
    edits.push_back(saved.edit);
  (void)watch(*target)->look(Sweep::None);
  auto source = site_of(question);
  if (!source) return fail(std::move(source.error()));
  config::Site site = config::read_site(source->options, *source->files);
  const MpmSettings settings = config::read_settings(site, source->mpm, source->running);
  config::PlannedEdit edit = apply::inverse_of(change.plan, edits, site.fingerprint);
  edit.plan.pid = target->pid;
  edit.site = std::move(site);
  config::fill_in_way(
      edit, {target->mpm, source->running, number_after(settings, edit.plan, "ThreadsPerChild")});
  return Intent{std::move(*target), std::move(*source), std::move(edit)};
}

}  // namespace mpm
