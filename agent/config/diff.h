// SPDX-License-Identifier: Apache-2.0
//
// A change as a unified diff, for people. Lines are compared as bytes and shown so that any
// terminal and any JSON can take them: what is no UTF-8, or would steer a terminal, stands as
// \xNN. A carriage return stays, so that the diff of a CRLF file can be applied.
#pragma once

#include <string>
#include <string_view>

namespace mpm::config {

struct DiffNames {
  std::string before;  // "/dev/null" for what was not there
  std::string after;
};

// Empty when nothing differs. What the two have in common at either end costs one comparison a
// line; between that, Myers' algorithm, up to a thousand differing lines.
std::string unified_diff(const DiffNames& names, std::string_view before, std::string_view after);

// The text with \xNN in place of bytes that are no UTF-8, and of control characters but TAB, LF
// and CR.
std::string printable(std::string_view bytes);

}  // namespace mpm::config
