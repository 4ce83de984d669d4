// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/shm_file.h"

#include <utility>

namespace mpm {

ShmFileSource::ShmFileSource(std::int32_t pid, std::string proc_root)
    : segment_(pid, std::move(proc_root), SegmentKind::Named) {}

Result<Scoreboard> ShmFileSource::read() {
  const auto seen = segment_.look();
  if (!seen) return fail(seen.error());
  auto board = decode(seen->bytes, seen->layout);
  if (!board) return board;
  board->source = kind();
  totals_ = totals_of_segment(seen->bytes, seen->layout);
  return board;
}

Result<std::vector<RequestText>> ShmFileSource::read_texts(const RequestTextQuery& query) {
  const auto seen = segment_.look();
  if (!seen) return fail(seen.error());
  return request_texts(seen->bytes, seen->layout, query);
}

}  // namespace mpm
