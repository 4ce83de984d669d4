// SPDX-License-Identifier: Apache-2.0
//
// Whatever the bytes: a segment is refused, or all that is read of it keeps the contract. The
// input is copied to a block of exactly its size, so that a sanitizer sees one read too many.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "agent/scoreboard/shm_layout.h"
#include "agent/scoreboard/tally.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> exact(data, data + size);
  const auto bytes = std::as_bytes(std::span(exact));
  const auto layout = mpm::find_layout(bytes);
  if (!layout) {
    require(layout.error().kind == mpm::Error::Kind::Malformed);
    return 0;
  }
  require(layout->total() <= size);
  const auto board = mpm::decode(bytes, *layout);
  require(board.has_value());
  require(board->processes.size() <= static_cast<std::size_t>(layout->server_limit));
  require(mpm::child_pids(bytes, *layout).size() <= board->processes.size());

  const mpm::Tally tally = mpm::count(*board);
  require(tally.finishing <= tally.busy && tally.deaf <= tally.idle);
  const mpm::Work work = mpm::work(*board, *board, mpm::Instant{});
  require(work.finished == 0 && work.running <= tally.writing);
  for (const auto& text : mpm::request_texts(bytes, *layout, {.busy_only = false}))
    require(text.request.size() <= 64 && text.client.size() <= 64);
  return 0;
}
