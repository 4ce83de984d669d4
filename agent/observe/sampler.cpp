// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/sampler.h"

#include <algorithm>
#include <map>
#include <utility>

#include "agent/proc/host_usage.h"
#include "agent/proc/losses.h"
#include "agent/proc/sockets.h"
#include "agent/scoreboard/tally.h"

namespace mpm {
namespace {

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

Sampler::Sampler(Target target, FallbackSource source, ProcFs proc)
    : target_(std::move(target)), source_(std::move(source)), proc_(std::move(proc)) {}

Result<Sample> Sampler::look(Instant at, Sweep sweep) {
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
  sample.work = before_ ? work(*before_, *board, at) : work(*board, *board, at);
  before_ = std::move(*board);

  if (target_.pid != 0) {
    look_at_host(sample);
    if (sweep == Sweep::Memory) sweep_memory(sample);
  }
  return sample;
}

void Sampler::look_at_host(Sample& sample) {
  sample.host = host_usage(proc_, target_.pid, losses_);
  if (auto found = listeners(proc_, target_.pid, losses_)) sample.listeners = std::move(*found);
}

void Sampler::sweep_memory(Sample& sample) {
  auto add = [&](std::int32_t pid, const Served& served, bool parent) {
    auto usage = proc_.usage(pid, losses_);
    if (!usage) {
      // A child that ended between the scoreboard and here is no loss.
      if (usage.error().kind != Error::Kind::NotFound) add_loss(losses_, usage.error().what);
      return;
    }
    usage->generation = served.generation;
    usage->requests = served.requests;
    usage->parent = parent;
    sample.processes.push_back(*usage);
  };
  add(target_.pid, {sample.generation, 0}, true);
  const auto children = served_by_child(*before_);
  const auto outer = outer_pids(proc_, target_.pid, children);
  for (const auto& [pid, served] : children)
    if (const auto found = outer.find(pid); found != outer.end()) add(found->second, served, false);
}

}  // namespace mpm
