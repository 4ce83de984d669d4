// SPDX-License-Identifier: Apache-2.0
#include "agent/target/evidence.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/apache/binary.h"
#include "agent/base/file.h"
#include "agent/proc/proc_parse.h"
#include "agent/proc/sockets.h"
#include "agent/scoreboard/process_memory.h"
#include "agent/scoreboard/shm_file.h"
#include "agent/target/port_probe.h"
#include "agent/target/successor.h"

namespace mpm {
namespace {

bool is_started(WorkerState state) {
  return state != WorkerState::Dead && state != WorkerState::Starting &&
         state != WorkerState::IdleKill && state != WorkerState::Graceful;
}

Result<Scoreboard> read_board(const ProcFs& proc, std::int32_t pid) {
  auto board = ProcessMemorySource(pid, proc.root()).read();
  if (board) return board;
  auto file = ShmFileSource(pid, proc.root()).read();
  return file ? std::move(file) : std::move(board);
}

}  // namespace

BoardFacts board_facts(const Scoreboard& board) {
  BoardFacts facts;
  facts.generation = board.generation;
  facts.restarted = board.restarted;
  facts.server_limit = board.server_limit;
  facts.thread_limit = board.thread_limit;
  for (const ProcessScore& process : board.processes) {
    if (process.quiescing || process.generation != board.generation) {
      ++facts.old_processes;
      continue;
    }
    ++facts.processes;
    std::int64_t threads = 0;
    for (const WorkerScore& worker : process.workers) {
      // Under worker an old thread may run in a new process's slot.
      if (!is_started(worker.state) || (worker.pid != 0 && worker.pid != process.pid)) continue;
      ++threads;
      if (worker.state == WorkerState::Ready) ++facts.idle;
    }
    facts.workers += threads;
    facts.threads = std::max(facts.threads, threads);
  }
  return facts;
}

LiveEyes::LiveEyes(Target target, ProcFs proc, EyesOptions options)
    : target_(std::move(target)), proc_(std::move(proc)), options_(std::move(options)) {}

void LiveEyes::follow() {
  if (still_runs(target_, proc_)) return;
  if (auto next = successor_of(target_, proc_, options_.pid_file)) target_ = std::move(*next);
}

ServerEvidence LiveEyes::look() {
  follow();
  ServerEvidence evidence;
  evidence.pid = target_.pid;
  evidence.started = target_.started;
  evidence.alive = still_runs(target_, proc_);
  if (!evidence.alive) return evidence;
  evidence.mpm = target_.mpm;
  if (const auto maps = proc_.maps(target_.pid))
    if (const auto mapped = mapped_mpm(*maps)) evidence.mpm = mapped;
  if (const auto board = read_board(proc_, target_.pid))
    evidence.board = board_facts(*board);
  else
    evidence.losses.push_back("Its scoreboard cannot be read: " + board.error().what);
  if (auto found = listeners(proc_, target_.pid, evidence.losses))
    evidence.listeners = std::move(*found);
  else
    evidence.losses.push_back("Its listening sockets are unknown: " + found.error().what);
  if (const auto bound = proc_.text("sys/net/core/somaxconn"))
    evidence.somaxconn = parse_number(*bound).value_or(0);
  ask_ports(evidence);
  return evidence;
}

void LiveEyes::ask_ports(ServerEvidence& evidence) const {
  const auto its = read_link(fmt::format("{}/{}/ns/net", proc_.root(), target_.pid));
  const auto ours = read_link(proc_.root() + "/self/ns/net");
  if (its && ours && *its != *ours) {
    evidence.losses.emplace_back(
        "Whether its ports answer is unknown: they are in a network namespace of its own.");
    return;
  }
  if (evidence.listeners.empty()) return;
  // Buckets are several sockets of one port.
  std::vector<ListenAddress> ports;
  for (const ListenerUsage& listener : evidence.listeners) {
    const auto known = [&](const ListenAddress& port) {
      return port.port == listener.port && port.address == listener.address;
    };
    if (std::ranges::none_of(ports, known)) ports.push_back({listener.address, listener.port});
  }
  evidence.answers = std::ranges::all_of(
      ports, [this](const ListenAddress& port) { return port_answers(port, options_.answer); });
}

}  // namespace mpm
