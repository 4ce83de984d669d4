// SPDX-License-Identifier: Apache-2.0
//
// The use cases that change a running server: what a change would be, to begin one, and to tell
// what became of it.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/config/settings.h"
#include "agent/service/agent.h"
#include "agent/service/planning.h"
#include "agent/target/evidence.h"
#include "agent/target/launch.h"
#include "agent/target/reload_risk.h"
#include "agent/target/unloaded.h"
#include "schema/codec/json.h"
#include "schema/codec/names.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;

// What a judge compares a change with, at most.
constexpr std::chrono::minutes kPast{5};
constexpr milliseconds kSecond{1000};

PoolSettings pool_after(const MpmSettings& settings, const EditPlan& plan,
                        const RunningLimits& running) {
  const auto after = [&](std::string_view name) { return number_after(settings, plan, name); };
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
  // What runs now, and not a second ago: another change may have been loaded since.
  (void)watch(*target)->look(Sweep::None);
  auto source = site_of(same);
  if (!source) return fail(std::move(source.error()));
  auto edit = planned(*source, question);
  if (!edit) return fail(std::move(edit.error()));
  return Intent{std::move(*target), std::move(*source), std::move(*edit)};
}

// What is not known is not said: the hour is an offer.
BusyByHour Agent::hours_of(const Target& target) {
  const std::string pid = std::to_string(target.pid);
  if (options_.ephemeral)
    return busy_by_hour(
        ask_for_hours(options_.service_socket, pid, kDaysOfHours).value_or(HistoryReport()));
  HistoryQuestion question;
  question.target = pid;
  question.from = clock_.now() - kDaysOfHours;
  question.step = std::chrono::hours(1);
  question.fields = "busy";
  return busy_by_hour(history(question).value_or(HistoryReport()));
}

std::vector<std::string> Agent::risks_of(const Intent& intent) {
  std::vector<std::string> risks = intent.edit.reasons;
  if (intent.edit.plan.restart != RestartClass::Graceful) return risks;
  const auto watched = watch(intent.target);
  const auto board = watched->board();
  if (!board) return risks;
  RiskQuestion question;
  question.board = *board;
  question.now = clock_.now();
  question.after = pool_after(watched->settings(), intent.edit.plan, intent.source.running);
  // A load that does no harm needs no other hour, and nobody is asked for one.
  if (reload_risk(question).sentences.empty()) return risks;
  question.busy_by_hour = hours_of(intent.target);
  for (std::string& sentence : reload_risk(question).sentences)
    risks.push_back(std::move(sentence));
  return risks;
}

std::vector<std::string> Agent::unloaded_of(const Intent& intent) {
  const auto watched = watch(intent.target);
  const MpmSettings written = config::read_settings(intent.edit.site, std::nullopt);
  const auto number = [&](std::string_view name) { return number_in_force(written, name); };
  UnloadedQuestion question;
  question.newer = watched->newer_files();
  question.running_mpm = intent.target.mpm;
  question.written_mpm = written.mpm;
  question.running.limits = intent.source.running;
  if (const auto board = watched->board())
    question.running.threads_per_child = board_facts(*board).threads;
  question.written = {{number("ServerLimit"), number("ThreadLimit")}, number("ThreadsPerChild")};
  for (const DirectiveChange& change : intent.edit.plan.directives)
    question.ours.push_back(change.directive);
  question.way = intent.edit.plan.restart;
  return unloaded(question);
}

Result<ChangePreview> Agent::change_preview(const ChangeRequest& request) {
  const auto intent = intend(request.question);
  if (!intent) return fail(intent.error());
  if (auto same = made_from(request.question, intent->edit.plan); !same)
    return fail(std::move(same.error()));
  ChangePreview preview;
  preview.plan = intent->edit.plan;
  preview.risks = risks_of(*intent);
  preview.unloaded = unloaded_of(*intent);
  preview.refusal = refusal_of(preview.plan, request.most_restart);
  // From now on, so that there is something to compare with when it is said yes to.
  watch(intent->target)->begin();
  return preview;
}

Result<ChangeRecord> Agent::change_begin(const ChangeRequest& request) {
  if (!options_.ephemeral) return daemons_change_nothing();
  auto intent = intend(request.question);
  if (!intent) return fail(std::move(intent.error()));
  return begin(request, std::move(*intent), "");
}

Result<ChangeRecord> Agent::change_begin(const ChangeRequest& request, const OnBehalf& behalf) {
  auto intent = intend(request.question);
  if (!intent) return fail(std::move(intent.error()));
  if (intent->target.pid != behalf.target.pid || intent->target.started != behalf.target.started)
    return fail(Error::Kind::Conflict,
                fmt::format("Process {} is another server by now, so nothing was changed; look at "
                            "the new plan and take that.",
                            behalf.target.pid));
  return begin(request, std::move(*intent), behalf.asked_by);
}

Result<ChangeRecord> Agent::begin(const ChangeRequest& request, Intent intent,
                                  const std::string& asked_by) {
  if (auto same = made_from(request.question, intent.edit.plan); !same)
    return fail(std::move(same.error()));
  ChangeRecord change;
  change.because = request.because;
  change.watch_seconds = request.watch_seconds;
  change.shortened = request.shortened;
  change.asked_by = asked_by;
  return begin(
      std::move(intent), std::move(change),
      {request.most_restart, request.unloaded_too ? Unloaded::Allowed : Unloaded::Refused});
}

Result<ChangeRecord> Agent::begin(Intent intent, ChangeRecord change, const Allowance& allowed) {
  if (intent.edit.files.empty())
    return fail(Error::Kind::Usage, "It is so already; nothing is to be changed.");
  if (const std::string refusal = refusal_of(intent.edit.plan, allowed.most_restart);
      !refusal.empty())
    return fail(Error::Kind::Conflict, refusal);
  for (std::string& sentence : unloaded_of(intent)) {
    if (allowed.unloaded == Unloaded::Refused)
      return fail(Error::Kind::Conflict,
                  sentence +
                      " Nobody agreed to that: look at it and load it by itself, or make the "
                      "change by mpmctl apply, which shows it and asks.");
    // So that the story of the change has it.
    intent.edit.plan.remarks.push_back({"", std::move(sentence)});
  }
  watch(intent.target)->begin();
  change.target = intent.target;
  change.plan = std::move(intent.edit.plan);
  const Launch launch = launch_of(intent.target, proc_);
  HandsServer server{std::move(intent.edit.files), intent.source.root,
                     error_log_of(intent.edit.site), launch};
  return changes_.begin(std::move(change), to_json(launch),
                        [&](const ChangeRecord&, const std::string&) {
                          return std::make_unique<ServerHands>(hands_world(), std::move(server));
                        });
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
