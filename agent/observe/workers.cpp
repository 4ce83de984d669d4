// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/workers.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mpm {
namespace {

// A clock that was set back makes no age, rather than one below zero.
double seconds_between(std::int64_t from_us, std::int64_t to_us) {
  return static_cast<double>(std::max<std::int64_t>(to_us - from_us, 0)) * 1e-6;
}

// A new child's slot keeps the start of a request during which the one before it died, until its
// own first request begins: while that one is read, nothing is served.
bool serves(const WorkerScore& score) {
  return is_busy(score.state) && score.state != WorkerState::Reading &&
         score.state != WorkerState::Keepalive && score.start_us > score.stop_us;
}

void add_times(const WorkerScore& score, std::int64_t at_us, WorkerView& worker) {
  worker.serving = serves(score);
  if (worker.serving)
    worker.age_seconds = seconds_between(score.start_us, at_us);
  else if (score.last_used_us > 0)
    worker.age_seconds = seconds_between(score.last_used_us, at_us);
  if (score.start_us > 0 && score.stop_us >= score.start_us)
    worker.last_seconds = seconds_between(score.start_us, score.stop_us);
}

// Under worker an old thread may run on in the slot of a new process; a starting one has not
// written its own pid yet.
void add_owner(const ProcessScore& process, const WorkerScore& score, WorkerView& worker) {
  const bool names_itself = score.pid != 0 && score.state != WorkerState::Starting;
  worker.pid = names_itself ? score.pid : process.pid;
  worker.generation = names_itself ? score.generation : process.generation;
}

void add_words(const RequestText& text, WorkerView& worker) {
  worker.client = text.client;
  worker.vhost = text.vhost;
  worker.request = text.request;
  worker.protocol = text.protocol;
}

bool passes(const WorkerView& worker, const WorkerFilter& filter) {
  if (filter.pid && worker.pid != *filter.pid) return false;
  if (filter.slot && worker.slot != *filter.slot) return false;
  if (filter.state) return worker.state == *filter.state;
  return worker.state != WorkerState::Dead && (!filter.busy_only || is_busy(worker.state));
}

}  // namespace

std::vector<WorkerView> all_workers(const WorkersLook& look) {
  const std::int64_t at_us = std::chrono::microseconds(look.at.time_since_epoch()).count();
  std::vector<WorkerView> workers;
  auto text = look.texts.begin();
  for (const ProcessScore& process : look.board.processes) {
    std::int32_t thread = 0;
    for (const WorkerScore& seen : process.workers) {
      const auto place = std::pair(process.slot, thread);
      while (text != look.texts.end() && std::pair(text->slot, text->thread) < place)
        ++text;
      const bool has_words =
          text != look.texts.end() && std::pair(text->slot, text->thread) == place;
      const WorkerScore& score = has_words ? text->score : seen;

      WorkerView worker;
      worker.slot = process.slot;
      worker.thread = thread++;
      worker.state = score.state;
      worker.accesses = static_cast<std::int64_t>(score.accesses);
      worker.bytes = static_cast<std::int64_t>(score.bytes);
      add_owner(process, score, worker);
      add_times(score, at_us, worker);
      if (has_words) add_words(*text, worker);
      workers.push_back(std::move(worker));
    }
  }
  return workers;
}

WorkerList workers_of(const WorkersLook& look, const WorkerFilter& filter) {
  WorkerList list;
  list.at = look.at;
  list.source = look.board.source;
  list.workers = all_workers(look);
  std::erase_if(list.workers, [&](const WorkerView& worker) { return !passes(worker, filter); });
  list.total = static_cast<std::int64_t>(list.workers.size());
  if (list.workers.size() > filter.limit) list.workers.resize(filter.limit);
  return list;
}

}  // namespace mpm
