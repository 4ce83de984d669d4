// SPDX-License-Identifier: Apache-2.0
//
// httpd's scoreboard as bytes in shared memory, from 2.4.0 on (LP64, our own byte order):
//
//   [APR's size, 8] global_score | process_score[SL] | worker_score[SL][TL]
//
// SL and TL are server_limit and thread_limit, the first two ints of global_score. APR puts
// the real size of the segment before what it hands out, but not for System V segments. The
// strides grew over the releases, the offsets of what we read never moved:
//
//   since   global  process  worker
//   2.4.0       24       32     248
//   2.4.17      24       40     248   bucket
//   2.4.19      24       40     264   protocol
//   2.4.35      56       40     272   duration
//   2.4.36      56       40     336   client64
//   2.4.63      56       40     336   wait_io, in what was padding: the same size
//
// So the size names the layout, and finds the right one among the segments of a process. The
// bytes change under the reader's hands and nothing locks them: what makes no sense is dropped,
// and no content, however wrong, makes decode() read outside the segment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/model/result.h"
#include "schema/model/scoreboard.h"

namespace mpm {

// All in bytes but the limits.
struct ShmLayout {
  std::string_view since;         // the first release that has it, "2.4.36"
  std::size_t header = 0;         // where global_score starts: 8, or 0 without APR's size
  std::size_t global_stride = 0;  // 24, 56
  std::size_t process_stride = 0;
  std::size_t worker_stride = 0;
  std::int32_t server_limit = 0;
  std::int32_t thread_limit = 0;

  std::size_t processes_at() const { return header + global_stride; }
  std::size_t workers_at() const {
    return processes_at() + process_stride * static_cast<std::size_t>(server_limit);
  }
  std::size_t total() const {
    return workers_at() + worker_stride * static_cast<std::size_t>(server_limit) *
                              static_cast<std::size_t>(thread_limit);
  }
};

// Malformed: this is no scoreboard of any 2.4. A segment with APR's size may be longer than
// that size says (a mapping ends on a page); one without must end where the scoreboard does,
// or on the next 4096-byte boundary when only one layout fits so.
Result<ShmLayout> find_layout(std::span<const std::byte> segment);
// Likewise, of a segment of `size` bytes whose first kLayoutHead bytes are enough to tell.
inline constexpr std::size_t kLayoutHead = 32;
Result<ShmLayout> find_layout(std::span<const std::byte> head, std::size_t size);

// The pids of all children the parent knows, in the order of the slots, for telling whose
// scoreboard this is. Needs segment.size() >= layout.total(); empty when it is less.
std::vector<std::int32_t> child_pids(std::span<const std::byte> segment, const ShmLayout& layout);

// Everything but the texts. Malformed when the segment is shorter than the layout or its
// limits changed since find_layout: then it is another scoreboard. A status byte above 10, a
// pid outside 1..2^22 and a counter above 2^56 are torn or corrupt, and count as 0.
Result<Scoreboard> decode(std::span<const std::byte> segment, const ShmLayout& layout);

// What a slot says about its last request. Control bytes and bytes above 126 become '?'.
struct RequestText {
  std::int32_t slot = 0;
  std::int32_t thread = 0;
  WorkerScore score;    // of the slot, read right before its words
  std::string client;   // client64 where the layout has it, else client: 31 characters
  std::string request;  // "GET /cart HTTP/1.1", cut at 63 characters
  std::string vhost;
  std::string protocol;  // since 2.4.19
};

struct RequestTextQuery {
  bool busy_only = true;               // slots from reading to graceful
  std::size_t limit = 256;             // of texts
  std::optional<std::int32_t> slot{};  // of this process alone
};
inline constexpr RequestTextQuery kAllTexts{.busy_only = false,
                                            .limit = std::numeric_limits<std::size_t>::max()};

// Never fails: a segment shorter than the layout has no texts.
std::vector<RequestText> request_texts(std::span<const std::byte> segment, const ShmLayout& layout,
                                       RequestTextQuery query = {});

}  // namespace mpm
