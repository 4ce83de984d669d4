// SPDX-License-Identifier: Apache-2.0
//
// Which servers an agent watches, over a tree that stands for /proc.
#include "agent/service/agent.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "tests/support/httpd_tree.h"
#include "tests/support/step_clock.h"

namespace mpm {
namespace {

class WatchedServers : public testing::Test, protected HttpdTree {
 protected:
  WatchedServers() {
    AgentOptions options;
    options.ephemeral = true;
    options.history = root() / "history.db";
    options.proc_root = root();
    options.state = root() / "state";
    agent_ = std::move(*Agent::start(options, clock_));
  }

  // After all that run now were looked for.
  std::int64_t watched() {
    EXPECT_TRUE(agent_->targets());
    return agent_->health().targets;
  }

  test::StepClock clock_{Instant{std::chrono::seconds(1700050000)}};
  std::unique_ptr<Agent> agent_;
};

TEST_F(WatchedServers, AreWatchedOnceEach) {
  server(20);
  server(30);
  EXPECT_EQ(watched(), 2);
  EXPECT_EQ(watched(), 2);
}

// By the network's time, soon after boot: all starts seem to have moved.
TEST_F(WatchedServers, StayTheSameUnderAClockThatIsSet) {
  server(20);
  ASSERT_EQ(watched(), 1);
  boot_at(1700020000);
  EXPECT_EQ(watched(), 1);
}

}  // namespace
}  // namespace mpm
