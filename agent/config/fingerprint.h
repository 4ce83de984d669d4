// SPDX-License-Identifier: Apache-2.0
//
// FNV-1a of 128 bits, in steps of eight bytes: it tells whether texts differ by accident, not
// whether by malice. Each text's length is taken too, so "ab", "c" is not "a", "bc".
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace mpm::config {

class Fingerprint {
 public:
  void take(std::string_view bytes) {
    const std::size_t size = bytes.size();
    for (; bytes.size() >= sizeof(std::uint64_t); bytes.remove_prefix(sizeof(std::uint64_t))) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data(), sizeof word);
      take(word);
    }
    for (const char c : bytes)
      take(static_cast<unsigned char>(c));
    take(size);
  }

  void take(std::uint64_t number) {
    state_ ^= number;
    state_ *= kPrime;
  }

  // Half of it, for what is compared within one process.
  std::uint64_t half() const { return static_cast<std::uint64_t>(state_ >> 64); }

  std::string hex() const {
    return fmt::format("{:016x}{:016x}", half(), static_cast<std::uint64_t>(state_));
  }

 private:
  __extension__ using Wide = unsigned __int128;
  static constexpr Wide kPrime = (Wide{1} << 88) + 0x13b;
  Wide state_ = (Wide{0x6c62272e07bb0142} << 64) + 0x62b821756295c58d;
};

}  // namespace mpm::config
