// SPDX-License-Identifier: Apache-2.0
//
// A command line that ends the program instead of starting it: help, the version, or nonsense.
#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace mpm {

// The text to print and the status to exit with.
struct EarlyExit {
  int status = 0;
  std::string text;
};

// Reads it into what the app was told; nullopt: the program goes on.
std::optional<EarlyExit> parse(CLI::App& app, int argc, const char* const* argv);

}  // namespace mpm
