// SPDX-License-Identifier: Apache-2.0
//
// Writes a scoreboard as httpd lays it out in shared memory, in any of the layouts of 2.4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "schema/model/scoreboard.h"

namespace mpm {

struct HttpdLayout {
  const char* since;
  std::size_t global, process, worker;
};
inline constexpr HttpdLayout kHttpdLayouts[] = {{"2.4.0", 24, 32, 248},  {"2.4.17", 24, 40, 248},
                                                {"2.4.19", 24, 40, 264}, {"2.4.35", 56, 40, 272},
                                                {"2.4.36", 56, 40, 336}, {"2.4.63", 56, 40, 336}};

class ScoreboardBytes {
 public:
  ScoreboardBytes(HttpdLayout layout, std::int32_t server_limit, std::int32_t thread_limit,
                  std::size_t apr_header = 8)
      : layout_(layout), threads_(static_cast<std::size_t>(thread_limit)), base_(apr_header) {
    const auto servers = static_cast<std::size_t>(server_limit);
    workers_ = base_ + layout.global + servers * layout.process;
    const std::size_t total = workers_ + servers * threads_ * layout.worker;
    bytes_.resize(total);
    if (base_ != 0) put<std::uint64_t>(0, total);
    put(base_ + 0, server_limit);
    put(base_ + 4, thread_limit);
    put<std::int64_t>(base_ + 16, 1700000000LL * 1000000);
  }

  void generation(std::int32_t value) { put(base_ + 8, value); }

  struct Process {
    std::int32_t pid = 0;
    std::int32_t generation = 0;
    bool quiescing = false;
    bool not_accepting = false;
    std::uint32_t connections = 0;
    std::uint32_t wait_io = 0;
  };
  void process(std::int32_t slot, const Process& value) {
    const std::size_t at =
        base_ + layout_.global + static_cast<std::size_t>(slot) * layout_.process;
    put(at + 0, value.pid);
    put(at + 4, value.generation);
    put<std::uint8_t>(at + 8, value.quiescing ? 1 : 0);
    put<std::uint8_t>(at + 9, value.not_accepting ? 1 : 0);
    put(at + 12, value.connections);
    if (layout_.process > 36) put(at + 36, value.wait_io);
  }

  void worker(std::int32_t slot, std::int32_t thread, const WorkerScore& value) {
    const std::size_t at = worker_at(slot, thread);
    put(at + 12, value.pid);
    put(at + 16, value.generation);
    put(at + 20, static_cast<std::uint8_t>(value.state));
    put(at + 32, value.accesses);
    put(at + 40, value.bytes);
    put(at + 48, value.child_accesses);
    put(at + 64, value.start_us);
    put(at + 72, value.stop_us);
    put(at + 80, value.last_used_us);
  }
  void state_byte(std::int32_t slot, std::int32_t thread, std::uint8_t byte) {
    put(worker_at(slot, thread) + 20, byte);
  }

  std::vector<std::byte>& bytes() { return bytes_; }
  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  std::size_t worker_at(std::int32_t slot, std::int32_t thread) const {
    return workers_ +
           (static_cast<std::size_t>(slot) * threads_ + static_cast<std::size_t>(thread)) *
               layout_.worker;
  }
  template <class T>
  void put(std::size_t at, T value) {
    std::memcpy(bytes_.data() + at, &value, sizeof(value));
  }

  HttpdLayout layout_;
  std::size_t threads_;
  std::size_t base_;
  std::size_t workers_ = 0;
  std::vector<std::byte> bytes_;
};

}  // namespace mpm
