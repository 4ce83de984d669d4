// SPDX-License-Identifier: Apache-2.0
#include "agent/service/watch.h"

#include <algorithm>
#include <utility>

#include "agent/scoreboard/tally.h"
#include "agent/service/sources.h"
#include "agent/service/status.h"
#include "agent/service/targets.h"

namespace mpm {
namespace {

// The first look is still to come.
std::shared_ptr<const Snapshot> nothing_yet(const Target& target) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->target = target;
  snapshot->trouble =
      Error{Error::Kind::Unreachable, "the server has not been looked at; ask again in a second"};
  return snapshot;
}

// A look at the files of a configuration takes longer than one at the server: a site has hundreds.
constexpr std::chrono::milliseconds kFilesEvery{5000};

// Looks further apart than this, and than three intervals, have not seen what was between them.
constexpr std::chrono::milliseconds kLongestGap{10000};

}  // namespace

Watch::Watch(Target target, WatchName name, const ProcFs& proc, Clock& clock, Pace pace, Sink sink)
    : target_(std::move(target)),
      proc_(proc),
      name_(std::move(name)),
      clock_(clock),
      pace_(pace),
      sink_(std::move(sink)),
      sampler_(target_, sources_of(target_, proc), proc, clock),
      settings_(target_, proc),
      snapshot_(nothing_yet(target_)) {}

Result<Look> Watch::look(Sweep sweep) {
  const std::lock_guard lock(mutex_);
  return look_locked(Occasion::Question, sweep);
}

Result<ScoreboardView> Watch::look_at_slots() {
  const std::lock_guard lock(mutex_);
  const auto seen = look_locked(Occasion::Question, Sweep::None);
  if (!seen) return fail(seen.error());
  return view(*sampler_.scoreboard(), seen->sample.at, target_.pid);
}

Result<WorkersLook> Watch::words_locked(Instant at, const RequestTextQuery& query) {
  auto texts = sampler_.texts(query);
  if (!texts) return fail(std::move(texts.error()));
  return WorkersLook{at, *sampler_.scoreboard(), std::move(*texts)};
}

Result<WorkersLook> Watch::look_at_words(const RequestTextQuery& query) {
  const std::lock_guard lock(mutex_);
  const auto seen = look_locked(Occasion::Question, Sweep::None);
  if (!seen) return fail(seen.error());
  return words_locked(seen->sample.at, query);
}

Result<WordedLooks> Watch::look_again() {
  const std::lock_guard lock(mutex_);
  auto seen = look_locked(Occasion::Question, Sweep::None);
  if (!seen) return fail(std::move(seen.error()));
  auto words = words_locked(seen->sample.at, kAllTexts);
  if (!words) return fail(std::move(words.error()));
  const auto now = std::make_shared<const WorkersLook>(std::move(*words));
  return WordedLooks{std::move(*seen), now, earlier_.against(now)};
}

Result<Look> Watch::look_locked(Occasion occasion, Sweep sweep) {
  const auto begun = clock_.mono();
  auto seen = look_unseen(occasion, sweep);
  publish(seen, clock_.mono() - begun);
  return seen;
}

Result<Look> Watch::look_unseen(Occasion occasion, Sweep sweep) {
  const std::chrono::duration<double, std::nano> budget = pace_.sweep_share * pace_.interval;
  auto sample = sampler_.look(clock_.now(), occasion, sweep,
                              std::chrono::duration_cast<std::chrono::nanoseconds>(budget));
  if (!sample) {
    trouble_ = sample.error();
    ended_ = ended_ || sample.error().kind == Error::Kind::NotFound;
    return fail(std::move(sample.error()));
  }
  trouble_.reset();
  sample->pid = name_.key;
  sample->worker_limit = settings_at(occasion).worker_limit;
  return Look{std::move(*sample), sampler_.sources(), sampler_.losses()};
}

// Whoever asks is told what is in the files now.
const MpmSettings& Watch::settings_at(Occasion occasion) {
  const auto now = clock_.mono();
  if (occasion == Occasion::Pace && now < next_files_)
    return settings_.recall(sampler_.scoreboard());
  next_files_ = now + kFilesEvery;
  return settings_.read(sampler_.scoreboard());
}

