// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/shared_scoreboard.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>

#include "agent/base/fd.h"
#include "agent/base/file.h"

namespace mpm::builtin {
namespace {

constexpr std::size_t kAprHeader = 8;

std::size_t size_for(SharedScoreboard::Limits limits) {
  const auto servers = static_cast<std::size_t>(limits.servers);
  return kAprHeader + sizeof(GlobalScore) + servers * sizeof(ProcessSlot) +
         servers * static_cast<std::size_t>(limits.threads) * sizeof(WorkerSlot);
}

// Cut to what the field holds, always with a NUL at its end.
template <std::size_t Size>
void put_text(char (&field)[Size], std::string_view text) {
  const std::size_t length = std::min(text.size(), Size - 1);
  for (std::size_t i = 0; i < length; ++i)
    put(field[i], text[i]);
  put(field[length], '\0');
}

Result<UniqueFd> open_named(const std::string& file, std::size_t size) {
  UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(size)) != 0)
    return fail(system_error(errno, file).in("AH00004: the scoreboard's file cannot be made"));
  return fd;
}

}  // namespace

Result<SharedScoreboard> SharedScoreboard::create(Limits limits, const std::string& file) {
  const std::size_t size = size_for(limits);
  UniqueFd named;
  if (!file.empty()) {
    auto opened = open_named(file, size);
    if (!opened) return fail(std::move(opened.error()));
    named = std::move(*opened);
  }
  void* const segment = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                               MAP_SHARED | (named ? 0 : MAP_ANONYMOUS), named.get(), 0);
  if (segment == MAP_FAILED)
    return fail(system_error(errno, "mmap").in("AH00003: no shared memory for the scoreboard"));
  const std::uint64_t real = size;
  std::memcpy(segment, &real, sizeof real);
  SharedScoreboard board(static_cast<std::byte*>(segment), size, limits, file);
  board.clear();
  return board;
}

SharedScoreboard::SharedScoreboard(SharedScoreboard&& other) noexcept
    : segment_(std::exchange(other.segment_, nullptr)),
      size_(other.size_),
      limits_(other.limits_),
      file_(std::move(other.file_)) {}

SharedScoreboard::~SharedScoreboard() {
  if (segment_ == nullptr) return;
  ::munmap(segment_, size_);
  if (!file_.empty()) ::unlink(file_.c_str());
}

GlobalScore& SharedScoreboard::global() const {
  return *reinterpret_cast<GlobalScore*>(segment_ + kAprHeader);
}

ProcessSlot& SharedScoreboard::process(std::int32_t slot) const {
  auto* const first = reinterpret_cast<ProcessSlot*>(segment_ + kAprHeader + sizeof(GlobalScore));
  return first[slot];
}

WorkerSlot& SharedScoreboard::worker(std::int32_t slot, std::int32_t thread) const {
  auto* const first = reinterpret_cast<WorkerSlot*>(&process(limits_.servers));
  return first[static_cast<std::ptrdiff_t>(slot) * limits_.threads + thread];
}

void SharedScoreboard::clear() const {
  const std::int32_t generation = global().running_generation;
  std::memset(segment_ + kAprHeader, 0, size_ - kAprHeader);
  global().server_limit = limits_.servers;
  global().thread_limit = limits_.threads;
  global().running_generation = generation;
  global().restart_time = now_us();
}

std::int64_t now_us() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
}

void put_times(tms& field, const tms& used) {
  put(field.tms_utime, used.tms_utime);
  put(field.tms_stime, used.tms_stime);
  put(field.tms_cutime, used.tms_cutime);
  put(field.tms_cstime, used.tms_cstime);
}

void begin_request(WorkerSlot& slot, const RequestNote& note, std::int64_t now) {
  put_text(slot.client, note.client);
  put_text(slot.client64, note.client);
  put_text(slot.request, note.request);
  put_text(slot.vhost, note.vhost);
  put_text(slot.protocol, note.protocol);
  put(slot.last_used, now);
  put(slot.start_time, now);
}

void end_request(WorkerSlot& slot, std::int64_t bytes, std::int64_t now, const tms& used) {
  put(slot.stop_time, now);
  put(slot.last_used, now);
  put(slot.access_count, slot.access_count + 1);
  put(slot.my_access_count, slot.my_access_count + 1);
  put(slot.conn_count, static_cast<std::uint16_t>(slot.conn_count + 1));
  put(slot.bytes_served, slot.bytes_served + bytes);
  put(slot.my_bytes_served, slot.my_bytes_served + bytes);
  put(slot.conn_bytes, slot.conn_bytes + bytes);
  put(slot.duration, slot.duration + std::max<std::int64_t>(0, now - slot.start_time));
  put_times(slot.times, used);
}

}  // namespace mpm::builtin
