// SPDX-License-Identifier: Apache-2.0
//
// Which agent a command gets, and how long it waits for what that one says.
#include "cli/reach.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>

#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;

Options asking(const std::string& agent) {
  Options options;
  options.agent = agent;
  return options;
}

TEST(Reach, ADaemonAnswersSoonOrNotAtAll) {
  const TempDir dir;
  httplib::Server daemon;
  daemon.set_address_family(AF_UNIX);
  ASSERT_TRUE(daemon.bind_to_port(dir / "agent.sock", 80));
  EphemeralAgent own({});
  const auto reached = reach(asking(dir / "agent.sock"), own);
  ASSERT_TRUE(reached) << reached.error().what;
  EXPECT_EQ(reached->socket, dir / "agent.sock");
  EXPECT_EQ(reached->patience, 10s);
}

// Another one might see other servers.
TEST(Reach, AnAgentThatIsNamedIsAskedAndNoOther) {
  const TempDir dir;
  Options options = asking(dir / "nobody.sock");
  options.agent_named = true;
  EphemeralAgent own({});
  const auto reached = reach(options, own);
  ASSERT_FALSE(reached);
  EXPECT_EQ(reached.error().kind, Error::Kind::Unreachable);
  EXPECT_EQ(reached.error().what, "No agent answers at " + dir / "nobody.sock" +
                                      "; leave out --agent to have one started for this command.");
  options.no_daemon = true;
  EXPECT_TRUE(reach(options, own)) << "it is what is asked for";
}

// It shares the processors with hundreds of workers that are all busy.
TEST(Reach, AnAgentOfOnesOwnMayTakeItsTime) {
  const TempDir dir;
  EphemeralOptions options;
  options.state = dir / "state";
  EphemeralAgent own(options);
  const auto reached = reach(asking(dir / "nobody.sock"), own);
  ASSERT_TRUE(reached) << reached.error().what;
  EXPECT_NE(reached->socket, dir / "nobody.sock");
  EXPECT_EQ(reached->patience, 60s);
}

}  // namespace
}  // namespace mpm
