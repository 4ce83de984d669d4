// SPDX-License-Identifier: Apache-2.0
#include "agent/apache/command_line.h"

#include <string_view>

namespace mpm {
namespace {

// AP_SERVER_BASEARGS of main.c without the colons: the options that take an argument.
constexpr std::string_view kWithArgument = "DCcdfeEk";

void apply(CommandLine& line, char option, std::string argument) {
  switch (option) {
    case 'd':
      line.server_root = std::move(argument);
      break;
    case 'f':
      line.config_file = std::move(argument);
      break;
    case 'D':
      line.defines.push_back(std::move(argument));
      break;
    case 'C':
      line.before.push_back(std::move(argument));
      break;
    case 'c':
      line.after.push_back(std::move(argument));
      break;
    default:
      break;
  }
}

}  // namespace

CommandLine read_command_line(std::span<const std::string> arguments) {
  CommandLine line;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word.size() < 2 || word[0] != '-' || word == "--") break;
    // Options may be run together ("-Xf file"); one with an argument ends its word.
    for (std::size_t at = 1; at < word.size(); ++at) {
      const char option = word[at];
      if (option == 'X') {
        line.defines.emplace_back("DEBUG");
        continue;
      }
      if (kWithArgument.find(option) == std::string_view::npos) continue;
      if (at + 1 < word.size())
        apply(line, option, word.substr(at + 1));
      else if (i + 1 < arguments.size())
        apply(line, option, arguments[++i]);
      break;
    }
  }
  return line;
}

}  // namespace mpm
