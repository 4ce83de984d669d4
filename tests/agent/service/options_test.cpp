// SPDX-License-Identifier: Apache-2.0
#include "agent/service/options.h"

#include <vector>

#include <gtest/gtest.h>

namespace mpm {
namespace {

tl::expected<ProgramOptions, EarlyExit> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "mpm-agent");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

TEST(AgentOptions, AreADaemonsByDefault) {
  const auto options = parse({});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->socket, "/run/mpm-agent/agent.sock");
  EXPECT_FALSE(options->agent.ephemeral);
  EXPECT_EQ(options->agent.interval, std::chrono::milliseconds(1000));
  EXPECT_NE(options->agent.history, ":memory:");
  EXPECT_EQ(options->metrics, "");
}

TEST(AgentOptions, SayWhatIsKept) {
  const auto usual = parse({});
  EXPECT_EQ(usual->agent.keep.samples, std::chrono::hours(48));
  EXPECT_EQ(usual->agent.keep.rollups, std::chrono::days(396));
  const auto options =
      parse({"--keep", "6", "--keep-rollups", "30", "--history-size", "64", "--sweep-share", "1"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->agent.keep.samples, std::chrono::hours(6));
  EXPECT_EQ(options->agent.keep.rollups, std::chrono::days(30));
  EXPECT_EQ(options->agent.keep.most, kMiB * 64);
  EXPECT_DOUBLE_EQ(options->agent.sweep_share, 0.01);
}

TEST(AgentOptions, NameThePortOfTheMetrics) {
  EXPECT_EQ(parse({"--metrics", "127.0.0.1:9117"})->metrics, "127.0.0.1:9117");
}

TEST(AgentOptions, OfOneCommandLookOftenAndKeepNothing) {
  const auto options = parse({"--ephemeral", "--socket", "/tmp/x"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->socket, "/tmp/x");
  EXPECT_TRUE(options->agent.ephemeral);
  EXPECT_EQ(options->agent.history, ":memory:");
  EXPECT_EQ(options->agent.interval, std::chrono::milliseconds(200));
  EXPECT_EQ(options->agent.sweep_share, 0) << "who waits wants all of it";
  EXPECT_EQ(parse({"--ephemeral", "--interval", "700"})->agent.interval,
            std::chrono::milliseconds(700));
}

TEST(AgentOptions, ThatMakeNoSenseAreUsage) {
  for (const std::vector<const char*>& arguments : {std::vector<const char*>{"--interval", "1"},
                                                    {"--keep", "never"},
                                                    {"--keep-rollups", "0"},
                                                    {"--history-size", "1"},
                                                    {"--sweep-share", "101"},
                                                    {"--nonsense"},
                                                    {"surplus"}}) {
    const auto options = parse(arguments);
    ASSERT_FALSE(options) << arguments.front();
    EXPECT_EQ(options.error().status, 2);
    EXPECT_FALSE(options.error().text.empty());
  }
}

TEST(AgentOptions, HelpAndVersionAreNoErrors) {
  EXPECT_EQ(parse({"--help"}).error().status, 0);
  EXPECT_NE(parse({"--help"}).error().text.find("--socket"), std::string::npos);
  EXPECT_EQ(parse({"--version"}).error().status, 0);
}

}  // namespace
}  // namespace mpm
