// SPDX-License-Identifier: Apache-2.0
//
// Chance with a seed: the same numbers on every machine, at a nanosecond each. The generator is
// splitmix64 (Steele, Lea, Flood 2014), whose whole state is a counter.
#pragma once

#include <cmath>
#include <cstdint>

namespace mpm::model {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  // Above 0, at most 1, so that its logarithm exists.
  double share() { return static_cast<double>((next() >> 11U) + 1) * 0x1p-53; }

  // Exponential, of mean 1.
  double exponential() { return -std::log(share()); }

  // From 0 up to below `count`, without a division.
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(((next() >> 32U) * count) >> 32U);
  }

 private:
  std::uint64_t state_;
};

}  // namespace mpm::model
