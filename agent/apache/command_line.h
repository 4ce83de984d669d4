// SPDX-License-Identifier: Apache-2.0
//
// An httpd's argv, read as httpd's own main.c reads it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mpm {

struct CommandLine {
  std::optional<std::string> server_root;  // -d
  std::optional<std::string> config_file;  // -f, as written
  std::vector<std::string> defines;        // -D, and what -X implies
  std::vector<std::string> before;         // -C, in order
  std::vector<std::string> after;          // -c, in order
};

// The last -d and -f win. Options that say nothing about the configuration (-k start, -e debug)
// are passed over with their argument. Setproctitle's rewritten argv yields what is left of it.
CommandLine read_command_line(std::span<const std::string> arguments);

}  // namespace mpm
