// SPDX-License-Identifier: Apache-2.0
//
// mod_macro: <Macro name $a @b>, kept as its body's lines, and Use, which puts values in the
// place of the parameters. Names of parameters are found anywhere in a line, leftmost first and
// of two at the same place the longer. "@b" puts its value in quotes, with quotes and
// backslashes escaped. Macro names are case-insensitive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/input.h"
#include "schema/model/result.h"

namespace mpm::config {

// What httpd reads of a line in a macro's body, its end with it (MAX_STRING_LEN - 1).
inline constexpr std::size_t kMaxMacroLine = 8191;

struct Macro {
  std::string name;  // lower-cased
  std::vector<std::string> parameters;
  std::vector<InputLine> body;  // without comments; blank lines are kept
  std::string location;         // "defined on line 2 of \"/etc/httpd.conf\""
};

// The arguments of a <Macro> line, without the closing '>'.
Result<Macro> parse_macro_head(std::string_view args);

// The body with the values put in. Malformed when their number is wrong.
Result<std::vector<InputLine>> apply_macro(const Macro& macro,
                                           const std::vector<std::string>& values);

}  // namespace mpm::config
