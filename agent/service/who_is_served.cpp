// SPDX-License-Identifier: Apache-2.0
//
// The use cases of the slots: what each worker is doing, and who holds them. The words in the slots
// are read when somebody asks. None is written down; those of the last two looks stay in memory,
// for the rates of the next answer.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/service/agent.h"
#include "agent/service/status.h"
#include "agent/service/targets.h"

namespace mpm {
namespace {

// Why the slots have no words; empty when they have, or when nothing stands in their way.
std::string why_no_words(const WorkersLook& look, const MpmSettings& settings,
                         const Target& target) {
  if (!look.texts.empty()) return {};
  if (look.board.source == SourceKind::ModStatus)
    return "The status page for programs has no requests, clients or times of workers: ask an "
           "agent "
           "on the server's host that may read its memory (mpmctl doctor there says what it "
           "needs).";
  const std::string* extended = word_in_force(settings, "ExtendedStatus");
  if (extended == nullptr || *extended != "Off") return {};
  return fmt::format(
      "ExtendedStatus is Off, so the slots have no requests, clients or times: mpmctl apply "
      "ExtendedStatus=On {} --allow restart turns it on.",
      name_of_server(target));
}

// As status_of takes the earlier of two looks: what rates and memory come from.
Look earlier_of(const WordedLooks& looks, std::vector<ProcessUsage> processes) {
  Look earlier = looks.look;
  earlier.sample.processes = std::move(processes);
  if (looks.before) {
    earlier.sample.at = looks.before->at;
    earlier.sample.accesses = static_cast<std::int64_t>(looks.before->board.accesses);
    earlier.sample.restarted = looks.before->board.restarted;
  }
  return earlier;
}

}  // namespace

Result<WorkerList> Agent::workers(const std::string& name, const WorkerFilter& filter) {
  const auto target = resolve(name);
  if (!target) return fail(target.error());
  const auto watched = watch(*target);
  RequestTextQuery query = kAllTexts;
  query.slot = filter.slot;
  const auto look = watched->look_at_words(query);
  if (!look) return fail(look.error());
  WorkerList list = workers_of(*look, filter);
  list.pid = target->pid;
  list.missing = why_no_words(*look, watched->settings(), *target);
  return list;
}

Result<TopReport> Agent::top(const std::string& name, std::size_t limit) {
  const auto target = resolve(name);
  if (!target) return fail(target.error());
  const auto watched = watch(*target);
  watched->begin();
  auto looks = watched->look_again();
  if (looks && !looks->before) {
    clock_.sleep_until(clock_.mono() + kRateSpan, {});
    looks = watched->look_again();
  }
  if (!looks) return fail(std::move(looks.error()));

  TopReport report;
  report.at = looks->now->at;
  report.missing = why_no_words(*looks->now, watched->settings(), *target);
  report.processes = watched->snapshot()->processes;
  report.status = status_of(*target, earlier_of(*looks, report.processes), looks->look);
  Top top = top_of(looks->before.get(), *looks->now, limit);
  report.span_seconds = top.span_seconds;
  report.vhosts = std::move(top.vhosts);
  report.clients = std::move(top.clients);
  report.oldest = std::move(top.oldest);
  return report;
}

}  // namespace mpm
