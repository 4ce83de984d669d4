// SPDX-License-Identifier: Apache-2.0
#include "agent/target/server_command.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "agent/apache/command_line.h"

namespace mpm {
namespace {

// main.c and the MPMs ask for these by name.
bool says_how_to_run(std::string_view define) {
  constexpr std::array kNames =
      std::to_array<std::string_view>({"FOREGROUND", "NO_DETACH", "ONE_PROCESS", "DEBUG"});
  return std::ranges::find(kNames, define) != kNames.end();
}

}  // namespace

std::vector<std::string> check_arguments(const std::string& program,
                                         std::span<const std::string> arguments) {
  const CommandLine line = read_command_line(arguments);
  std::vector<std::string> words{program};
  const auto add = [&](const char* option, const std::string& value) {
    words.emplace_back(option);
    words.push_back(value);
  };
  if (line.server_root) add("-d", *line.server_root);
  if (line.config_file) add("-f", *line.config_file);
  for (const std::string& define : line.defines)
    if (!says_how_to_run(define)) add("-D", define);
  for (const std::string& directive : line.before)
    add("-C", directive);
  for (const std::string& directive : line.after)
    add("-c", directive);
  words.emplace_back("-t");
  return words;
}

std::vector<std::string> start_arguments(const std::string& program,
                                         std::span<const std::string> arguments) {
  std::vector<std::string> words{program};
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "-k")
      ++i;
    else if (word.compare(0, 2, "-k") != 0)
      words.push_back(word);
  }
  words.insert(words.end(), {"-k", "start"});
  return words;
}

bool stays_in_foreground(std::span<const std::string> arguments) {
  const CommandLine line = read_command_line(arguments);
  return std::ranges::any_of(line.defines, says_how_to_run);
}

}  // namespace mpm
