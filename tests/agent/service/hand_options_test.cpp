// SPDX-License-Identifier: Apache-2.0
#include "agent/service/hand_options.h"

#include <vector>

#include <gtest/gtest.h>

namespace mpm {
namespace {

tl::expected<HandOptions, EarlyExit> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "mpm-agent");
  return parse_hand_command_line(static_cast<int>(arguments.size()), arguments.data());
}

TEST(HandOptions, AreThoseOfItsUnitByDefault) {
  const auto options = parse({"--hand"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->socket, "/run/mpm-hand.sock");
  EXPECT_EQ(options->group, "mpm-operator");
  EXPECT_EQ(options->state, "/var/lib/mpm-agent");
  EXPECT_EQ(options->service, "/run/mpm-agent/agent.sock");
  EXPECT_EQ(options->service_user, "mpm-agent");
  EXPECT_EQ(options->idle, std::chrono::seconds(60));
}

TEST(HandOptions, AreItsOwn) {
  EXPECT_EQ(parse({"--idle", "5", "--hand"})->idle, std::chrono::seconds(5));
  for (const std::vector<const char*>& arguments :
       {std::vector<const char*>{"--hand", "--idle", "-1"},
        {"--hand", "--history", "x"},
        {"--hand", "--listen", "127.0.0.1:1"},
        {"--hand", "surplus"},
        {}}) {
    const auto options = parse(arguments);
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error().status, 2);
  }
  EXPECT_EQ(parse({"--hand", "--help"}).error().status, 0);
}

TEST(HandOptions, AreAskedForByOneWord) {
  for (const auto& [arguments, expected] :
       std::vector<std::pair<std::vector<const char*>, bool>>{{{"mpm-agent"}, false},
                                                              {{"mpm-agent", "--hand"}, true},
                                                              {{"--hand"}, true},
                                                              {{"mpm-agent", "--hands"}, false}})
    EXPECT_EQ(asks_for_the_hand(static_cast<int>(arguments.size()), arguments.data()), expected);
}

}  // namespace
}  // namespace mpm
