// SPDX-License-Identifier: Apache-2.0
#include "agent/config/glob.h"

#include <cstddef>

namespace mpm::config {
namespace {

// Whether `c` is in the set that begins after '['; moves `at` behind its ']'. A set without an
// end matches nothing.
bool in_set(std::string_view pattern, std::size_t& at, char c) {
  bool inverse = false;
  if (at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^')) {
    inverse = true;
    ++at;
  }
  bool found = false;
  for (bool first = true; at < pattern.size(); first = false) {
    if (pattern[at] == ']' && !first) {
      ++at;
      return found != inverse;
    }
    char from = pattern[at];
    if (from == '\\' && at + 1 < pattern.size()) from = pattern[++at];
    ++at;
    char to = from;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
      to = pattern[at + 1];
      at += 2;
    }
    found = found || (from <= c && c <= to);
  }
  return false;
}

// One element of the pattern against one character; moves `at` behind the element.
bool matches_one(std::string_view pattern, std::size_t& at, char c) {
  const char element = pattern[at++];
  if (element == '?') return true;
  if (element == '[') return in_set(pattern, at, c);
  if (element == '\\' && at < pattern.size()) return pattern[at++] == c;
  return element == c;
}

}  // namespace

bool is_pattern(std::string_view component) {
  bool open = false;
  for (std::size_t i = 0; i < component.size(); ++i) {
    switch (component[i]) {
      case '*':
      case '?':
        return true;
      case '\\':
        ++i;
        break;
      case '[':
        open = true;
        break;
      case ']':
        if (open) return true;
        break;
      default:
        break;
    }
  }
  return false;
}

bool matches(std::string_view pattern, std::string_view name) {
  if (!name.empty() && name.front() == '.' && (pattern.empty() || pattern.front() != '.'))
    return false;
  // After a star, the last place to go back to and take one more character into it.
  std::size_t at = 0;
  std::size_t i = 0;
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  while (i < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      taken = i;
      continue;
    }
    std::size_t next = at;
    if (at < pattern.size() && matches_one(pattern, next, name[i])) {
      at = next;
      ++i;
      continue;
    }
    if (star == std::string_view::npos) return false;
    at = star + 1;
    i = ++taken;
  }
  while (at < pattern.size() && pattern[at] == '*')
    ++at;
  return at == pattern.size();
}

}  // namespace mpm::config
