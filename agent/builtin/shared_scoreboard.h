// SPDX-License-Identifier: Apache-2.0
//
// The scoreboard that the children of one server write and everybody may read: a shared segment
// in the layout of httpd 2.4.63 and later (include/scoreboard.h, LP64), byte for byte:
//
//   [APR's size, 8] GlobalScore | ProcessSlot[ServerLimit] | WorkerSlot[ServerLimit][ThreadLimit]
//
// Nothing locks it. A slot has one writer at a time, the thread that owns it (the parent while
// there is none), and a reader may see the half of an update; so does every reader of httpd's.
// The segment is made once, before the first fork, and lives as long as the parent.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <sys/times.h>
#include <sys/types.h>

#include "schema/model/result.h"
#include "schema/model/scoreboard.h"

namespace mpm::builtin {

struct GlobalScore {
  std::int32_t server_limit;
  std::int32_t thread_limit;
  std::int32_t running_generation;
  std::int64_t restart_time;  // microseconds since 1970, as all times here
  tms times;                  // of the parent and its dead children, in clock ticks
};

struct ProcessSlot {
  std::int32_t pid;
  std::int32_t generation;
  char quiescing;
  char not_accepting;
  std::uint32_t connections;
  std::uint32_t write_completion;
  std::uint32_t lingering_close;
  std::uint32_t keep_alive;
  std::uint32_t suspended;
  std::int32_t bucket;
  std::uint32_t wait_io;
};

struct WorkerSlot {
  std::uint64_t tid;
  std::int32_t thread_num;
  std::int32_t pid;
  std::int32_t generation;
  std::uint8_t status;       // a WorkerState
  std::uint16_t conn_count;  // requests of its connection; under event with the one it serves
  std::int64_t conn_bytes;
  std::uint64_t access_count;
  std::int64_t bytes_served;
  std::uint64_t my_access_count;
  std::int64_t my_bytes_served;
  std::int64_t start_time;
  std::int64_t stop_time;
  std::int64_t last_used;
  tms times;
  char client[32];
  char request[64];
  char vhost[32];
  char protocol[16];
  std::int64_t duration;  // microseconds
  char client64[64];
};

static_assert(sizeof(GlobalScore) == 56);
static_assert(sizeof(ProcessSlot) == 40);
static_assert(sizeof(WorkerSlot) == 336);

// What ExtendedStatus adds to a slot when a request begins.
struct RequestNote {
  std::string_view client;
  std::string_view request;  // "GET /cart HTTP/1.1"
  std::string_view vhost;
  std::string_view protocol;
};

class SharedScoreboard {
 public:
  struct Limits {
    std::int32_t servers = 1;
    std::int32_t threads = 1;
  };
  // `file`: where ScoreBoardFile wants it; empty for memory without a name.
  static Result<SharedScoreboard> create(Limits limits, const std::string& file = {});
  SharedScoreboard(SharedScoreboard&& other) noexcept;
  SharedScoreboard& operator=(SharedScoreboard&&) = delete;
  SharedScoreboard(const SharedScoreboard&) = delete;
  SharedScoreboard& operator=(const SharedScoreboard&) = delete;
  // Unmaps it, and unlinks the file that create() made.
  ~SharedScoreboard();

  std::int32_t server_limit() const { return limits_.servers; }
  std::int32_t thread_limit() const { return limits_.threads; }
  GlobalScore& global() const;
  ProcessSlot& process(std::int32_t slot) const;
  WorkerSlot& worker(std::int32_t slot, std::int32_t thread) const;

  // A restart that is not graceful: all counters start again.
  void clear() const;

 private:
  SharedScoreboard(std::byte* segment, std::size_t size, Limits limits, std::string file)
      : segment_(segment), size_(size), limits_(limits), file_(std::move(file)) {}

  std::byte* segment_;
  std::size_t size_;
  Limits limits_;
  std::string file_;
};

// Writers and readers are of several processes; each field is stored and loaded whole.
template <class T>
void put(T& field, T value) {
  std::atomic_ref<T>(field).store(value, std::memory_order_relaxed);
}
template <class T>
T get(const T& field) {
  return std::atomic_ref<T>(const_cast<T&>(field)).load(std::memory_order_relaxed);
}
template <class T>
void add(T& field, T value) {
  std::atomic_ref<T>(field).fetch_add(value, std::memory_order_relaxed);
}

inline void put_state(WorkerSlot& slot, WorkerState state) {
  put(slot.status, static_cast<std::uint8_t>(state));
}
// A byte that is no state, from memory that somebody else wrote, is a dead slot.
inline WorkerState state_of(const WorkerSlot& slot) {
  const std::uint8_t status = get(slot.status);
  return status < kStateLetters.size() ? static_cast<WorkerState>(status) : WorkerState::Dead;
}

void put_times(tms& field, const tms& used);

// Microseconds since 1970.
std::int64_t now_us();

// A request begins in this slot: its texts and its start.
void begin_request(WorkerSlot& slot, const RequestNote& note, std::int64_t now);
// It ended after `bytes` were sent: counters, times, and what the process has used of the CPU.
void end_request(WorkerSlot& slot, std::int64_t bytes, std::int64_t now, const tms& used);

}  // namespace mpm::builtin
