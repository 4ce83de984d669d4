// SPDX-License-Identifier: Apache-2.0
//
// Whether a wish can be meant: a directive that the MPM knows, and a value that httpd takes as
// it stands. httpd itself reads numbers with atoi, so "abc" would be 0 and "2k" 2 without a word.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/apache/directives.h"
#include "schema/model/config_edit.h"
#include "schema/model/result.h"

namespace mpm::config {

// A wish with its directive found and its value in httpd's spelling ("On" for "on").
struct CheckedWish {
  const Directive* directive = nullptr;
  std::optional<std::string> value;
};

// Usage: the sentence says what could be given.
Result<std::vector<CheckedWish>> check_wishes(std::span<const Wish> wishes, Mpm mpm);

// Whether what is written means the value already: "0150" is 150, "on" is On.
bool same_value(const Directive& directive, std::string_view written, std::string_view value);

}  // namespace mpm::config
