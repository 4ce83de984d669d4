// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/shm_layout.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "schema/model/workers.h"

namespace mpm {
namespace {

using Segment = std::span<const std::byte>;

struct Strides {
  std::string_view since;
  std::size_t global, process, worker;
};
constexpr std::array kLayouts{
    Strides{"2.4.0", 24, 32, 248},  Strides{"2.4.17", 24, 40, 248}, Strides{"2.4.19", 24, 40, 264},
    Strides{"2.4.35", 56, 40, 272}, Strides{"2.4.36", 56, 40, 336},
};

constexpr std::size_t kAprHeader = 8;
constexpr std::size_t kPage = 4096;
constexpr std::int32_t kMaxServerLimit = 200'000;  // MAX_SERVER_LIMIT of prefork
constexpr std::int32_t kMaxThreadLimit = 100'000;  // MAX_THREAD_LIMIT of event
constexpr std::int32_t kMaxPid = 1 << 22;          // PID_MAX_LIMIT of a 64-bit kernel
constexpr std::uint64_t kMaxCount = std::uint64_t{1} << 56;
// Year 2100, in microseconds; a time outside 1970..2100 is torn.
constexpr std::int64_t kMaxTime = 4'102'444'800'000'000;

// Offsets in global_score, process_score and worker_score; include/scoreboard.h.
constexpr std::size_t kRunningGeneration = 8, kRestartTime = 16;
constexpr std::size_t kPid = 0, kGeneration = 4, kQuiescing = 8, kNotAccepting = 9,
                      kConnections = 12, kWriteCompletion = 16, kLingeringClose = 20,
                      kKeepAlive = 24, kSuspended = 28, kWaitIo = 36;
constexpr std::size_t kWorkerPid = 12, kWorkerGeneration = 16, kStatus = 20, kConnectionCount = 22,
                      kAccessCount = 32, kBytesServed = 40, kMyAccessCount = 48, kStartTime = 64,
                      kStopTime = 72, kLastUsed = 80, kClient = 120, kRequest = 152, kVhost = 216,
                      kProtocol = 248, kClient64 = 272;

// The compiler makes one unaligned load of it. The caller has checked the bounds.
template <class T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

std::int32_t pid_at(const std::byte* at) {
  const auto pid = load<std::int32_t>(at);
  return pid > 0 && pid <= kMaxPid ? pid : 0;
}
std::uint64_t count_at(const std::byte* at) {
  const auto count = load<std::uint64_t>(at);
  return count < kMaxCount ? count : 0;
}
std::int64_t time_at(const std::byte* at) {
  const auto time = load<std::int64_t>(at);
  return time > 0 && time < kMaxTime ? time : 0;
}
WorkerState state_at(const std::byte* at) {
  const auto status = std::to_integer<std::size_t>(*at);
  return status < kStateLetters.size() ? static_cast<WorkerState>(status) : WorkerState::Dead;
}

std::size_t page_rounded(std::size_t size) {
  return (size + kPage - 1) / kPage * kPage;
}

// The layout of a scoreboard in a segment of `size` bytes whose global_score starts at `header`
// and whose total, rounded by `round`, is `end`; nothing when none fits, or more than one.
template <class Round>
std::optional<ShmLayout> match(Segment head, std::size_t header, std::size_t size, std::size_t end,
                               Round round) {
  if (head.size() < header + 8) return std::nullopt;
  ShmLayout layout;
  layout.header = header;
  layout.server_limit = load<std::int32_t>(head.data() + header);
  layout.thread_limit = load<std::int32_t>(head.data() + header + 4);
  if (layout.server_limit < 1 || layout.server_limit > kMaxServerLimit) return std::nullopt;
  if (layout.thread_limit < 1 || layout.thread_limit > kMaxThreadLimit) return std::nullopt;

  std::optional<ShmLayout> found;
  for (const Strides& strides : kLayouts) {
    layout.since = strides.since;
    layout.global_stride = strides.global;
    layout.process_stride = strides.process;
    layout.worker_stride = strides.worker;
    if (layout.total() > size || round(layout.total()) != end) continue;
    if (found) return std::nullopt;
    found = layout;
  }
  return found;
}

void read_worker(const std::byte* at, WorkerScore& worker) {
  worker.state = state_at(at + kStatus);
  worker.pid = pid_at(at + kWorkerPid);
  worker.generation = load<std::int32_t>(at + kWorkerGeneration);
  worker.accesses = count_at(at + kAccessCount);
  worker.child_accesses = count_at(at + kMyAccessCount);
  worker.connection_accesses = load<std::uint16_t>(at + kConnectionCount);
  worker.bytes = count_at(at + kBytesServed);
  worker.start_us = time_at(at + kStartTime);
  worker.stop_us = time_at(at + kStopTime);
  worker.last_used_us = time_at(at + kLastUsed);
}

ProcessScore read_process(const std::byte* at, const ShmLayout& layout) {
  ProcessScore process;
  process.pid = pid_at(at + kPid);
  process.generation = load<std::int32_t>(at + kGeneration);
  process.quiescing = at[kQuiescing] != std::byte{0};
  process.not_accepting = at[kNotAccepting] != std::byte{0};
  process.connections = load<std::uint32_t>(at + kConnections);
  process.write_completion = load<std::uint32_t>(at + kWriteCompletion);
  process.lingering_close = load<std::uint32_t>(at + kLingeringClose);
  process.keep_alive = load<std::uint32_t>(at + kKeepAlive);
  process.suspended = load<std::uint32_t>(at + kSuspended);
  if (layout.process_stride >= kWaitIo + 4) process.wait_io = load<std::uint32_t>(at + kWaitIo);
  return process;
}

// A slot nobody owns is still somebody's while a thread of a former owner runs in it: worker
// hands the process_score on before the last old thread has ended (worker.c, make_child).
bool runs_old_thread(const std::byte* workers, const ShmLayout& layout) {
  for (std::int32_t thread = 0; thread < layout.thread_limit; ++thread) {
    const std::byte* at = workers + layout.worker_stride * static_cast<std::size_t>(thread);
    if (state_at(at + kStatus) != WorkerState::Dead && pid_at(at + kWorkerPid) != 0) return true;
  }
  return false;
}

std::string text_at(const std::byte* at, std::size_t room) {
  std::string text;
  for (const std::byte byte : Segment(at, room)) {
    const auto code = std::to_integer<unsigned char>(byte);
    if (code == 0) break;
    text += code >= 32 && code < 127 ? static_cast<char>(code) : '?';
  }
  return text;
}

RequestText read_text(const std::byte* at, const ShmLayout& layout) {
  RequestText text;
  read_worker(at, text.score);
  if (layout.worker_stride >= kClient64 + 64) text.client = text_at(at + kClient64, 64);
  if (text.client.empty()) text.client = text_at(at + kClient, 32);
  text.request = text_at(at + kRequest, 64);
  text.vhost = text_at(at + kVhost, 32);
  if (layout.worker_stride >= kProtocol + 16) text.protocol = text_at(at + kProtocol, 16);
  return text;
}

}  // namespace

Result<ShmLayout> find_layout(Segment head, std::size_t size) {
  const auto exactly = [](std::size_t total) { return total; };
  if (head.size() >= kAprHeader) {
    const auto real = load<std::uint64_t>(head.data());
    if (const auto found = match(head, kAprHeader, size, real, exactly)) return *found;
  }
  if (const auto found = match(head, 0, size, size, exactly)) return *found;
  if (const auto found = match(head, 0, size, size, page_rounded)) return *found;
  return fail(
      Error::Kind::Malformed,
      fmt::format("the segment of {} bytes has the size of no scoreboard of httpd 2.4", size));
}

Result<ShmLayout> find_layout(Segment segment) {
  return find_layout(segment, segment.size());
}

std::vector<std::int32_t> child_pids(Segment segment, const ShmLayout& layout) {
  std::vector<std::int32_t> pids;
  if (segment.size() < layout.total()) return pids;
  for (std::int32_t slot = 0; slot < layout.server_limit; ++slot) {
    const std::size_t at =
        layout.processes_at() + layout.process_stride * static_cast<std::size_t>(slot);
    if (const std::int32_t pid = pid_at(segment.data() + at + kPid)) pids.push_back(pid);
  }
  return pids;
}

Result<Scoreboard> decode(Segment segment, const ShmLayout& layout) {
  if (segment.size() < layout.total() || layout.global_stride < kLayouts.front().global)
    return fail(Error::Kind::Malformed, fmt::format("the scoreboard ends after {} of {} bytes",
                                                    segment.size(), layout.total()));
  const std::byte* global = segment.data() + layout.header;
  if (load<std::int32_t>(global) != layout.server_limit ||
      load<std::int32_t>(global + 4) != layout.thread_limit)
    return fail(Error::Kind::Malformed, "the scoreboard was replaced by one of another size");

  Scoreboard board;
  board.server_limit = layout.server_limit;
  board.thread_limit = layout.thread_limit;
  board.generation = load<std::int32_t>(global + kRunningGeneration);
  board.restarted = Instant(std::chrono::milliseconds(time_at(global + kRestartTime) / 1000));

  const auto threads = static_cast<std::size_t>(layout.thread_limit);
  for (std::int32_t slot = 0; slot < layout.server_limit; ++slot) {
    const auto index = static_cast<std::size_t>(slot);
    const std::byte* workers =
        segment.data() + layout.workers_at() + layout.worker_stride * threads * index;
    // Dead slots count too: a slot's counters live through all its children.
    for (std::size_t thread = 0; thread < threads; ++thread) {
      const std::byte* at = workers + layout.worker_stride * thread;
      board.accesses += count_at(at + kAccessCount);
      board.bytes += count_at(at + kBytesServed);
    }
    ProcessScore process = read_process(
        segment.data() + layout.processes_at() + layout.process_stride * index, layout);
    if (process.pid == 0 && !runs_old_thread(workers, layout)) continue;
    process.slot = slot;
    process.workers.resize(threads);
    for (std::size_t thread = 0; thread < threads; ++thread)
      read_worker(workers + layout.worker_stride * thread, process.workers[thread]);
    board.processes.push_back(std::move(process));
  }
  return board;
}

std::vector<RequestText> request_texts(Segment segment, const ShmLayout& layout,
                                       RequestTextQuery query) {
  std::vector<RequestText> texts;
  if (segment.size() < layout.total()) return texts;
  for (std::int32_t slot = 0; slot < layout.server_limit; ++slot) {
    if (query.slot && *query.slot != slot) continue;
    for (std::int32_t thread = 0; thread < layout.thread_limit; ++thread) {
      if (texts.size() >= query.limit) return texts;
      const auto worker =
          static_cast<std::size_t>(slot) * static_cast<std::size_t>(layout.thread_limit) +
          static_cast<std::size_t>(thread);
      const std::byte* at = segment.data() + layout.workers_at() + layout.worker_stride * worker;
      if (query.busy_only && !is_busy(state_at(at + kStatus))) continue;
      RequestText text = read_text(at, layout);
      if (text.request.empty() && text.client.empty()) continue;
      text.slot = slot;
      text.thread = thread;
      texts.push_back(std::move(text));
    }
  }
  return texts;
}

}  // namespace mpm
