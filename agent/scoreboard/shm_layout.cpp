// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/shm_layout.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace mpm {
namespace {

constexpr std::size_t kAprHeader = 8;
constexpr std::size_t kPage = 4096;
// The compiled-in maxima of prefork (ServerLimit) and event (ThreadLimit).
constexpr std::int32_t kMaxServers = 200000;
constexpr std::int32_t kMaxThreads = 100000;

struct Strides {
  std::size_t global_size, process_stride, worker_stride;
};
// The newest first: of two that fit a segment without APR's header, it is the likelier.
constexpr std::array kKnown = std::to_array<Strides>(
    {{56, 40, 336}, {56, 40, 272}, {24, 40, 264}, {24, 40, 248}, {24, 32, 248}});

// Offsets in global_score.
constexpr std::size_t kServerLimit = 0;
constexpr std::size_t kThreadLimit = 4;
constexpr std::size_t kGeneration = 8;
constexpr std::size_t kRestartTime = 16;
constexpr std::size_t kSmallestGlobal = 24;

namespace process {
constexpr std::size_t kPid = 0;
constexpr std::size_t kProcessGeneration = 4;
constexpr std::size_t kQuiescing = 8;
constexpr std::size_t kNotAccepting = 9;
constexpr std::size_t kConnections = 12;
constexpr std::size_t kWriteCompletion = 16;
constexpr std::size_t kLingeringClose = 20;
constexpr std::size_t kKeepAlive = 24;
constexpr std::size_t kSuspended = 28;
constexpr std::size_t kWaitIo = 36;
}  // namespace process

namespace worker {
constexpr std::size_t kPid = 12;
constexpr std::size_t kWorkerGeneration = 16;
constexpr std::size_t kStatus = 20;
constexpr std::size_t kAccesses = 32;
constexpr std::size_t kBytes = 40;
constexpr std::size_t kChildAccesses = 48;
constexpr std::size_t kStart = 64;
constexpr std::size_t kStop = 72;
constexpr std::size_t kLastUsed = 80;
}  // namespace worker

template <class T>
T at(const std::byte* from, std::size_t offset) {
  T value;
  std::memcpy(&value, from + offset, sizeof(value));
  return value;
}

// 2000-01-01 to 2100-01-01, in microseconds: what a start time can be.
bool plausible_time(std::int64_t microseconds) {
  constexpr std::int64_t kSecond = 1000000;
  return microseconds > 946684800 * kSecond && microseconds < 4102444800 * kSecond;
}

std::optional<ShmLayout> fit(std::span<const std::byte> segment, std::size_t base) {
  if (segment.size() < base + kSmallestGlobal) return std::nullopt;
  const std::byte* global = segment.data() + base;
  const auto servers = at<std::int32_t>(global, kServerLimit);
  const auto threads = at<std::int32_t>(global, kThreadLimit);
  if (servers < 1 || servers > kMaxServers || threads < 1 || threads > kMaxThreads)
    return std::nullopt;
  if (at<std::int32_t>(global, kGeneration) < 0 ||
      !plausible_time(at<std::int64_t>(global, kRestartTime)))
    return std::nullopt;

  for (const Strides& strides : kKnown) {
    const ShmLayout layout{
        base, strides.global_size, strides.process_stride, strides.worker_stride, servers, threads};
    if (layout.total() > segment.size()) continue;
    // APR's header holds the exact size; without one the mapping is rounded up to a page.
    const bool fits = base != 0 ? at<std::uint64_t>(segment.data(), 0) == layout.total()
                                : segment.size() - layout.total() < kPage;
    if (fits) return layout;
  }
  return std::nullopt;
}

WorkerScore decode_worker(const std::byte* from, WorkerState state) {
  WorkerScore score;
  score.state = state;
  score.pid = at<std::int32_t>(from, worker::kPid);
  score.generation = at<std::int32_t>(from, worker::kWorkerGeneration);
  score.accesses = at<std::uint64_t>(from, worker::kAccesses);
  score.child_accesses = at<std::uint64_t>(from, worker::kChildAccesses);
  score.bytes = at<std::uint64_t>(from, worker::kBytes);
  score.start_us = at<std::int64_t>(from, worker::kStart);
  score.stop_us = at<std::int64_t>(from, worker::kStop);
  score.last_used_us = at<std::int64_t>(from, worker::kLastUsed);
  return score;
}

ProcessScore decode_process(const std::byte* from, std::int32_t slot) {
  ProcessScore score;
  score.slot = slot;
  score.pid = at<std::int32_t>(from, process::kPid);
  score.generation = at<std::int32_t>(from, process::kProcessGeneration);
  score.quiescing = at<std::uint8_t>(from, process::kQuiescing) != 0;
  score.not_accepting = at<std::uint8_t>(from, process::kNotAccepting) != 0;
  score.connections = at<std::uint32_t>(from, process::kConnections);
  score.write_completion = at<std::uint32_t>(from, process::kWriteCompletion);
  score.lingering_close = at<std::uint32_t>(from, process::kLingeringClose);
  score.keep_alive = at<std::uint32_t>(from, process::kKeepAlive);
  score.suspended = at<std::uint32_t>(from, process::kSuspended);
  return score;
}

// The threads of one slot. Returns whether any of them is at work or waiting for some.
bool decode_workers(const std::byte* first, const ShmLayout& layout, Scoreboard& board,
                    std::vector<WorkerScore>& workers) {
  const auto count = static_cast<std::size_t>(layout.thread_limit);
  workers.resize(count);
  bool alive = false;
  for (std::size_t i = 0; i < count; ++i) {
    const std::byte* from = first + i * layout.worker_stride;
    const auto status = at<std::uint8_t>(from, worker::kStatus);
    const bool torn = status >= kStateLetters.size();
    workers[i] = decode_worker(from, torn ? WorkerState::Dead : WorkerState{status});
    board.accesses += workers[i].accesses;
    board.bytes += workers[i].bytes;
    alive = alive || workers[i].state != WorkerState::Dead;
  }
  return alive;
}

}  // namespace

