// SPDX-License-Identifier: Apache-2.0
#include "agent/config/outcome.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/apache/directives.h"
#include "agent/apache/load_plan.h"
#include "agent/config/diff.h"
#include "agent/config/settings.h"

namespace mpm::config {
namespace {

std::int64_t written_number(const MpmSettings& settings, std::string_view directive) {
  const Setting* setting = find_setting(settings, directive);
  return setting != nullptr && setting->value ? leading_integer(*setting->value)
                                              : number_in_force(settings, directive);
}

// Which further directive makes a corrected value hold, or which value needs no correction.
std::string way_to_hold(std::string_view directive, const MpmSettings& settings, Mpm mpm) {
  const std::int64_t asked = written_number(settings, directive);
  if (directive == "MaxRequestWorkers" && mpm == Mpm::Prefork)
    return fmt::format(" Set ServerLimit to {}, too.", asked);
  if (directive == "MaxRequestWorkers") {
    const std::int64_t threads =
        std::max<std::int64_t>(number_in_force(settings, "ThreadsPerChild"), 1);
    if (asked < threads)
      return fmt::format(" Set at least {}, or a lower ThreadsPerChild.", threads);
    const std::int64_t processes = asked / threads;
    if (processes > number_in_force(settings, "ServerLimit"))
      return fmt::format(" Set ServerLimit to {}, too.", (asked + threads - 1) / threads);
    return fmt::format(" Set {} or {}.", processes * threads, (processes + 1) * threads);
  }
  if (directive == "ThreadsPerChild") return fmt::format(" Set ThreadLimit to {}, too.", asked);
  if (directive == "MaxSpareThreads" || directive == "MaxSpareServers")
    return fmt::format(" Set it to {}, or lower {}.", number_in_force(settings, directive),
                       directive == "MaxSpareThreads" ? "MinSpareThreads" : "MinSpareServers");
  if (directive == "StartServers")
    return fmt::format(" Set it to {} at most.", number_in_force(settings, directive));
  return {};
}

// Remarks about where a directive stands were there before, or are of no concern to a plan.
std::vector<Remark> new_corrections(const MpmSettings& before, const MpmSettings& after, Mpm mpm) {
  std::vector<Remark> result;
  for (const Setting& setting : after.settings) {
    const bool corrected = setting.value &&
                           SettingValue(leading_integer(*setting.value)) != setting.effective &&
                           std::holds_alternative<std::int64_t>(setting.effective) &&
                           find_directive(setting.directive)->kind == ValueKind::Count;
    const bool defaulted = !setting.value;
    if (!corrected && !defaulted) continue;
    const Setting* was = find_setting(before, setting.directive);
    for (const Remark& remark : setting.remarks) {
      const bool known =
          was != nullptr && std::any_of(was->remarks.begin(), was->remarks.end(),
                                        [&](const Remark& old) { return old.text == remark.text; });
      const bool of_httpd = !remark.code.empty() || remark.text.find("httpd ") != std::string::npos;
      if (!known && of_httpd)
        result.push_back({remark.code, remark.text + way_to_hold(setting.directive, after, mpm)});
    }
  }
  return result;
}

struct Views {
  MpmSettings before;  // as the server runs
  MpmSettings after;   // after a full start
};

DirectiveChange change_of(const Directive& directive, const Views& views) {
  const Setting* from = find_setting(views.before, directive.name);
  const Setting* to = find_setting(views.after, directive.name);
  DirectiveChange change;
  change.directive = directive.name;
  if (from != nullptr) {
    change.from = from->value;
    change.from_effective = from->effective;
    change.file = from->file;
    change.line = from->line;
  }
  if (to != nullptr) {
    change.to = to->value;
    change.to_effective = to->effective;
    if (to->value) {
      change.file = to->file;
      change.line = to->line;
    }
  }
  return change;
}

void remark_on_restart(const DirectiveChange& change, const EditRequest& request, EditPlan& plan) {
  if (change.restart != RestartClass::StopStart ||
      find_directive(change.directive)->restart == RestartClass::StopStart)
    return;
  plan.remarks.push_back(
      {"",
       fmt::format("{} {} needs more than the running server can give: it keeps ServerLimit {}"
                   "{} until it is stopped. Stop and start it.",
                   change.directive, change.to.value_or("by default"), request.running.server_limit,
                   request.running.thread_limit > 0
                       ? fmt::format(" and ThreadLimit {}", request.running.thread_limit)
                       : std::string())});
}

}  // namespace

FileChange shown(const FileEdit& edit) {
  FileChange change{edit.path, edit.action, {}};
  switch (edit.action) {
    case FileAction::Link:
      change.diff = printable(fmt::format("+{} -> {}\n", edit.path, edit.after));
      return change;
    case FileAction::Unlink:
      change.diff = printable(fmt::format("-{} -> {}\n", edit.path, edit.before));
      return change;
    case FileAction::Rewrite:
    case FileAction::Create:
    case FileAction::Remove:
      break;
  }
  const std::string none = "/dev/null";
  change.diff = unified_diff({edit.action == FileAction::Create ? none : edit.path,
                              edit.action == FileAction::Remove ? none : edit.path},
                             edit.before, edit.after);
  return change;
}

void fill_in_way(PlannedEdit& edit, const LoadFacts& facts) {
  LoadQuestion question;
  question.running_mpm = facts.running_mpm ? facts.running_mpm : edit.plan.mpm_before;
  question.configured_mpm = edit.plan.mpm_after;
  question.running = facts.running;
  question.threads_per_child = facts.threads_per_child;
  for (const DirectiveChange& change : edit.plan.directives)
    question.changes.push_back({change.directive, change.from_effective, change.to_effective});
  const LoadPlan load = load_plan(question);
  edit.plan.restart = load.way;
  edit.reasons.clear();
  for (const LoadReason& reason : load.reasons) {
    edit.reasons.push_back(reason.sentence);
    const auto changed =
        std::ranges::find(edit.plan.directives, reason.directive, &DirectiveChange::directive);
    if (changed != edit.plan.directives.end()) changed->restart = reason.way;
  }
}

PlannedEdit outcome(const EditRequest& request, const Site& before, const Draft& draft) {
  PlannedEdit result;
  EditPlan& plan = result.plan;
  Views views{read_settings(before, std::nullopt, request.running),
              read_settings(draft.site, draft.mpm)};
  plan.mpm_before = views.before.mpm;
  plan.mpm_after = draft.mpm;
  plan.basis = before.fingerprint;
  plan.remarks = draft.remarks;
  for (const Directive& directive : directives()) {
    const auto was = written_value(before, directive);
    const auto is = written_value(draft.site, directive);
    if (was == is) continue;
    plan.directives.push_back(change_of(directive, views));
  }
  fill_in_way(result,
              {request.mpm, request.running, number_in_force(views.after, "ThreadsPerChild")});
  for (const DirectiveChange& change : plan.directives)
    remark_on_restart(change, request, plan);
  for (Remark& remark : new_corrections(views.before, views.after, draft.mpm))
    plan.remarks.push_back(std::move(remark));
  result.files = draft.files.edits();
  for (const FileEdit& edit : result.files)
    plan.files.push_back(shown(edit));
  return result;
}

}  // namespace mpm::config
