// SPDX-License-Identifier: Apache-2.0
#include "agent/config/macro.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "agent/config/tree.h"

namespace mpm::config {
namespace {

// A body may name a parameter often; what a Use may grow to is bounded by httpd's line limit
// for macro bodies (MAX_STRING_LEN 8192) times this.
constexpr std::size_t kMaxExpandedLine = std::size_t{1} << 20;

std::string quoted(std::string_view value) {
  std::string result = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

// The parameter that begins at `at`, the longest of several; its index or -1.
std::ptrdiff_t parameter_at(const Macro& macro, std::string_view line, std::size_t at) {
  std::ptrdiff_t best = -1;
  std::size_t length = 0;
  for (std::size_t i = 0; i < macro.parameters.size(); ++i) {
    const std::string& name = macro.parameters[i];
    if (name.size() <= length || line.compare(at, name.size(), name) != 0) continue;
    best = static_cast<std::ptrdiff_t>(i);
    length = name.size();
  }
  return best;
}

std::string substitute(const Macro& macro, const std::vector<std::string>& values,
                       std::string_view line) {
  std::string result;
  for (std::size_t at = 0; at < line.size() && result.size() < kMaxExpandedLine;) {
    const std::ptrdiff_t which = parameter_at(macro, line, at);
    if (which < 0) {
      result += line[at++];
      continue;
    }
    const auto index = static_cast<std::size_t>(which);
    const std::string& name = macro.parameters[index];
    result += name.front() == '@' ? quoted(values[index]) : values[index];
    at += name.size();
  }
  return result;
}

}  // namespace

Result<Macro> parse_macro_head(std::string_view args) {
  std::size_t at = 0;
  Macro macro;
  macro.name = lower(next_word(args, at).value);
  if (macro.name.empty())
    return fail(Error::Kind::Malformed, "<Macro> macro definition: its name is empty.");
  while (at < args.size()) {
    Word word = next_word(args, at);
    if (word.value.empty())
      return fail(Error::Kind::Malformed,
                  fmt::format("macro '{}': a parameter has an empty name.", macro.name));
    const auto& known = macro.parameters;
    if (std::find(known.begin(), known.end(), word.value) != known.end())
      return fail(Error::Kind::Malformed, fmt::format("macro '{}': parameter '{}' is named twice.",
                                                      macro.name, word.value));
    macro.parameters.push_back(std::move(word.value));
  }
  return macro;
}

Result<std::vector<InputLine>> apply_macro(const Macro& macro,
                                           const std::vector<std::string>& values) {
  if (values.size() != macro.parameters.size())
    return fail(Error::Kind::Malformed,
                fmt::format("macro '{}' ({}) is used with {} arguments instead of {}.", macro.name,
                            macro.location, values.size(), macro.parameters.size()));
  std::vector<InputLine> lines = macro.body;
  if (values.empty()) return lines;
  for (InputLine& line : lines)
    line.text = substitute(macro, values, line.text);
  return lines;
}

}  // namespace mpm::config
