// SPDX-License-Identifier: Apache-2.0
#include "agent/target/reload_risk.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/apache/maintenance.h"

namespace mpm {
namespace {

bool is_busy(WorkerState state) {
  return state >= WorkerState::Reading && state <= WorkerState::Graceful;
}

// 0 when its begin is not known.
double age_seconds(const WorkerScore& worker, Instant now) {
  if (worker.start_us <= 0) return 0;
  const auto now_us =
      std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  return static_cast<double>(now_us - worker.start_us) / 1e6;
}

// Whether its process will be there still when the new generation starts, a second later.
bool will_stay(const WorkerScore& worker, Instant now) {
  constexpr double kSoonOver = 1;
  return is_busy(worker.state) && (worker.start_us <= 0 || age_seconds(worker, now) >= kSoonOver);
}

std::int64_t divided_up(std::int64_t a, std::int64_t b) {
  return b <= 0 ? 0 : (a + b - 1) / b;
}

// The old generation after the signal: who stays, and where.
struct Leftovers {
  std::int64_t busy_workers = 0;
  std::int64_t processes = 0;  // that go on for a while: with a request of some age, or old ones
  std::int64_t low_slots = 0;  // of these, in slots that prefork would use again
  std::int64_t all = 0;        // every process that lives now
};

Leftovers count_leftovers(const RiskQuestion& question) {
  Leftovers found;
  for (const ProcessScore& process : question.board.processes) {
    bool stays = process.quiescing || process.generation != question.board.generation;
    for (const WorkerScore& worker : process.workers) {
      if (is_busy(worker.state)) ++found.busy_workers;
      stays = stays || will_stay(worker, question.now);
    }
    ++found.all;
    if (!stays) continue;
    ++found.processes;
    if (process.slot < question.after.worker_limit.value) ++found.low_slots;
  }
  return found;
}

std::vector<LongRequest> long_requests(const RiskQuestion& question) {
  std::vector<LongRequest> found;
  for (const ProcessScore& process : question.board.processes)
    for (const WorkerScore& worker : process.workers) {
      // An idle keep-alive connection is no request.
      if (!is_busy(worker.state) || worker.state == WorkerState::Keepalive) continue;
      const double seconds = age_seconds(worker, question.now);
      if (seconds >= kLongSeconds)
        found.push_back({worker.pid != 0 ? worker.pid : process.pid, seconds});
    }
  std::ranges::stable_sort(found, std::ranges::greater(), &LongRequest::seconds);
  return found;
}

std::int64_t process_limit(const PoolSettings& pool) {
  if (pool.mpm == Mpm::Winnt) return 1;
  const std::int64_t threads = std::max<std::int64_t>(1, pool.threads_per_child);
  return std::max<std::int64_t>(
      1, std::min(pool.server_limit.value, pool.worker_limit.value / threads));
}

// Places for new processes. Under worker a new process shares the slot of one that goes.
std::int64_t room_for_new(const PoolSettings& pool, const Leftovers& left) {
  switch (pool.mpm) {
    case Mpm::Prefork:
      return pool.worker_limit.value - left.low_slots;
    case Mpm::Event:
      return pool.server_limit.value - left.processes;
    case Mpm::Worker:
    case Mpm::Winnt:
      break;
  }
  return process_limit(pool);
}

// Seconds from `from` to `to` processes after a graceful restart.
double growth_seconds(std::int64_t from, std::int64_t to) {
  std::int64_t rate = 1;
  std::int32_t hold_off = apache::kHoldOff;
  double seconds = 0;
  for (; from < to; ++seconds) {
    from += rate;
    if (hold_off > 0)
      --hold_off;
    else
      rate = std::min<std::int64_t>(rate * 2, apache::kMaxRate);
  }
  return seconds;
}

struct Course {
  double outage = 0;
  std::int64_t first = 0;  // processes after it
  double recovery = 0;     // in all
};

Course course(const PoolSettings& pool, const Leftovers& left, std::int64_t room,
              std::int64_t wanted, std::int64_t start) {
  Course run;
  run.first = std::min(start, room);
  // event looks for a free slot only, and one whose process has ended is free a second later.
  if (pool.mpm == Mpm::Event) {
    const std::int64_t free_now = pool.server_limit.value - left.all;
    run.outage = free_now > 0 ? 1 : 2;
    if (free_now < start) run.first = std::max<std::int64_t>(1, std::min(run.first, free_now));
  } else if (left.processes >= left.all) {
    run.outage = 1;  // nobody is idle and could be replaced at once
  }
  run.recovery = run.outage + growth_seconds(run.first, std::min(wanted, room));
  return run;
}

std::optional<int> calmest_hour(const RiskQuestion& question, std::int64_t busy) {
  constexpr double kMuchCalmer = 0.7;
  std::optional<int> best;
  double least = kMuchCalmer * static_cast<double>(busy);
  for (std::size_t hour = 0; hour < question.busy_by_hour.size(); ++hour) {
    const auto& there = question.busy_by_hour[hour];
    if (!there || *there >= least) continue;
    least = *there;
    best = static_cast<int>(hour);
  }
  return best;
}

void suggest(const RiskQuestion& question, const Leftovers& left, ReloadRisk& risk) {
  const PoolSettings& pool = question.after;
  if (pool.mpm == Mpm::Winnt) return;
  if (risk.wanted.value > pool.start_servers.value) risk.start_servers = risk.wanted;
  if (pool.mpm == Mpm::Event && pool.server_limit.value - left.all < risk.wanted.value)
    risk.server_limit = Processes{2 * process_limit(pool)};
}

void say(const RiskQuestion& question, ReloadRisk& risk) {
  const auto add = [&](std::string sentence) { risk.sentences.push_back(std::move(sentence)); };
  if (risk.blocked)
    add("No new process can start until a request that runs now has ended: processes that finish "
        "theirs hold every place in the scoreboard. Nobody else is served until then.");
  else if (risk.outage_seconds > 0)
    add(fmt::format("For about {:g} s nobody accepts connections; they wait in the listen queue.",
                    risk.outage_seconds));
  if (!risk.blocked && risk.recovery_seconds > risk.outage_seconds)
    add(
        fmt::format("{} workers are busy now; the server begins with {} and has enough again after "
                    "about {:g} s.",
                    risk.busy.value, risk.at_first.value, risk.recovery_seconds));
  if (!risk.long_requests.empty())
    add(fmt::format(
        "{} request{} for {:g} s or more, the longest for {:.0f} s in process {}; "
        "{} finished in the old processes.",
        risk.long_requests.size(), risk.long_requests.size() == 1 ? " runs" : "s run", kLongSeconds,
        risk.long_requests.front().seconds, risk.long_requests.front().pid,
        risk.long_requests.size() == 1 ? "it is" : "they are"));
  const std::string start =
      risk.start_servers ? fmt::format("StartServers {} instead of {}", risk.start_servers->value,
                                       question.after.start_servers.value)
                         : std::string();
  if (risk.server_limit)
    add(
        fmt::format("ServerLimit {}{}{} would leave room for two generations; it needs a stop and "
                    "start, once.",
                    risk.server_limit->value, start.empty() ? "" : " with ", start));
  else if (risk.start_servers)
    add(fmt::format("With {} in the same change the pool comes back as large as it is needed now.",
                    start));
  if (risk.calmest_hour)
    add(fmt::format("The calmest hour is {:02}:00 to {:02}:00, with {:.3g} busy on average.",
                    *risk.calmest_hour, (*risk.calmest_hour + 1) % 24,
                    *question.busy_by_hour[static_cast<std::size_t>(*risk.calmest_hour)]));
}

}  // namespace

ReloadRisk reload_risk(const RiskQuestion& question) {
  const PoolSettings& pool = question.after;
  const Leftovers left = count_leftovers(question);
  const std::int64_t limit = process_limit(pool);
  ReloadRisk risk;
  risk.busy = Workers{left.busy_workers};
  risk.long_requests = long_requests(question);
  risk.room = Processes{std::max<std::int64_t>(0, room_for_new(pool, left))};
  risk.wanted =
      Processes{pool.mpm == Mpm::Winnt
                    ? 1
                    : std::min(limit, std::max(divided_up(left.busy_workers + pool.spare.value,
                                                          pool.threads_per_child),
                                               std::int64_t{1}))};
  risk.blocked = risk.room.value == 0;
  const std::int64_t start = pool.mpm == Mpm::Winnt ? 1 : std::min(pool.start_servers.value, limit);
  const Course run = course(pool, left, risk.room.value, risk.wanted.value, start);
  risk.outage_seconds = run.outage;
  risk.at_first = Workers{risk.blocked ? 0 : run.first * pool.threads_per_child};
  risk.recovery_seconds = run.recovery;
  if (left.busy_workers > 0) risk.calmest_hour = calmest_hour(question, left.busy_workers);
  suggest(question, left, risk);
  if (!risk.harmless() || !risk.long_requests.empty()) say(question, risk);
  return risk;
}

}  // namespace mpm
