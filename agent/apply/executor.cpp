// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/executor.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

namespace mpm::apply {

Result<void> Executor::enter(std::int64_t id, Phase phase, const std::string& detail) {
  return journal_.enter(id, {clock_.now(), phase, detail});
}

// The journal cannot be written, so nobody may rely on it: what was done is undone without it.
Error Executor::taken_back(const ChangeRecord& change, Error journal_error) {
  const Phase phase = change.steps.back().phase;
  if (has_ended(phase) || phase == Phase::Planned) return journal_error;
  for (const Effect effect : {Effect::Restore, Effect::LoadBack})
    if (auto done = hands_.take(effect, change, {}); !done) {
      journal_error.what +=
          fmt::format(" Taking the change back failed too: {}", done.error().what);
      return journal_error;
    }
  journal_error.what += " The change was taken back.";
  return journal_error;
}

Result<Phase> Executor::carry_out(std::int64_t id, const std::stop_token& stop) {
  std::optional<ChangeRecord> last;
  for (;;) {
    auto change = journal_.find(id);
    if (!change && last) return fail(taken_back(*last, std::move(change.error())));
    if (!change) return fail(std::move(change.error()));
    const Phase phase = change->steps.back().phase;
    if (has_ended(phase)) return phase;
    const Row& at = row(phase);
    // The way back is never given up for a stop.
    const bool forward = phase < Phase::Undoing;
    Result<std::string> taken =
        forward && stop.stop_requested()
            ? Result<std::string>(
                  fail(Error::Kind::Conflict, "It was stopped by who asked for it."))
            : hands_.take(at.effect, *change, forward ? stop : std::stop_token());
    const Phase next = taken ? at.done : at.failed;
    if (auto entered = enter(id, next, taken ? *taken : taken.error().what); !entered)
      return fail(taken_back(*change, std::move(entered.error())));
    if (has_ended(next)) return next;
    last = std::move(*change);
    last->steps.push_back({last->steps.back().at, next, ""});
  }
}

Result<Phase> Executor::resume(const ChangeRecord& change) {
  const Phase next = row(change.steps.back().phase).interrupted;
  if (auto entered = enter(change.id, next, "The agent ended in the middle and came back.");
      !entered)
    return fail(std::move(entered.error()));
  return carry_out(change.id, {});
}

}  // namespace mpm::apply
