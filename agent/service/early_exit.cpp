// SPDX-License-Identifier: Apache-2.0
#include "agent/service/early_exit.h"

#include <sstream>

#include <CLI/CLI.hpp>

namespace mpm {
namespace {

constexpr int kUsage = 2;

}  // namespace

std::optional<EarlyExit> parse(CLI::App& app, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream text;
    const int status = app.exit(error, text, text);
    return EarlyExit{status == 0 ? 0 : kUsage, text.str()};
  }
  return std::nullopt;
}

}  // namespace mpm