// Under mutex_, so that the last snapshot is the one before.
void Watch::publish(const Result<Look>& seen, std::chrono::duration<double> took) {
  const auto before = snapshot();
  auto next = std::make_shared<Snapshot>();
  next->target = target_;
  next->at = clock_.now();
  next->look_seconds = took.count();
  next->sources = sampler_.sources();
  next->saturated_seconds = before->saturated_seconds;
  next->processes = before->processes;
  if (seen) {
    const MpmSettings& settings = settings_.recall(sampler_.scoreboard());
    next->sample = seen->sample;
    next->page = page_counts(*sampler_.scoreboard(), settings);
    next->totals = sampler_.totals();
    next->settings = in_force(settings);
    // A server that is known by its page may be another one behind it now.
    next->target.mpm = sampler_.scoreboard()->mpm;
    if (target_.pid == 0) next->target.version = version_in(next->totals.server_version);
    next->health = status_of(target_, *seen, std::nullopt).health;
    if (!seen->sample.processes.empty()) next->processes = seen->sample.processes;
    if (target_.pid == 0)
      next->load = next->totals.load;
    else if (const auto text = proc_.text("loadavg"))
      next->load = parse_load(*text);
    const auto gap = next->at - before->at;
    if (before->health == Health::Saturated && gap > gap.zero() &&
        gap <= std::max(kLongestGap, 3 * pace_.interval))
      next->saturated_seconds += Seconds(gap).count();
  } else {
    next->trouble = seen.error();
  }
  const std::lock_guard lock(snapshot_mutex_);
  snapshot_ = std::move(next);
}

std::shared_ptr<const Snapshot> Watch::snapshot() const {
  const std::lock_guard lock(snapshot_mutex_);
  return snapshot_;
}

void Watch::begin() {
  std::call_once(begun_, [this] {
    is_begun_ = true;
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  });
}

// Of this thread alone: nobody else takes turns.
Sweep Watch::due(std::chrono::steady_clock::time_point now,
                 std::chrono::steady_clock::time_point& next_sweep) const {
  if (sampler_.is_in_turn()) return Sweep::Turn;
  if (now < next_sweep) return Sweep::None;
  next_sweep = now + pace_.sweep_every;
  return pace_.sweep_share > 0 ? Sweep::Turn : Sweep::Memory;
}

void Watch::run(const std::stop_token& stop) {
  auto next = clock_.mono();
  auto next_sweep = next + pace_.sweep_every;
  bool first = true;
  while (clock_.sleep_until(next, stop)) {
    // The first sweep is made at once, whatever it takes: who has just come wants to know.
    const Sweep sweep = std::exchange(first, false) ? Sweep::Memory : due(next, next_sweep);
    // A look that took too long makes no crowd of looks afterwards: missed ones are left out.
    next = std::max(next + pace_.interval, clock_.mono());

    std::unique_lock lock(mutex_);
    auto seen = look_locked(Occasion::Pace, sweep);
    if (ended_) return;
    lock.unlock();
    if (seen) sink_(std::move(seen->sample));
  }
}

MpmSettings Watch::settings() {
  const std::lock_guard lock(mutex_);
  if (!sampler_.scoreboard()) (void)sampler_.look(clock_.now(), Occasion::Question, Sweep::None);
  return settings_.read(sampler_.scoreboard());
}

std::vector<std::string> Watch::newer_files() {
  const std::lock_guard lock(mutex_);
  return settings_.newer(sampler_.scoreboard());
}

RunningLimits Watch::running() {
  const auto last = board();
  return last ? RunningLimits{last->server_limit, last->thread_limit} : RunningLimits{};
}

std::optional<Scoreboard> Watch::board() {
  const std::lock_guard lock(mutex_);
  if (!sampler_.scoreboard()) (void)sampler_.look(clock_.now(), Occasion::Question, Sweep::None);
  return sampler_.scoreboard();
}

bool Watch::ended() const {
  return ended_;
}

std::optional<Error> Watch::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

}  // namespace mpm
