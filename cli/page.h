// SPDX-License-Identifier: Apache-2.0
//
// What the pages that `lab` and `simulate` write with --html have in common: text that is safe in
// HTML, numbers of a chart in words, and the file.
#pragma once

#include <string>
#include <string_view>

#include "schema/model/result.h"

namespace mpm {

// Also between quotes. What steers a terminal is the caller's to take out (text.h).
std::string escaped(std::string_view text);

std::string whole(double value);
std::string megabytes_of(double bytes);

// Denied: the file cannot be written. Says on stderr that it has been.
Result<void> write_page(const std::string& file, std::string_view page);

}  // namespace mpm
