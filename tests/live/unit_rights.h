// SPDX-License-Identifier: Apache-2.0
//
// An agent as its unit runs it: as a user of its own, with capabilities and no others.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/live/mpmctl.h"
#include "tests/support/child.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {

inline constexpr int kNobody = 65534;

// "sys_ptrace", ... as the unit has them.
inline std::vector<std::string> capabilities_of_unit() {
  std::ifstream file(std::string(MPM_DEPLOY) + "/systemd/mpm-agent.service");
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("AmbientCapabilities=")) continue;
    std::istringstream words(line.substr(line.find('=') + 1));
    for (std::string word; words >> word;) {
      std::ranges::transform(word, word.begin(),
                             [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      names.push_back(word.substr(4));
    }
  }
  return names;
}

class UnitsAgent {
 public:
  explicit UnitsAgent(const std::vector<std::string>& capabilities) {
    std::string list;
    for (const std::string& name : capabilities)
      list += ",+" + name;
    std::filesystem::permissions(dir_.path(), std::filesystem::perms(0755));
    std::filesystem::create_directory(dir_ / "own");
    EXPECT_EQ(::chown((dir_ / "own").c_str(), kNobody, kNobody), 0);
    agent_.emplace(
        std::vector<std::string>{
            "setpriv", fmt::format("--reuid={}", kNobody), fmt::format("--regid={}", kNobody),
            "--clear-groups", "--no-new-privs", "--inh-caps=-all" + list,
            "--ambient-caps=-all" + list, "--bounding-set=-all" + list, MPM_AGENT, "--socket",
            dir_ / "own/agent.sock", "--history", dir_ / "own/history.db", "--state",
            dir_ / "state", "--interval", "200", "--sweep", "500"},
        dir_ / "log");
  }

  // Of one server, by pid or by the URL of its page.
  Json ask(const std::string& what, const std::string& target) const {
    Json answer;
    EXPECT_TRUE(wait_for([&] {
      const Finished asked = run({MPM_CTL, "--json", "--agent", socket(), what, target});
      answer = Json::parse(asked.out, nullptr, false);
      return asked.status == 0 && !answer.is_discarded();
    })) << what;
    return answer;
  }
  std::string socket() const { return dir_ / "own/agent.sock"; }

 private:
  const TempDir dir_;
  std::optional<Background> agent_;
};

}  // namespace mpm
