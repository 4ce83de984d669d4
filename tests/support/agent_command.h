// SPDX-License-Identifier: Apache-2.0
//
// The words that start an mpm-agent for a test, with all of its files in a directory of its own:
// its socket is agent.sock there.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/support/temp_dir.h"

namespace mpm {

inline std::vector<std::string> agent_command(const std::string& program, const TempDir& dir,
                                              std::vector<std::string> more = {}) {
  std::vector<std::string> words{program,      "--socket",         dir / "agent.sock",
                                 "--history",  dir / "history.db", "--state",
                                 dir / "state"};
  for (std::string& word : more)
    words.push_back(std::move(word));
  return words;
}

}  // namespace mpm
