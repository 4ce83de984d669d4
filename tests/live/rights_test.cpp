// SPDX-License-Identifier: Apache-2.0
//
// The agent as its unit runs it: as a user of its own, with the unit's capabilities and no others.
// It sees of root's server what root sees; with one less, what that one is for is missing.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/live/mpmctl.h"
#include "tests/support/child.h"
#include "tests/support/private_httpd.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

constexpr int kNobody = 65534;

// "sys_ptrace", ... as the unit has them.
std::vector<std::string> capabilities_of_unit() {
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
      const Finished asked =
          run({MPM_CTL, "--json", "--agent", dir_ / "own/agent.sock", what, target});
      answer = Json::parse(asked.out, nullptr, false);
      return asked.status == 0 && !answer.is_discarded();
    })) << what;
    return answer;
  }
  bool is_there() const { return std::filesystem::exists(dir_ / "own/agent.sock"); }

 private:
  const TempDir dir_;
  std::optional<Background> agent_;
};

TEST(Rights, OfTheUnitAreEnoughForAllThatRootSees) {
  const PrivateHttpd httpd;
  // As a distribution's own files may be, for root alone.
  std::filesystem::permissions(httpd.extra_conf(), std::filesystem::perms(0600));
  const UnitsAgent agent(capabilities_of_unit());
  ASSERT_TRUE(wait_for([&] { return agent.is_there(); }));
  const Json status = agent.ask("status", httpd.target())["targets"][0];
  EXPECT_EQ(status["source"], "shared-memory") << status.dump(2);
  EXPECT_GT(status["memory"]["unique_bytes"], 0);
  EXPECT_TRUE(status["losses"].empty()) << status["losses"].dump(2);
  EXPECT_FALSE(status["listeners"].empty());
}

TEST(Rights, OfTheUnitAreEachForWhatItsCommentSays) {
  const PrivateHttpd httpd({.directives = "MaxRequestWorkers 75\n"});
  std::filesystem::permissions(httpd.extra_conf(), std::filesystem::perms(0600));
  const auto limit_of = [&](const UnitsAgent& agent) {
    return agent.ask("status", httpd.target())["targets"][0]["workers"]["limit"];
  };
  const UnitsAgent without_reading({"sys_ptrace", "checkpoint_restore"});
  ASSERT_TRUE(wait_for([&] { return without_reading.is_there(); }));
  EXPECT_NE(limit_of(without_reading), 75);
  const UnitsAgent without_mapping({"sys_ptrace", "dac_read_search"});
  ASSERT_TRUE(wait_for([&] { return without_mapping.is_there(); }));
  EXPECT_EQ(limit_of(without_mapping), 75);
  const Json status = without_mapping.ask("status", httpd.target())["targets"][0];
  EXPECT_EQ(status["source"], "shared-memory") << "copied and not mapped";
}

TEST(Rights, WithoutThemItSeesWhatAStatusPageSays) {
  const PrivateHttpd httpd;
  const UnitsAgent agent({});
  ASSERT_TRUE(wait_for([&] { return agent.is_there(); }));
  const Json status = agent.ask("status", httpd.url())["targets"][0];
  EXPECT_EQ(status["source"], "mod_status") << status.dump(2);
  EXPECT_FALSE(status["losses"].empty());
}

}  // namespace
}  // namespace mpm
