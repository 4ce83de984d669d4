// SPDX-License-Identifier: Apache-2.0
//
// The use case of "what if": the load of a while ago, gone over again with other directives.
#include <algorithm>
#include <chrono>
#include <utility>

#include "agent/advise/model/report.h"
#include "agent/observe/observation.h"
#include "agent/service/agent.h"
#include "agent/service/planning.h"

namespace mpm {
namespace {

// Of the load, when nobody says how much: as advice is given from. Days of single samples take
// more memory than a daemon should.
constexpr std::chrono::hours kUsualSpan{1};

}  // namespace

Result<SimulationReport> Agent::simulate(const SimulationQuestion& question) {
  const auto target = resolve(question.target);
  if (!target) return fail(target.error());
  const auto watched = watch(*target);
  watched->begin();
  if (auto trouble = watched->trouble()) return fail(std::move(*trouble));

  std::vector<DirectiveChange> changes;
  if (!question.wishes.empty()) {
    ConfigQuestion what;
    what.target = question.target;
    what.wishes = question.wishes;
    auto plan = config_plan(what);
    if (!plan) return fail(std::move(plan.error()));
    changes = std::move(plan->directives);
  }

  const Seconds span =
      question.window_seconds > 0
          ? std::min<Seconds>(Seconds(question.window_seconds), options_.keep.samples)
          : kUsualSpan;
  const Instant now = clock_.now();
  const Instant from =
      std::max(target->started, now - std::chrono::duration_cast<std::chrono::milliseconds>(span));
  const auto samples = samples_between(*watched, from, now);
  if (!samples) return fail(samples.error());
  const MpmSettings settings = watched->settings();
  const Observation seen = observe(*samples, settings);
  return model::foretold({*samples, seen, settings}, changes);
}

}  // namespace mpm
