// SPDX-License-Identifier: Apache-2.0
//
// The tokens by which whoever asks on a port is known, and the right that goes with each. They are
// in a file that only its owner and group may read, a line each:
//
//   # the dashboard of the operators
//   read 5d1b7f...
//   change 0c22ae...
//
// `openssl rand -hex 32` makes a good one. Kept are their hashes; a token is in no message of ours.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/model/result.h"

namespace mpm {

enum class Right : std::uint8_t { None, Read, Change };

class Tokens {
 public:
  // Malformed, with its line: it is no such file. Denied: others may read it.
  static Result<Tokens> read(const std::string& path);
  static Result<Tokens> parse(std::string_view text, const std::string& path);

  // Takes as long for a wrong one as for a right one.
  Right right_of(std::string_view token) const;

 private:
  using Hash = std::array<unsigned char, 32>;
  static Hash hash_of(std::string_view token);

  struct Entry {
    Hash hash{};
    Right right = Right::None;
  };
  std::vector<Entry> entries_;
};

}  // namespace mpm
