// SPDX-License-Identifier: Apache-2.0
//
// Numbers that know what they count. A process of a threaded MPM has many workers and a
// worker costs no process, and tools that mixed the two up recommended 9 GB where 360 MB
// were meant; so the compiler keeps them apart here.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace mpm {

// An amount of one thing. Amounts of the same thing add and compare; an amount times a
// plain number is an amount; an amount by an amount is a plain number.
template <class Thing>
struct Quantity {
  std::int64_t value = 0;

  constexpr auto operator<=>(const Quantity&) const = default;  // NOLINT(modernize-use-nullptr)
  constexpr Quantity& operator+=(Quantity other) {
    value += other.value;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    value -= other.value;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return {a.value + b.value}; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return {a.value - b.value}; }
  friend constexpr Quantity operator*(Quantity a, std::int64_t n) { return {a.value * n}; }
  friend constexpr Quantity operator/(Quantity a, std::int64_t n) { return {a.value / n}; }
};

template <class T>
inline constexpr bool kIsQuantity = false;
template <class Thing>
inline constexpr bool kIsQuantity<Quantity<Thing>> = true;

using Bytes = Quantity<struct BytesThing>;
// Places where a request can be served: threads, or processes under prefork.
using Workers = Quantity<struct WorkersThing>;
using Processes = Quantity<struct ProcessesThing>;
using Connections = Quantity<struct ConnectionsThing>;

inline constexpr Bytes kKiB{1024};
inline constexpr Bytes kMiB = kKiB * 1024;

// Wall-clock time, UTC. On the wire 2026-11-23T08:40:00.123Z; in SQL milliseconds since 1970.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
// A length of time. On the wire and in SQL a number of seconds; such fields end in _seconds.
using Seconds = std::chrono::duration<double>;

}  // namespace mpm
