// SPDX-License-Identifier: Apache-2.0
#include "agent/config/version_expression.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/tree.h"
#include "agent/config/version_pattern.h"

namespace mpm::config {
namespace {

tl::unexpected<Error> refuse(std::string sentence) {
  return fail(Error::Kind::Malformed, std::move(sentence));
}

using Version = std::array<unsigned, 3>;

Result<Version> parse_version(std::string_view text) {
  Version version{};
  std::size_t part = 0;
  for (const char* at = text.data();;) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(at, end, version[part]);
    const bool good = error == std::errc{} && (stop == end || (*stop == '.' && part < 2));
    if (!good)
      return refuse("The version of <IfVersion> must have the form major[.minor[.patch]].");
    if (stop == end) return version;
    at = stop + 1;
    ++part;
  }
}

Result<bool> compare(char sign, bool or_equal, std::string_view wanted, std::string_view version) {
  const auto limit = parse_version(wanted);
  if (!limit) return fail(limit.error());
  const auto ours = parse_version(version.substr(0, version.find_first_not_of("0123456789.")));
  if (!ours) return fail(ours.error());
  if (sign == '=') return *ours == *limit;
  if (*ours == *limit) return or_equal;
  return sign == '<' ? *ours < *limit : *ours > *limit;
}

}  // namespace

Result<bool> version_matches(std::string_view args, std::string_view version) {
  std::vector<Word> words = split_words(args);
  if (words.empty() || words.size() > 3)
    return refuse("<IfVersion> takes an operator and a version.");
  std::string op = "=";
  std::string wanted = words[0].value;
  const bool third = words.size() == 3 && words[2].value == ">";
  const bool apart = third || (words.size() == 2 && words[1].value == ">");
  if (words.size() == 3 || (words.size() == 2 && !apart)) {
    op = words[0].value;
    wanted = words[1].value;
  }
  if (wanted.empty() || (!apart && wanted.back() != '>'))
    return refuse("<IfVersion> directive missing closing '>'.");
  if (!apart) wanted.pop_back();
  const std::string written = op;
  const bool reverse = op.size() > 1 && op[0] == '!';
  if (reverse) op.erase(0, 1);
  const bool known =
      op == "=" || op == "==" || op == "<" || op == "<=" || op == ">" || op == ">=" || op == "~";
  if (!known) return refuse("<IfVersion> does not know the operator '" + written + "'.");
  Result<bool> matched = false;
  if (op[0] == '=' && !wanted.empty() && wanted[0] == '/') {
    if (wanted.size() < 2 || wanted.back() != '/')
      return refuse("The regular expression of <IfVersion> is missing its delimiting '/'.");
    matched =
        version_pattern_matches(std::string_view(wanted).substr(1, wanted.size() - 2), version);
  } else if (op[0] == '~') {
    matched = version_pattern_matches(wanted, version);
  } else {
    matched = compare(op[0], op.size() == 2, wanted, version);
  }
  if (!matched) return matched;
  return *matched != reverse;
}

bool is_older(std::string_view version, std::string_view than) {
  return compare('<', false, than, version).value_or(false);
}

}  // namespace mpm::config
