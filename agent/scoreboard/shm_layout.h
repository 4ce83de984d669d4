// SPDX-License-Identifier: Apache-2.0
//
// httpd's scoreboard as it lies in shared memory, on LP64:
//
//   [APR's 8-byte size] global_score | process_score[ServerLimit] | worker_score[SL][ThreadLimit]
//
// Six layouts of 2.4 exist (include/scoreboard.h of 2.4.0, .17, .19, .35, .36 and .63); the
// fields used here have the same offsets in all of them, and the total size tells the strides:
//
//   since    global  process  worker
//   2.4.0        24       32     248
//   2.4.17       24       40     248
//   2.4.19       24       40     264
//   2.4.35       56       40     272
//   2.4.36       56       40     336      2.4.63 adds wait_io inside process_score's 40
//
// Pure: bytes in, values out. The bytes change while they are read and nobody locks: a state
// above the last one is a torn read and its slot is left out. No read leaves the span.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "schema/model/result.h"
#include "schema/model/scoreboard.h"

namespace mpm {

struct ShmLayout {
  std::size_t base = 0;  // where global_score begins: 8 after APR's header, 0 without one
  std::size_t global_size = 0;
  std::size_t process_stride = 0;
  std::size_t worker_stride = 0;
  std::int32_t server_limit = 0;
  std::int32_t thread_limit = 0;
  bool operator==(const ShmLayout&) const = default;

  std::size_t total() const {
    const auto processes = static_cast<std::size_t>(server_limit);
    return base + global_size + processes * process_stride +
           processes * static_cast<std::size_t>(thread_limit) * worker_stride;
  }
};

// Malformed: these bytes are no scoreboard. The segment may be longer than what it holds, up to
// the end of its page.
Result<ShmLayout> find_layout(std::span<const std::byte> segment);

// `layout` must be of this segment. Costs no allocation a slot beyond its WorkerScore.
Scoreboard decode(std::span<const std::byte> segment, const ShmLayout& layout);

}  // namespace mpm
