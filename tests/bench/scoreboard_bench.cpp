// SPDX-License-Identifier: Apache-2.0
//
// What one look costs. Law: 10,240 slots (160 processes of 64 threads) decode in under 1 ms.
#include <benchmark/benchmark.h>

#include "agent/scoreboard/shm_layout.h"
#include "agent/scoreboard/tally.h"
#include "tests/support/scoreboard_bytes.h"

namespace mpm {
namespace {

ScoreboardBytes full_server(std::int32_t processes) {
  ScoreboardBytes built({.server_limit = processes, .thread_limit = 64});
  for (std::int32_t slot = 0; slot < processes; ++slot) {
    built.process(slot).pid(1000 + slot);
    for (std::int32_t thread = 0; thread < 64; ++thread) {
      const char letter = kStateLetters[static_cast<std::size_t>(slot + thread) % 11];
      built.process(slot).worker(thread).status(letter).accesses(7).bytes_served(4096).start(1);
    }
  }
  return built;
}

void decode_segment(benchmark::State& state) {
  const ScoreboardBytes built = full_server(static_cast<std::int32_t>(state.range(0) / 64));
  const auto layout = find_layout(built.bytes());
  for (auto _ : state) {
    auto board = decode(built.bytes(), *layout);
    benchmark::DoNotOptimize(board);
  }
}
BENCHMARK(decode_segment)->Arg(512)->Arg(10'240)->Unit(benchmark::kMicrosecond);

void count_board(benchmark::State& state) {
  const ScoreboardBytes built = full_server(static_cast<std::int32_t>(state.range(0) / 64));
  const auto board = decode(built.bytes(), *find_layout(built.bytes()));
  for (auto _ : state) {
    auto tally = count(*board);
    benchmark::DoNotOptimize(tally);
  }
}
BENCHMARK(count_board)->Arg(512)->Arg(10'240)->Unit(benchmark::kMicrosecond);

void gather_texts(benchmark::State& state) {
  const ScoreboardBytes built = full_server(160);
  const auto layout = find_layout(built.bytes());
  for (auto _ : state) {
    auto texts = request_texts(built.bytes(), *layout);
    benchmark::DoNotOptimize(texts);
  }
}
BENCHMARK(gather_texts)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace mpm

BENCHMARK_MAIN();
