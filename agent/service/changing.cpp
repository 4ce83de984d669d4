// SPDX-License-Identifier: Apache-2.0
//
// The use cases that change a running server: what a change would be, to begin one, to take one
// back, and to tell what became of them.
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "agent/apply/backup.h"
#include "agent/apply/file_swap.h"
#include "agent/apply/inverse.h"
#include "agent/config/settings.h"
#include "agent/service/agent.h"
#include "agent/service/planning.h"
#include "agent/target/launch.h"
#include "agent/target/load_plan.h"
#include "agent/target/reload_risk.h"
#include "agent/target/successor.h"
#include "schema/codec/json.h"
#include "schema/codec/names.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;

// What a judge compares a change with, at most.
constexpr std::chrono::minutes kPast{5};
constexpr milliseconds kSecond{1000};

std::int64_t number_in(const SettingValue& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number != nullptr ? *number : 0;
}

// The value in force of a directive after the change, 0 when its MPM does not know it.
std::int64_t value_after(const MpmSettings& settings, const EditPlan& plan,
                         std::string_view directive) {
  const auto changed = std::ranges::find(plan.directives, directive, &DirectiveChange::directive);
  return changed != plan.directives.end() ? number_in(changed->to_effective)
                                          : number_in_force(settings, directive);
}

PoolSettings pool_after(const MpmSettings& settings, const EditPlan& plan,
                        const RunningLimits& running) {
  const auto after = [&](std::string_view name) { return value_after(settings, plan, name); };
  const Mpm mpm = plan.mpm_after.value_or(settings.mpm.value_or(Mpm::Event));
  PoolSettings pool;
  pool.mpm = mpm;
  pool.server_limit.value = running.server_limit;
  pool.threads_per_child =
      mpm == Mpm::Prefork ? 1 : std::max<std::int64_t>(1, after("ThreadsPerChild"));
  pool.worker_limit.value = after("MaxRequestWorkers");
  pool.start_servers.value = after("StartServers");
  pool.spare.value = after(mpm == Mpm::Prefork ? "MinSpareServers" : "MinSpareThreads");
  return pool;
}

std::string way_words(RestartClass way) {
  switch (way) {
    case RestartClass::Graceful:
      return "a graceful reload";
    case RestartClass::Restart:
      return "a restart, which cuts requests off";
    case RestartClass::StopStart:
      break;
  }
  return "a full stop and start";
}

// Why a change is not made as it was asked for; empty: it may be.
std::string refusal_of(const EditPlan& plan, RestartClass most) {
  if (plan.restart <= most) return "";
  return fmt::format("It takes {} and that was not allowed; --allow {} allows it.",
                     way_words(plan.restart), name_of(plan.restart));
}

// What was taken back, and by which change; of a list that begins with the newest. What takes a
// change back may have been taken back itself, and then the change is in force again.
std::map<std::int64_t, std::int64_t> taken_back(const ChangeList& list) {
  std::map<std::int64_t, std::int64_t> undone;
  for (const ChangeSummary& each : list.changes)
    if (each.undoes != 0 && each.phase == Phase::Kept && !undone.contains(each.id))
      undone.emplace(each.undoes, each.id);
  return undone;
}

tl::unexpected<Error> not_by_a_daemon() {
  return fail(Error::Kind::Denied,
              "A daemon changes no server; use mpmctl, which does it with your own rights.");
}

}  // namespace

Result<Agent::Intent> Agent::intend(const ConfigQuestion& question) {
  if (question.offline)
    return fail(Error::Kind::Usage,
                "A tree that nobody runs cannot be loaded; mpmctl config set --write writes it.");
  auto target = resolve(question.target);
  if (!target) return fail(std::move(target.error()));
  // By its pid, so that all that follows is about this one.
  ConfigQuestion same = question;
  same.target = std::to_string(target->pid);
  if (target->pid == 0) same.target = question.target;
  auto source = site_of(same);
  if (!source) return fail(std::move(source.error()));
  auto edit = planned(*source, question);
  if (!edit) return fail(std::move(edit.error()));
  LoadQuestion load;
  load.running_mpm = edit->plan.mpm_before;
  load.configured_mpm = edit->plan.mpm_after;
  for (const DirectiveChange& change : edit->plan.directives)
    load.changes.push_back({change.directive, change.from_effective, change.to_effective});
  load.running = source->running;
  load.threads_per_child = value_after(watch(*target)->settings(), edit->plan, "ThreadsPerChild");
  const LoadPlan way = load_plan(load);
  edit->plan.restart = std::max(edit->plan.restart, way.way);
  Intent intent{std::move(*target), std::move(*source), std::move(*edit), {}};
  for (const LoadReason& reason : way.reasons)
    intent.reasons.push_back(reason.sentence);
  return intent;
}

std::vector<std::string> Agent::risks_of(const Intent& intent) {
  std::vector<std::string> risks = intent.reasons;
  if (intent.edit.plan.restart != RestartClass::Graceful) return risks;
  const auto watched = watch(intent.target);
  const auto board = watched->board();
  if (!board) return risks;
  RiskQuestion question;
  question.board = *board;
  question.now = clock_.now();
  question.after = pool_after(watched->settings(), intent.edit.plan, intent.source.running);
  for (std::string& sentence : reload_risk(question).sentences)
    risks.push_back(std::move(sentence));
  return risks;
}

