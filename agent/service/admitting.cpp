// SPDX-License-Identifier: Apache-2.0
#include "agent/service/admitting.h"

#include <algorithm>
#include <ctime>
#include <variant>

#include "agent/service/agent.h"
#include "agent/service/changes.h"
#include "agent/service/planning.h"

namespace mpm {
namespace {

constexpr std::int64_t kMostRemembered = 1000;

WatchVerdict verdict_of(Phase phase) {
  if (phase == Phase::Kept) return WatchVerdict::Keep;
  if (phase == Phase::Undone || phase == Phase::Stuck) return WatchVerdict::Undo;
  return WatchVerdict::Undecided;
}

Instant ended_at(std::span<const ChangeRecord> changes, std::int64_t id) {
  const auto found = std::ranges::find(changes, id, &ChangeRecord::id);
  return found == changes.end() ? Instant{} : found->steps.back().at;
}

apply::LocalTime local_time(Instant now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return {now, local.tm_hour * 60 + local.tm_min};
}

}  // namespace

bool is_of(const ChangeRecord& change, const Target& target) {
  return change.target.binary == target.binary && change.target.config_file == target.config_file;
}

std::vector<apply::PastChange> past_changes(std::span<const ChangeRecord> newest_first,
                                            const Target& target) {
  const auto undone = taken_back(newest_first);
  std::vector<apply::PastChange> past;
  for (auto change = newest_first.rbegin(); change != newest_first.rend(); ++change) {
    const ChangeStep& last = change->steps.back();
    if (change->undoes != 0 || last.phase == Phase::Abandoned || !is_of(*change, target)) continue;
    const auto back = undone.find(change->id);
    const bool is_undone = back != undone.end();
    const WatchVerdict verdict = is_undone ? WatchVerdict::Undo : verdict_of(last.phase);
    const Instant at = is_undone ? ended_at(newest_first, back->second) : last.at;
    for (const DirectiveChange& directive : change->plan.directives) {
      const auto* from = std::get_if<std::int64_t>(&directive.from_effective);
      const auto* to = std::get_if<std::int64_t>(&directive.to_effective);
      if (from != nullptr && to != nullptr)
        past.push_back({at, directive.directive, *from, *to, verdict, change->shortened});
    }
  }
  // By time: what was taken back late was undone after what was kept before that.
  std::ranges::stable_sort(past, {}, &apply::PastChange::at);
  return past;
}

Result<Admission> Agent::change_admission(const AdmissionQuestion& question) {
  if (auto sense = apply::check(question.policy); !sense) return fail(std::move(sense.error()));
  const auto target = resolve(question.target);
  if (!target) return fail(target.error());
  const auto newest = changes_.newest(kMostRemembered);
  if (!newest) return fail(newest.error());
  const auto past = past_changes(*newest, *target);
  std::vector<std::vector<Change>> looks;
  for (const ProposedChanges& look : question.looks)
    looks.push_back(look.changes);
  const std::int64_t threads = target->mpm == Mpm::Prefork
                                   ? 1
                                   : number_in_force(watch(*target)->settings(), "ThreadsPerChild");
  return apply::admit({looks, std::max<std::int64_t>(1, threads)}, question.policy, past,
                      local_time(clock_.now()));
}

}  // namespace mpm
