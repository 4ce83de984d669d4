// SPDX-License-Identifier: Apache-2.0
#include "agent/config/version.h"

#include <array>
#include <charconv>
#include <compare>
#include <optional>
#include <regex>

namespace mpm::config {
namespace {

using Version = std::array<long, 3>;

// "major[.minor[.patch]]"; a missing part is 0.
std::optional<Version> parse(const std::string& text) {
  Version version{};
  const char* at = text.data();
  const char* end = text.data() + text.size();
  for (std::size_t part = 0; part < version.size(); ++part) {
    const auto [next, error] = std::from_chars(at, end, version[part]);
    if (error != std::errc() || version[part] < 0) return std::nullopt;
    if (next == end) return version;
    if (*next != '.') return std::nullopt;
    at = next + 1;
  }
  return std::nullopt;
}

Result<bool> fits(const std::string& version, const std::string& expression) {
  try {
    return std::regex_search(version, std::regex(expression, std::regex::extended));
  } catch (const std::regex_error&) {
    return fail(Error::Kind::Malformed, "Unable to compile regular expression");
  }
}

Result<bool> compare(const std::string& version, char op, bool or_equal, const std::string& word) {
  const auto wanted = parse(word);
  if (!wanted)
    return fail(Error::Kind::Malformed,
                "Version appears to be invalid. It must have the format major[.minor[.patch]] "
                "where major, minor and patch are numbers.");
  const auto order = parse(version).value_or(Version{}) <=> *wanted;
  if (op == '=') return order == 0;
  const bool strictly = op == '<' ? order < 0 : order > 0;
  return strictly || (or_equal && order == 0);
}

}  // namespace

Result<bool> version_is(const std::string& version, std::vector<std::string> words) {
  if (words.size() == 1) words.insert(words.begin(), "=");
  if (words.size() < 2)
    return fail(Error::Kind::Malformed, "<IfVersion> takes one, two or three arguments");
  const std::string written = words[0];
  std::string op = written;
  const std::string& operand = words[1];
  const bool reverse = !op.empty() && op.front() == '!';
  if (reverse) op.erase(0, 1);

  const bool or_equal = op.size() == 2 && op[1] == '=' && op[0] != '~';
  if (op.empty() || (op.size() != 1 && !or_equal) ||
      std::string_view("=<>~").find(op[0]) == std::string_view::npos)
    return fail(Error::Kind::Malformed, "unrecognized operator '" + written + "'");

  Result<bool> match = false;
  if (op[0] == '~')
    match = fits(version, operand);
  else if (op[0] == '=' && operand.size() > 1 && operand.front() == '/' && operand.back() == '/')
    match = fits(version, operand.substr(1, operand.size() - 2));
  else if (op[0] == '=' && !operand.empty() && operand.front() == '/')
    return fail(Error::Kind::Malformed, "Missing delimiting / of regular expression.");
  else
    match = compare(version, op[0], or_equal, operand);
  if (!match) return match;
  return *match != reverse;
}

}  // namespace mpm::config
