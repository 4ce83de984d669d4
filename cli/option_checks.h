// SPDX-License-Identifier: Apache-2.0
//
// What is refused while the command line is read: each function says what is wrong with a word, or
// nothing. The name of its option comes before that.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "schema/model/result.h"

namespace mpm {

template <class T>
bool whole_number(std::string_view digits, T& value) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} && end == digits.data() + digits.size();
}

// An empty word is a shell's variable that was not set, and not the option left out.
inline std::string not_empty(const std::string& word) {
  return word.empty() ? "it is empty" : "";
}

inline std::string from_one(const std::string& word) {
  std::int64_t value = 0;
  if (whole_number(word, value) && value > 0) return "";
  return fmt::format("'{}' is not a whole number from 1 on", word);
}

// A word as the enumerator in whose place it stands; an empty one leaves `into` as it is.
template <class T, std::size_t N>
Result<void> take_word(std::string_view option, const std::string& word,
                       const std::array<std::string_view, N>& words, T& into) {
  if (word.empty()) return {};
  const auto found = std::ranges::find(words, word);
  if (found == words.end())
    return fail(Error::Kind::Usage,
                fmt::format("{}: '{}' is none of {}.", option, word, fmt::join(words, ", ")));
  into = static_cast<T>(found - words.begin());
  return {};
}

}  // namespace mpm