Result<ChangePreview> Agent::change_preview(const ChangeRequest& request) {
  const auto intent = intend(request.question);
  if (!intent) return fail(intent.error());
  if (auto same = made_from(request.question, intent->edit.plan); !same)
    return fail(std::move(same.error()));
  ChangePreview preview;
  preview.plan = intent->edit.plan;
  preview.risks = risks_of(*intent);
  preview.refusal = refusal_of(preview.plan, request.most_restart);
  // From now on, so that there is something to compare with when it is said yes to.
  watch(intent->target)->begin();
  return preview;
}

Result<ChangeRecord> Agent::change_begin(const ChangeRequest& request) {
  if (!options_.ephemeral) return not_by_a_daemon();
  auto intent = intend(request.question);
  if (!intent) return fail(std::move(intent.error()));
  if (auto same = made_from(request.question, intent->edit.plan); !same)
    return fail(std::move(same.error()));
  ChangeRecord change;
  change.because = request.because;
  change.watch_seconds = request.watch_seconds;
  change.shortened = request.shortened;
  return begin(std::move(*intent), std::move(change), request.most_restart);
}

Result<ChangeRecord> Agent::begin(Intent intent, ChangeRecord change, RestartClass most_restart) {
  if (intent.edit.files.empty())
    return fail(Error::Kind::Usage, "It is so already; nothing is to be changed.");
  if (const std::string refusal = refusal_of(intent.edit.plan, most_restart); !refusal.empty())
    return fail(Error::Kind::Conflict, refusal);
  watch(intent.target)->begin();
  change.target = intent.target;
  change.plan = std::move(intent.edit.plan);
  const Launch launch = launch_of(intent.target, proc_);
  HandsServer server{std::move(intent.edit.files), intent.source.root, error_log_of(intent.source),
                     launch};
  return changes_.begin(std::move(change), to_json(launch),
                        [&](const ChangeRecord&, const std::string&) {
                          return std::make_unique<ServerHands>(hands_world(), std::move(server));
                        });
}

// The newest that was kept and was not taken back since.
Result<ChangeRecord> Agent::change_undo(const UndoRequest& request) {
  if (!options_.ephemeral) return not_by_a_daemon();
  std::int64_t id = request.id;
  const auto list = changes_.list(1000);
  if (!list) return fail(list.error());
  const auto undone = taken_back(*list);
  if (id == 0)
    for (const ChangeSummary& each : list->changes)
      if (id == 0 && each.phase == Phase::Kept && each.undoes == 0 && !undone.contains(each.id))
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
  auto intent = intend_back(*change);
  if (!intent) return fail(std::move(intent.error()));
  ChangeRecord back;
  back.because = fmt::format("Takes change {} back.", id);
  back.undoes = id;
  back.watch_seconds = request.watch_seconds;
  return begin(std::move(*intent), std::move(back), request.most_restart);
}

// The very bytes where the files are still as the change left them, else the values.
Result<Agent::Intent> Agent::intend_back(const ChangeRecord& change) {
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
  if (!standing || !standing->after) return intend(question);
  const auto backup = apply::load_backup(change.backup);
  if (!backup) return fail(backup.error());
  std::vector<config::FileEdit> edits;
  for (const apply::SavedEdit& saved : backup->edits)
    edits.push_back(saved.edit);
  auto source = site_of(question);
  if (!source) return fail(std::move(source.error()));
  const auto settings = config_settings(question);
  if (!settings) return fail(settings.error());
  Intent intent{std::move(*target),
                std::move(*source),
                apply::inverse_of(change.plan, edits, settings->basis),
                {}};
  intent.edit.plan.pid = intent.target.pid;
  return intent;
}

Result<ChangeList> Agent::changes(std::int64_t limit) {
  return changes_.list(limit);
}

Result<ChangeRecord> Agent::change(std::int64_t id) {
  auto found = changes_.find(id);
  if (!found) return found;
  const std::lock_guard lock(watch_mutex_);
  if (!found->watch && seen_ && seen_->first == id) found->watch = seen_->second;
  return found;
}

Result<void> Agent::recover() {
  return changes_.recover([this](const ChangeRecord& change, const std::string& noted) {
    tell(fmt::format("Change {} was left open and is taken back first, which may take a while.",
                     change.id));
    HandsServer server;
    server.root = root_of(proc_, change.target);
    if (auto launch = from_json<Launch>(noted)) server.launch = std::move(*launch);
    return std::make_unique<ServerHands>(hands_world(), std::move(server));
  });
}

// One a second, as the judge counts.
std::vector<Sample> Agent::past(const Target& target) {
  const auto watched = watch(target);
  watched->begin();
  const Instant now = clock_.now();
  const auto found = samples_between(*watched, std::max(target.started, now - kPast), now);
  std::vector<Sample> seconds;
  if (!found) return seconds;
  for (const Sample& sample : *found)
    if (seconds.empty() || sample.at - seconds.back().at >= kSecond - kSecond / 10)
      seconds.push_back(sample);
  return seconds;
}

HandsWorld Agent::hands_world() {
  return {files_,
          proc_,
          clock_,
          [this](const Target& target) -> Result<Sample> {
            auto look = watch(target)->look(Sweep::None);
            if (!look) return fail(std::move(look.error()));
            return std::move(look->sample);
          },
          [this](const Target& target) { return past(target); },
          [this](std::int64_t change, const WatchReport& report) {
            const std::lock_guard lock(watch_mutex_);
            seen_ = {change, report};
            if (report.verdict != WatchVerdict::Undecided) changes_.note_watch(change, report);
          }};
}

}  // namespace mpm
