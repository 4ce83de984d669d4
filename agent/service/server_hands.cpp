// SPDX-License-Identifier: Apache-2.0
#include "agent/service/server_hands.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/apache/messages.h"
#include "agent/apply/file_swap.h"
#include "agent/base/file.h"
#include "agent/target/successor.h"

namespace mpm {
namespace {

using apply::Effect;
using apply::FileSwap;

// So that two hundred changes and their inverses can be taken back to the very bytes; each backup
// is a few files of a configuration.
constexpr std::size_t kKeptBackups = 512;
constexpr std::chrono::milliseconds kSecond{1000};
// What the judge compares with, and a little for the first look.
constexpr std::chrono::seconds kBefore{35};
// A look that fails now and then is a busy host; one that fails so often is a server that is gone.
constexpr int kFailedLooks = 10;
// Of taking a change back: how often a load is told, each time after a part of the time that one
// may take to be seen.
constexpr int kMostTold = 4;
constexpr int kToldAgainAfter = 3;
constexpr std::chrono::seconds kSettle{1};

std::string files_of(const ChangeRecord& change) {
  const auto count = change.plan.files.size();
  return count == 1 ? change.plan.files.front().path : fmt::format("{} files", count);
}

tl::unexpected<Error> stopped() {
  return fail(Error::Kind::Conflict, "It was stopped by who asked for it.");
}

bool was_told(const ChangeRecord& change) {
  return std::ranges::any_of(change.steps,
                             [](const ChangeStep& step) { return step.phase == Phase::Accepted; });
}

double span_of(const std::vector<Sample>& samples) {
  if (samples.empty()) return 0;
  return Seconds(samples.back().at - samples.front().at).count();
}

apply::JudgePolicy judge_policy(const ChangeRecord& change) {
  apply::JudgePolicy policy;
  if (change.watch_seconds) policy.most_seconds = *change.watch_seconds;
  policy.least_seconds = std::min(policy.least_seconds, policy.most_seconds);
  return policy;
}

// What is to be seen in force once the change is loaded, and once it is taken back.
std::vector<ValueChange> values_after(const EditPlan& plan) {
  std::vector<ValueChange> values;
  for (const DirectiveChange& change : plan.directives)
    values.push_back({change.directive, change.from_effective, change.to_effective});
  return values;
}
std::vector<ValueChange> values_before(const EditPlan& plan) {
  std::vector<ValueChange> values;
  for (const DirectiveChange& change : plan.directives)
    values.push_back({change.directive, change.to_effective, change.from_effective});
  return values;
}

// The plan says that httpd will make another value of it than the one that is written.
bool is_corrected_by_plan(const DirectiveChange& change) {
  const std::string effective =
      std::visit([](const auto& value) { return fmt::format("{}", value); }, change.to_effective);
  return !change.to || *change.to != effective;
}

// A value that the server's check says it will not follow is not the change that was shown.
Result<void> nothing_ignored(const CheckReport& report, const ChangeRecord& change) {
  for (const ServerMessage& message : report.messages) {
    const auto directive = directive_not_followed(message.code);
    if (directive.empty()) continue;
    const auto& changed = change.plan.directives;
    const auto found = std::ranges::find(changed, directive, &DirectiveChange::directive);
    if (found != changed.end() && !is_corrected_by_plan(*found))
      return fail(Error::Kind::Conflict,
                  fmt::format("The server takes the files but not the value of {}: {}: {}",
                              directive, message.code, message.text));
  }
  return {};
}

}  // namespace

Result<std::string> ServerHands::take(Effect effect, const ChangeRecord& change,
                                      const std::stop_token& stop) {
  switch (effect) {
    case Effect::BackUp:
      return back_up(change, stop);
    case Effect::Write:
      return write(change);
    case Effect::Check:
      return check(change);
    case Effect::Load:
      return load(change);
    case Effect::Verify:
      return verify(change, stop);
    case Effect::Watch:
      return watch(change, stop);
    case Effect::Restore:
      return restore(change);
    case Effect::LoadBack:
      return load_back(change);
    case Effect::None:
      break;
  }
  return "";
}

Result<TargetDriver*> ServerHands::driver(const ChangeRecord& change) {
  if (driver_ && driver_->is_alive()) return driver_.get();
  // The pid may be another process's by now; the program and its arguments tell.
  auto running = successor_of(driver_ ? driver_->target() : change.target, world_.proc);
  if (!running)
    return fail(Error::Kind::NotFound,
                fmt::format("The server has ended: process {} is gone, and none took its place.",
                            change.target.pid));
  auto made = ServerDriver::of(std::move(*running), world_.proc, world_.clock, world_.driver);
  if (!made) return fail(std::move(made.error()));
  driver_ = std::move(*made);
  return driver_.get();
}

void ServerHands::look_first(const Target& target) {
  eyes_ = std::make_unique<LiveEyes>(target, world_.proc);
  first_ = eyes_->look();
  log_.reset();
  if (server_.error_log.empty()) return;
  if (auto mark = mark_log(server_.error_log, server_.root)) log_ = std::move(*mark);
}

LoadSight ServerHands::see(const ChangeRecord& change, std::vector<ValueChange> values,
                           std::chrono::milliseconds deadline, const std::stop_token& stop) {
  LoadWatch watch;
  watch.way = change.plan.restart;
  watch.before = first_;
  watch.changes = std::move(values);
  watch.log = log_ ? &*log_ : nullptr;
  watch.deadline = deadline;
  watch.stop = stop;
  return watch_load(watch, *eyes_, world_.clock);
}

Result<std::string> ServerHands::back_up(const ChangeRecord& change, const std::stop_token& stop) {
  if (change.watch_seconds.value_or(1) > 0) {
    before_ = world_.past(change.target);
    const auto end = world_.clock.mono() + 2 * kBefore;
    while (span_of(before_) < Seconds(kBefore).count() && world_.clock.mono() < end) {
      if (!world_.clock.sleep_until(world_.clock.mono() + kSecond, stop)) return stopped();
      before_ = world_.past(change.target);
    }
  }
  const auto slash = change.backup.rfind('/');
  const std::string directory = change.backup.substr(0, slash);
  if (auto made = make_private_directory(directory); !made) return fail(std::move(made.error()));
  FileSwap swap(world_.files);
  if (auto forgotten = swap.forget(directory, "", kKeptBackups, {}); !forgotten)
    return fail(std::move(forgotten.error()));
  if (auto saved = swap.back_up(server_.edits, {change.backup, server_.root}); !saved)
    return fail(std::move(saved.error()));
  return fmt::format("{} saved in {}.", files_of(change), change.backup);
}

Result<std::string> ServerHands::write(const ChangeRecord& change) {
  if (auto written = FileSwap(world_.files).write(change.backup); !written)
    return fail(std::move(written.error()));
  return fmt::format("{} written.", files_of(change));
}

Result<std::string> ServerHands::check(const ChangeRecord& change) {
  const auto hand = driver(change);
  if (!hand) return fail(hand.error());
  auto report = (*hand)->check();
  if (!report) return fail(std::move(report.error()));
  if (!report->accepted)
    return fail(report->timed_out ? Error::Kind::TimedOut : Error::Kind::Conflict,
                report->sentence);
  if (auto followed = nothing_ignored(*report, change); !followed)
    return fail(std::move(followed.error()));
  return std::move(report->sentence);
}

Result<std::string> ServerHands::load(const ChangeRecord& change) {
  const auto hand = driver(change);
  if (!hand) return fail(hand.error());
  look_first((*hand)->target());
  told_ = true;
  auto report = (*hand)->load(change.plan.restart);
  if (!report) return fail(std::move(report.error()));
  if (report->state == LoadState::Failed) return fail(Error::Kind::Conflict, report->sentence);
  return std::move(report->sentence);
}

Result<std::string> ServerHands::watch(const ChangeRecord& change, const std::stop_token& stop) {
  const auto hand = driver(change);
  if (!hand) return fail(hand.error());
  if (change.watch_seconds && *change.watch_seconds <= 0) return "It was not to be watched.";
  apply::Judge judge(before_, in_force_, judge_policy(change));
  for (int failed = 0;;) {
    if (!world_.clock.sleep_until(world_.clock.mono() + kSecond, stop)) return stopped();
    auto sample = world_.look((*hand)->target());
    if (!sample) {
      if (++failed >= kFailedLooks || !(*hand)->is_alive())
        return fail(std::move(sample.error()).in("The server cannot be seen any more"));
      continue;
    }
    failed = 0;
    // By the steady clock: one that is set back for hours would keep the watch on for as long, and
    // one that is set forward would end it unseen.
    sample->at = in_force_ + std::chrono::duration_cast<std::chrono::milliseconds>(
                                 world_.clock.mono() - in_force_mono_);
    const WatchReport& report = judge.see(*sample);
    world_.report(change.id, report);
    if (report.verdict == WatchVerdict::Keep) return report.sentence;
    if (report.verdict == WatchVerdict::Undo) return fail(Error::Kind::Conflict, report.sentence);
  }
}

Result<std::string> ServerHands::restore(const ChangeRecord& change) {
  if (auto restored = FileSwap(world_.files).restore(change.backup); !restored)
    return fail(std::move(restored.error()));
  return fmt::format("{} as before.", files_of(change));
}

Result<std::string> ServerHands::verify(const ChangeRecord& change, const std::stop_token& stop) {
  const LoadSight sight = see(change, values_after(change.plan), world_.seen_within, stop);
  if (sight.end == LoadEnd::Stopped) return stopped();
  if (sight.end != LoadEnd::TookEffect)
    return fail(sight.end == LoadEnd::TimedOut ? Error::Kind::TimedOut : Error::Kind::Conflict,
                sight.sentence);
  in_force_ = world_.clock.now();
  in_force_mono_ = world_.clock.mono();
  return sight.sentence;
}

Result<std::string> ServerHands::start_again(const ChangeRecord& change) {
  const auto started =
      mpm::start_again(server_.launch, change.target, world_.proc, world_.clock, world_.driver);
  if (!started) return fail(started.error());
  return fmt::format("The server had ended and was started again; its parent is process {}.",
                     started->pid);
}

// Not needed when the server was never told of the new files.
Result<std::string> ServerHands::load_back(const ChangeRecord& change) {
  if (!was_told(change)) return "The server was not told of the new files.";
  const auto hand = driver(change);
  if (!hand) return start_again(change);
  const auto report = (*hand)->check();
  if (!report) return fail(report.error());
  if (!report->accepted)
    return fail(Error::Kind::Conflict,
                fmt::format("The old files are back, and the server goes on with the new ones in "
                            "its memory, because it would not take the old ones now: {}",
                            report->sentence));
  // Another agent may have told the server a moment ago: what it is loading then shall not be taken
  // for what it is told now.
  if (!told_) world_.clock.sleep_until(world_.clock.mono() + kSettle, {});
  return reload(change, **hand);
}

// httpd loses a signal that comes while it is loading already, as it may be when its agent was
// killed just after telling it: so it is told again.
Result<std::string> ServerHands::reload(const ChangeRecord& change, TargetDriver& hand) {
  for (int told = 1;; ++told) {
    look_first(hand.target());
    const auto loaded = hand.load(change.plan.restart);
    if (!loaded) return fail(loaded.error());
    if (!hand.is_alive()) return start_again(change);
    const LoadSight sight =
        see(change, values_before(change.plan), world_.seen_within / kToldAgainAfter, {});
    if (sight.end == LoadEnd::TookEffect) return sight.sentence;
    if (sight.end == LoadEnd::Gone) return start_again(change);
    if (sight.end == LoadEnd::NotInForce) return fail(Error::Kind::Conflict, sight.sentence);
    if (told == kMostTold)
      return fail(
          Error::Kind::TimedOut,
          fmt::format("The old files are back, but nobody can say whether process {} runs with "
                      "them: {} Look at it; once it moves, a graceful reload loads them.",
                      hand.target().pid, sight.sentence));
  }
}

}  // namespace mpm
