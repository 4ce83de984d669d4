// SPDX-License-Identifier: Apache-2.0
#include "agent/service/watch.h"

#include <utility>

#include "agent/scoreboard/tally.h"
#include "agent/service/sources.h"

namespace mpm {

Watch::Watch(Target target, std::int32_t key, const ProcFs& proc, Clock& clock, Pace pace,
             Sink sink)
    : target_(std::move(target)),
      key_(key),
      clock_(clock),
      pace_(pace),
      sink_(std::move(sink)),
      sampler_(target_, sources_of(target_, proc), proc),
      settings_(target_, proc) {}

Result<Look> Watch::look(Sweep sweep) {
  const std::lock_guard lock(mutex_);
  return look_locked(sweep);
}

Result<Look> Watch::look_locked(Sweep sweep) {
  auto sample = sampler_.look(clock_.now(), sweep);
  if (!sample) {
    trouble_ = sample.error();
    ended_ = ended_ || sample.error().kind == Error::Kind::NotFound;
    return fail(std::move(sample.error()));
  }
  trouble_.reset();
  sample->pid = key_;
  sample->worker_limit = settings_.read(sampler_.scoreboard()).worker_limit;
  return Look{*sample, view(*sampler_.scoreboard(), sample->at, target_.pid), sampler_.sources(),
              sampler_.losses()};
}

void Watch::begin() {
  std::call_once(begun_, [this] {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  });
}

void Watch::run(const std::stop_token& stop) {
  auto next = clock_.mono();
  auto next_sweep = next;
  while (clock_.sleep_until(next, stop)) {
    const bool sweeps = next >= next_sweep;
    if (sweeps) next_sweep = next + pace_.sweep_every;
    // A look that took too long makes no crowd of looks afterwards: missed ones are left out.
    next = std::max(next + pace_.interval, clock_.mono());

    std::unique_lock lock(mutex_);
    auto seen = look_locked(sweeps ? Sweep::Memory : Sweep::None);
    if (ended_) return;
    lock.unlock();
    if (seen) sink_(std::move(seen->sample));
  }
}

MpmSettings Watch::settings() {
  const std::lock_guard lock(mutex_);
  if (!sampler_.scoreboard()) (void)sampler_.look(clock_.now(), Sweep::None);
  return settings_.read(sampler_.scoreboard());
}

RunningLimits Watch::running() {
  const auto last = board();
  return last ? RunningLimits{last->server_limit, last->thread_limit} : RunningLimits{};
}

std::optional<Scoreboard> Watch::board() {
  const std::lock_guard lock(mutex_);
  if (!sampler_.scoreboard()) (void)sampler_.look(clock_.now(), Sweep::None);
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
