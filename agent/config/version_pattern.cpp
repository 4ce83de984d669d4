// SPDX-License-Identifier: Apache-2.0
#include "agent/config/version_pattern.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "agent/config/tree.h"

namespace mpm::config {
namespace {

constexpr std::size_t kMaxVersion = 30;
constexpr std::size_t kMaxPattern = 256;
constexpr int kMaxGroups = 3;

using Places = std::uint32_t;  // bit i: before byte i of the version

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Matcher {
 public:
  Matcher(std::string_view pattern, std::string_view version)
      : pattern_(pattern), version_(version) {}

  Result<bool> search() {
    const Places everywhere = (Places{2} << version_.size()) - 1;
    const Places ends = alternatives(everywhere);
    if (!failed_ && at_ < pattern_.size()) failed_ = true;
    if (failed_)
      return fail(Error::Kind::Malformed,
                  "The regular expression '" + std::string(pattern_) +
                      "' of <IfVersion> is wrong or not understood here; compare with an "
                      "operator such as >= instead.");
    return ends != 0;
  }

 private:
  bool more() const { return !failed_ && at_ < pattern_.size(); }
  bool take(char c) {
    if (!more() || pattern_[at_] != c) return false;
    ++at_;
    return true;
  }
  Places none() {
    failed_ = true;
    return 0;
  }

  // Where a byte that satisfies `test` may be passed.
  template <class Test>
  Places pass(Places from, const Test& test) const {
    Places to = 0;
    for (std::size_t i = 0; i < version_.size(); ++i)
      if ((from >> i & 1U) != 0 && test(version_[i])) to |= Places{2} << i;
    return to;
  }

  Places alternatives(Places from) {
    Places to = sequence(from);
    while (take('|'))
      to |= sequence(from);
    return to;
  }

  Places sequence(Places from) {
    while (more() && pattern_[at_] != '|' && pattern_[at_] != ')')
      from = repeated(from);
    return from;
  }

  // An atom is read again for each round; that grows with the depth of groups, so it is bounded.
  Places repeated(Places from) {
    const std::size_t begin = at_;
    const Places once = atom(from);
    const std::size_t end = at_;
    const char sign = more() ? pattern_[at_] : '\0';
    if (sign == '{') return none();
    if (sign != '*' && sign != '+' && sign != '?') return once;
    Places all = sign == '+' ? once : from | once;
    if (sign != '?') {
      for (Places seen = 0; seen != all && !failed_;) {
        seen = all;
        at_ = begin;
        all |= atom(seen);
      }
    }
    at_ = end + 1;
    take('?');  // lazy or greedy is the same for the question whether it matches
    if (more() && (pattern_[at_] == '*' || pattern_[at_] == '+' || pattern_[at_] == '?'))
      return none();
    return all;
  }

  Places atom(Places from) {
    const char c = pattern_[at_++];
    switch (c) {
      case '^':
        return from & 1U;
      case '$':
        return from & (Places{1} << version_.size());
      case '.':
        return pass(from, [](char) { return true; });
      case '(':
        return group(from);
      case '[':
        return set(from);
      case '\\':
        return escaped(from);
      case '*':
      case '+':
      case '?':
      case '{':
        return none();
      default:
        return pass(from, [c](char x) { return x == c; });
    }
  }

  Places group(Places from) {
    if (take('?') && !take(':')) return none();
    if (++groups_ > kMaxGroups) return none();
    const Places to = alternatives(from);
    --groups_;
    return take(')') ? to : none();
  }

  Places escaped(Places from) {
    if (!more()) return none();
    const char c = pattern_[at_++];
    switch (c) {
      case 'd':
        return pass(from, is_digit);
      case 'D':
        return pass(from, [](char x) { return !is_digit(x); });
      case 'w':
        return pass(from, is_word);
      case 'W':
        return pass(from, [](char x) { return !is_word(x); });
      case 's':
        return pass(from, is_space);
      case 'S':
        return pass(from, [](char x) { return !is_space(x); });
      default:
        return is_word(c) ? none() : pass(from, [c](char x) { return x == c; });
    }
  }

  // Without classes such as [:digit:]; a backslash takes the next byte as it is, or \d.
  // NOLINTNEXTLINE(readability-function-cognitive-complexity): a set's grammar, in one place
  Places set(Places from) {
    const bool negated = take('^');
    std::string members;
    bool digits = false;
    for (bool first = true; more() && (first || pattern_[at_] != ']'); first = false) {
      char low = pattern_[at_++];
      if (low == '\\') {
        if (!more()) return none();
        low = pattern_[at_++];
        if (low == 'd') {
          digits = true;
          continue;
        }
        if (is_word(low)) return none();
      }
      if (low == '[') return none();
      const bool range =
          at_ + 1 < pattern_.size() && pattern_[at_] == '-' && pattern_[at_ + 1] != ']';
      const char high = range ? pattern_[at_ + 1] : low;
      if (range) at_ += 2;
      if (high == '\\' && range) return none();
      if (static_cast<unsigned char>(high) < static_cast<unsigned char>(low)) return none();
      for (int c = static_cast<unsigned char>(low); c <= static_cast<unsigned char>(high); ++c)
        members += static_cast<char>(c);
    }
    if (!take(']')) return none();
    return pass(from, [&](char x) {
      const bool in = members.find(x) != std::string::npos || (digits && is_digit(x));
      return in != negated;
    });
  }

  std::string_view pattern_;
  std::string_view version_;
  std::size_t at_ = 0;
  int groups_ = 0;
  bool failed_ = false;
};

}  // namespace

Result<bool> version_pattern_matches(std::string_view pattern, std::string_view version) {
  if (pattern.size() > kMaxPattern || version.size() > kMaxVersion)
    return fail(Error::Kind::Malformed,
                "The regular expression of <IfVersion> is longer than 256 bytes, or the version "
                "longer than 30.");
  return Matcher(pattern, version).search();
}

}  // namespace mpm::config
