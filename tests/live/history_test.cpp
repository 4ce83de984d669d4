// SPDX-License-Identifier: Apache-2.0
//
// The past of a real httpd, as a daemon that is killed in between remembers it: reloads, restarts,
// another process, and the time in which nobody looked.
#include <algorithm>
#include <csignal>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/agent_command.h"
#include "tests/support/child.h"
#include "tests/support/private_httpd.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

class RememberingAgent {
 public:
  RememberingAgent() { start(); }
  void start() { agent_ = std::make_unique<Background>(agent_command(MPM_AGENT, dir_)); }
  void kill() {
    ::kill(agent_->pid(), SIGKILL);
    agent_.reset();
  }
  Finished history(const PrivateHttpd& server, std::vector<std::string> more) const {
    std::vector<std::string> words{MPM_CTL, "--agent", dir_ / "agent.sock", "history",
                                   ":" + std::to_string(server.port())};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  // What happened to the server, as words.
  std::vector<std::string> marks(const PrivateHttpd& server) const {
    std::vector<std::string> kinds;
    const auto report = nlohmann::json::parse(history(server, {"--json"}).out, nullptr, false);
    if (report.is_discarded()) return kinds;
    for (const auto& mark : report["marks"])
      kinds.push_back(mark["kind"]);
    return kinds;
  }

 private:
  const TempDir dir_;
  std::unique_ptr<Background> agent_;
};

TEST(LiveHistory, S09_GoesOnThroughReloadsRestartsAndAKill) {
  PrivateHttpd httpd;
  RememberingAgent agent;
  const auto marked = [&](std::size_t count) {
    return wait_for([&] { return agent.marks(httpd).size() >= count; }, seconds(40));
  };
  ASSERT_TRUE(marked(1));
  httpd.graceful();
  ASSERT_TRUE(marked(2));
  agent.kill();
  agent.start();
  httpd.restart();
  ASSERT_TRUE(marked(3));
  httpd.stop();
  httpd.start();
  ASSERT_TRUE(marked(4));
  EXPECT_THAT(agent.marks(httpd), ElementsAre("began", "reloaded", "restarted", "restarted"));

  httpd.stop();
  const Finished csv = agent.history(httpd, {"--from", "5m", "--step", "1s", "--csv"});
  EXPECT_EQ(csv.status, 0) << csv.err;
  EXPECT_EQ(csv.out.compare(0, 16, "at,seconds,busy,"), 0) << csv.out;
  EXPECT_GE(std::ranges::count(csv.out, '\n'), 5)
      << "the heading and a look before each mark, of a server that has ended";
}

}  // namespace
}  // namespace mpm
