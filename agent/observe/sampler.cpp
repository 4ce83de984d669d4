// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/sampler.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "agent/proc/losses.h"
#include "agent/scoreboard/tally.h"

namespace mpm {
namespace {

// Of a core, for counting connections.
constexpr double kCountingShare = 0.00005;
// Between looks at what is limited, which somebody's hand changes; and at overflows, where nobody
// waits in a queue of the server and nobody did at the look before.
constexpr std::chrono::seconds kLimitsEvery{5};

struct Served {
  std::int32_t generation = 0;
  std::int64_t requests = 0;
};

// Requests of the children that live now: a slot counts on through its children, and its
// child_accesses begin anew with each.
std::map<std::int32_t, Served> served_by_child(const Scoreboard& board) {
  std::map<std::int32_t, Served> children;
  for (const ProcessScore& process : board.processes) {
    if (process.pid <= 0) continue;
    Served& child = children[process.pid];
    child.generation = process.generation;
    for (const WorkerScore& worker : process.workers)
      if (worker.pid == 0 || worker.pid == process.pid)
        child.requests += static_cast<std::int64_t>(worker.child_accesses);
  }
  return children;
}

std::set<std::int32_t> children_of(const Scoreboard& board) {
  std::set<std::int32_t> pids;
  for (const ProcessScore& process : board.processes)
    if (process.pid > 0) pids.insert(process.pid);
  return pids;
}

std::int64_t missing_from(const std::set<std::int32_t>& there, const std::set<std::int32_t>& here) {
  return std::ranges::count_if(here, [&](std::int32_t pid) { return !there.contains(pid); });
}

// The pids of the scoreboard are those that the server itself sees, in a container other than
// ours. From each to ours, of the parent's children alone: nobody else's memory is its own.
std::map<std::int32_t, std::int32_t> outer_pids(const ProcFs& proc, std::int32_t parent,
                                                const std::map<std::int32_t, Served>& served) {
  std::map<std::int32_t, std::int32_t> outer;
  const auto children = proc.children(parent).value_or(std::vector<std::int32_t>());
  for (const std::int32_t child : children)
    if (served.contains(child)) outer.emplace(child, child);
  if (!outer.empty() || served.empty()) return outer;
  for (const std::int32_t child : children)
    if (const auto status = proc.status(child); status && status->inner_pid > 0)
      outer.emplace(status->inner_pid, child);
  return outer;
}

}  // namespace

Sampler::Sampler(Target target, FallbackSource source, ProcFs proc, const Clock& clock)
    : target_(std::move(target)),
      source_(std::move(source)),
      proc_(std::move(proc)),
      clock_(clock),
      host_(proc_, target_.pid),
      sockets_(proc_, target_.pid),
      next_limits_(clock_.mono() + kLimitsEvery) {}

Result<Sample> Sampler::look(Instant at, Occasion occasion, Sweep sweep,
                             std::chrono::nanoseconds budget) {
  losses_.clear();
  auto board = source_.read();
  if (!board) return fail(std::move(board.error()));

  // The memory does not say which MPM wrote it, and letters differ in meaning.
  if (!board->mpm) board->mpm = target_.mpm;

  Sample sample;
  sample.at = at;
  sample.pid = target_.pid;
  sample.source = board->source;
  sample.generation = board->generation;
  sample.restarted = board->restarted;
  sample.tally = count(*board);
  sample.accesses = static_cast<std::int64_t>(board->accesses);
  sample.bytes = static_cast<std::int64_t>(board->bytes);
  count_children(*board);
  sample.children_started = children_started_;
  sample.children_ended = children_ended_;
  const bool goes_back = occasion == Occasion::Pace && before_in_row_;
  const Scoreboard* since = goes_back ? &*before_in_row_ : before_ ? &*before_ : &*board;
  sample.work = work(*since, *board, at);
  keep(std::move(*board), occasion);

  if (target_.pid != 0) {
    look_at_host(sample, occasion);
    if (sweep == Sweep::Memory) sweep_memory(sample);
    if (sweep == Sweep::Turn) take_turn(sample, budget);
  }
  return sample;
}

void Sampler::keep(Scoreboard board, Occasion occasion) {
  if (occasion == Occasion::Pace)
    before_in_row_.reset();
  else if (!before_in_row_)
    before_in_row_ = std::move(before_);
  before_ = std::move(board);
}

// By their pids: a slot that is given to the next child at once shows nothing of it.
void Sampler::count_children(const Scoreboard& board) {
  if (!before_) return;
  const auto old_ones = children_of(*before_);
  const auto now = children_of(board);
  children_started_ += missing_from(old_ones, now);
  children_ended_ += missing_from(now, old_ones);
}

void Sampler::look_at_host(Sample& sample, Occasion occasion) {
  const auto now = clock_.mono();
  const bool is_asked = occasion == Occasion::Question;
  const bool limits_are_due = is_asked || now >= next_limits_;
  if (limits_are_due) {
    host_.look_at_limits();
    next_limits_ = now + kLimitsEvery;
  }
  const bool count_is_due = is_asked || now >= next_count_;
  look_at_listeners(sample, count_is_due ? SocketCount::WithConnections : SocketCount::QueuesAlone);
  const bool waits = queue_of(sample.listeners) > 0;
  if (limits_are_due || waits || waited_) host_.look_at_overflows();
  waited_ = waits;
  sample.host = host_.usage(losses_);
}

// Where they are not counted, the connections are those of the last count.
void Sampler::look_at_listeners(Sample& sample, SocketCount count) {
  const auto begun = clock_.mono();
  auto found = sockets_.read(losses_, count);
  if (!found) return;
  sample.listeners = std::move(*found);
  if (count == SocketCount::WithConnections) {
    counted_ = sample.listeners;
    const auto ended = clock_.mono();
    next_count_ = ended + std::chrono::duration_cast<std::chrono::nanoseconds>((ended - begun) /
                                                                               kCountingShare);
    return;
  }
  for (ListenerUsage& listener : sample.listeners) {
    const auto before = std::ranges::find_if(counted_, [&](const ListenerUsage& one) {
      return one.address == listener.address && one.port == listener.port;
    });
    // It has come since.
    if (before == counted_.end()) return look_at_listeners(sample, SocketCount::WithConnections);
    listener.established = before->established;
    listener.closing = before->closing;
  }
}

std::vector<Sampler::Member> Sampler::members() const {
  std::vector<Member> members{{target_.pid, 0}};
  const auto children = served_by_child(*before_);
  for (const auto& [inner, outer] : outer_pids(proc_, target_.pid, children))
    members.push_back({outer, inner});
  return members;
}

void Sampler::read(const Member& member, const Sample& sample, std::vector<ProcessUsage>& into) {
  auto usage = proc_.usage(member.pid, losses_);
  if (!usage) {
    // A child that ended between the scoreboard and here is no loss.
    if (usage.error().kind != Error::Kind::NotFound) add_loss(losses_, usage.error().what);
    return;
  }
  usage->parent = member.inner_pid == 0;
  usage->generation = sample.generation;
  into.push_back(*usage);
}

// The parent's requests are none, and its generation the newest. A child that the scoreboard has no
// more is left out: its pid may be another's by now.
void Sampler::note_served(std::vector<ProcessUsage>& processes,
                          const std::vector<Member>& members) const {
  const auto children = served_by_child(*before_);
  std::erase_if(processes, [&](ProcessUsage& process) {
    const auto member = std::ranges::find(members, process.pid, &Member::pid);
    if (process.parent || member == members.end()) return false;
    const auto found = children.find(member->inner_pid);
    if (found == children.end()) return true;
    process.generation = found->second.generation;
    process.requests = found->second.requests;
    return false;
  });
}

void Sampler::sweep_memory(Sample& sample) {
  const auto all = members();
  for (const Member& member : all)
    read(member, sample, sample.processes);
  note_served(sample.processes, all);
}

// Requests are counted when a process is read, as its memory and time are.
void Sampler::take_turn(Sample& sample, std::chrono::nanoseconds budget) {
  if (waiting_.empty()) {
    waiting_ = members();
    // The parent first, and then from the oldest slot on.
    std::ranges::reverse(waiting_);
    turn_read_.clear();
  }
  const auto end = clock_.mono() + budget;
  std::vector<ProcessUsage> now_read;
  std::vector<Member> now_members;
  do {
    now_members.push_back(waiting_.back());
    waiting_.pop_back();
    read(now_members.back(), sample, now_read);
  } while (!waiting_.empty() && clock_.mono() < end);
  note_served(now_read, now_members);
  turn_read_.insert(turn_read_.end(), now_read.begin(), now_read.end());
  if (waiting_.empty()) sample.processes = std::exchange(turn_read_, {});
}

}  // namespace mpm
