// SPDX-License-Identifier: Apache-2.0
//
// mpm-agent.toml: what the command line says too, for an agent that is started by the system, and
// the policy of its advice. A key that is left out keeps its default; one that is not known is an
// error, because it would be a wish that nobody heard. All that is wrong is told at once:
//
//   /etc/mpm-agent/mpm-agent.toml:7:1: there is no key intervall; interval_milliseconds is meant?
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/service/options.h"

namespace mpm {

// Reads `text` over `options`. What is wrong with it, each with file, line and column; none when
// it is in order. `path` is its name in these.
std::vector<std::string> take_settings(std::string_view text, const std::string& path,
                                       ProgramOptions& options);

// The same of the file. One that cannot be read is the only complaint then.
std::vector<std::string> read_settings_file(const std::string& path, ProgramOptions& options);

// The keys whose values differ and are only read when the agent starts; the others can be taken up
// while it runs.
std::vector<std::string> keys_for_a_start(const ProgramOptions& was, const ProgramOptions& is);

}  // namespace mpm