Result<ShmLayout> find_layout(std::span<const std::byte> segment) {
  for (const std::size_t base : {kAprHeader, std::size_t{0}})
    if (const auto layout = fit(segment, base)) return *layout;
  return fail(Error::Kind::Malformed,
              "the shared memory has the size of none of the scoreboards of httpd 2.4");
}

Scoreboard decode(std::span<const std::byte> segment, const ShmLayout& layout) {
  Scoreboard board;
  if (segment.size() < layout.total()) return board;
  const std::byte* global = segment.data() + layout.base;
  board.server_limit = layout.server_limit;
  board.thread_limit = layout.thread_limit;
  board.generation = at<std::int32_t>(global, kGeneration);
  board.restarted =
      Instant(std::chrono::milliseconds(at<std::int64_t>(global, kRestartTime) / 1000));

  const std::byte* processes = global + layout.global_size;
  const auto servers = static_cast<std::size_t>(layout.server_limit);
  const auto threads = static_cast<std::size_t>(layout.thread_limit);
  const std::byte* workers = processes + servers * layout.process_stride;
  std::vector<WorkerScore> slots;
  for (std::size_t i = 0; i < servers; ++i) {
    ProcessScore process =
        decode_process(processes + i * layout.process_stride, static_cast<std::int32_t>(i));
    if (layout.process_stride > process::kWaitIo)
      process.wait_io = at<std::uint32_t>(processes + i * layout.process_stride, process::kWaitIo);
    const bool alive =
        decode_workers(workers + i * threads * layout.worker_stride, layout, board, slots);
    // A slot without a process may still hold threads of one that is ending.
    if (process.pid <= 0 && !alive) continue;
    process.workers = std::move(slots);
    board.processes.push_back(std::move(process));
    slots = {};
  }
  return board;
}

}  // namespace mpm
