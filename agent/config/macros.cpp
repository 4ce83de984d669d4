// SPDX-License-Identifier: Apache-2.0
#include "agent/config/macros.h"

#include <fmt/format.h>

namespace mpm::config {
namespace {

std::string quoted(const std::string& value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

std::string replace(const std::string& line, const Macro& macro,
                    const std::vector<std::string>& arguments) {
  std::string result;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t longest = 0;
    std::size_t which = 0;
    for (std::size_t i = 0; i < macro.parameters.size(); ++i) {
      const std::string& parameter = macro.parameters[i];
      if (parameter.size() <= longest || line.compare(at, parameter.size(), parameter) != 0)
        continue;
      longest = parameter.size();
      which = i;
    }
    if (longest == 0) {
      result += line[at++];
      continue;
    }
    result += macro.parameters[which].front() == '@' ? quoted(arguments[which]) : arguments[which];
    at += longest;
  }
  return result;
}

}  // namespace

Result<std::vector<std::string>> unfold(const Macro& macro,
                                        const std::vector<std::string>& arguments) {
  if (arguments.size() != macro.parameters.size())
    return fail(Error::Kind::Malformed,
                fmt::format("Macro '{}' {} used with {} arguments where it has {}", macro.name,
                            macro.defined, arguments.size(), macro.parameters.size()));
  std::vector<std::string> lines;
  for (const std::string& line : macro.body)
    lines.push_back(replace(line, macro, arguments));
  return lines;
}

}  // namespace mpm::config
