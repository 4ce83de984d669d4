// SPDX-License-Identifier: Apache-2.0
#include "agent/config/glob.h"

#include <cstddef>
#include <utility>

namespace mpm::config {
namespace {

struct Set {
  bool well_formed = false;  // a ']' ends it; else '[' is an ordinary byte
  bool matches = false;
  std::size_t end = 0;  // behind the ']'
};

// The set that opens at `at`. A ']' directly behind the '[' or the '!' is a member.
Set match_set(std::string_view pattern, std::size_t at, char c) {
  Set set;
  ++at;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool found = false;
  for (bool first = true; at < pattern.size(); first = false) {
    if (pattern[at] == ']' && !first) {
      set.well_formed = true;
      set.matches = found != negated;
      set.end = at + 1;
      return set;
    }
    if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
    const char low = pattern[at++];
    char high = low;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
      high = pattern[at + 1];
      at += 2;
    }
    const auto order = [](char x) { return static_cast<unsigned char>(x); };
    if (order(low) <= order(c) && order(c) <= order(high)) found = true;
  }
  return set;
}

// Whether the pattern's element at `at` takes the byte; moves `at` behind the element.
bool match_one(std::string_view pattern, std::size_t& at, char c) {
  if (pattern[at] == '?') {
    ++at;
    return true;
  }
  if (pattern[at] == '[') {
    const Set set = match_set(pattern, at, c);
    if (set.well_formed) {
      at = set.end;
      return set.matches;
    }
  }
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return pattern[at++] == c;
}

// Whether a path has nothing to be taken out: no "//", "/." or "/" at its end.
bool is_plain(std::string_view path) {
  if (path.size() < 2 || path.front() != '/' || path.back() == '/') return false;
  for (std::size_t at = 0; at != std::string_view::npos; at = path.find('/', at + 1))
    if (path[at + 1] == '/' || path[at + 1] == '.') return false;
  return true;
}

}  // namespace

bool has_wildcard(std::string_view text) {
  bool open = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*' || text[i] == '?') return true;
    if (text[i] == '\\') {
      if (++i >= text.size()) return false;
    } else if (text[i] == '[') {
      open = true;
    } else if (text[i] == ']' && open) {
      return true;
    }
  }
  return false;
}

// Linear but for stars, and with one star remembered at a time: no pattern takes longer than
// pattern length times name length.
bool glob_match(std::string_view pattern, std::string_view name) {
  if (!name.empty() && name.front() == '.' && (pattern.empty() || pattern.front() != '.'))
    return false;
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_name = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_name = n;
      continue;
    }
    std::size_t next = p;
    if (p < pattern.size() && match_one(pattern, next, name[n])) {
      p = next;
      ++n;
      continue;
    }
    if (star == std::string_view::npos) return false;
    p = star;
    n = ++star_name;
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

std::vector<std::string> path_components(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.emplace_back(part);
    }
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return parts;
}

std::string join_path(std::string_view root, std::string_view path) {
  std::string whole;
  if (path.empty() || path.front() != '/') whole.append(root).append("/");
  whole += path;
  if (is_plain(whole)) return whole;
  std::string result;
  for (const std::string& part : path_components(whole)) {
    result += '/';
    result += part;
  }
  return result.empty() ? "/" : result;
}

bool names_directory(std::string_view path) {
  const std::string_view last = path.substr(path.rfind('/') + 1);
  return last.empty() || last == "." || last == "..";
}

}  // namespace mpm::config
