// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "agent/scoreboard/shm_layout.h"
#include "agent/scoreboard/tally.h"
#include "tests/support/scoreboard_bytes.h"

namespace mpm {
namespace {

ScoreboardBytes any_shape() {
  return ScoreboardBytes({
      .release = kReleases[*rc::gen::inRange<std::size_t>(0, kReleases.size())],
      .server_limit = *rc::gen::inRange(1, 12),
      .thread_limit = *rc::gen::inRange(1, 12),
      .apr_header = *rc::gen::arbitrary<bool>(),
  });
}

// Bytes from a heap block of exactly their number, so that a sanitizer sees one read too many.
void look_at_everything(const std::vector<std::uint8_t>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  const auto layout = find_layout(bytes);
  if (!layout) return;
  RC_ASSERT(layout->total() <= bytes.size());
  const auto board = decode(bytes, *layout);
  RC_ASSERT(bool(board));
  for (const ProcessScore& process : board->processes) {
    RC_ASSERT(process.workers.size() == static_cast<std::size_t>(layout->thread_limit));
    for (const WorkerScore& worker : process.workers)
      RC_ASSERT(worker.state <= WorkerState::IdleKill);
  }
  const Tally tally = count(*board);
  RC_ASSERT(tally.finishing <= tally.busy);
  RC_ASSERT(tally.deaf <= tally.idle);
  RC_ASSERT(tally.busy + tally.idle + tally.starting <=
            layout->server_limit * layout->thread_limit);
  for (const RequestText& text : request_texts(bytes, *layout, {.busy_only = false}))
    RC_ASSERT(text.request.size() <= 64U);
}

RC_GTEST_PROP(ShmLayoutProperty, RandomBytesAreNeverReadBeyond, ()) {
  look_at_everything(*rc::gen::arbitrary<std::vector<std::uint8_t>>());
}

RC_GTEST_PROP(ShmLayoutProperty, RandomContentInARealShapeIsNeverReadBeyond, ()) {
  ScoreboardBytes built = any_shape();
  std::vector<std::uint8_t> bytes(built.bytes().size());
  std::memcpy(bytes.data(), built.bytes().data(), bytes.size());
  const auto noise = *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<std::uint8_t>>());
  // The limits and APR's size stay: 16 bytes. The rest repeats the noise.
  for (std::size_t at = 16; at < bytes.size(); ++at)
    bytes[at] = noise[at % noise.size()];
  look_at_everything(bytes);
}

RC_GTEST_PROP(ShmLayoutProperty, WhatIsBuiltIsDecoded, ()) {
  const std::int32_t slots = *rc::gen::inRange(1, 12);
  const std::int32_t threads = *rc::gen::inRange(1, 12);
  ScoreboardBytes built({.release = kReleases[*rc::gen::inRange<std::size_t>(0, kReleases.size())],
                         .server_limit = slots,
                         .thread_limit = threads,
                         .apr_header = *rc::gen::arbitrary<bool>()});
  const std::int32_t slot = *rc::gen::inRange(0, slots);
  const std::int32_t thread = *rc::gen::inRange(0, threads);
  const std::int32_t pid = *rc::gen::inRange(1, 1 << 22);
  const auto letter = kStateLetters[*rc::gen::inRange<std::size_t>(0, kStateLetters.size())];
  const auto accesses = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 40);
  const auto start = *rc::gen::inRange<std::int64_t>(1, 4'000'000'000'000'000);
  built.process(slot).pid(pid).worker(thread).status(letter).accesses(accesses).start(start);

  const auto layout = find_layout(built.bytes());
  RC_ASSERT(bool(layout));
  const auto board = decode(built.bytes(), *layout);
  RC_ASSERT(bool(board));
  RC_ASSERT(board->accesses == accesses);
  RC_ASSERT(board->processes.size() == 1U);
  RC_ASSERT(board->processes[0].slot == slot);
  RC_ASSERT(board->processes[0].pid == pid);
  const WorkerScore& worker = board->processes[0].workers.at(static_cast<std::size_t>(thread));
  RC_ASSERT(worker.state == *worker_state(letter));
  RC_ASSERT(worker.accesses == accesses);
  RC_ASSERT(worker.start_us == start);
}

}  // namespace
}  // namespace mpm
