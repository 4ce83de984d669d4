// SPDX-License-Identifier: Apache-2.0
#include "cli/policy_file.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

namespace mpm {
namespace {

using testing::HasSubstr;

std::string refusal(std::string_view text) {
  const auto file = parse_policy(text, "policy.toml");
  EXPECT_FALSE(file) << text;
  return file ? std::string() : file.error().what;
}

TEST(PolicyFile, KeepsTheDefaultOfWhatItLeavesOut) {
  const auto file = parse_policy("", "policy.toml");
  ASSERT_TRUE(file) << file.error().what;
  EXPECT_EQ(file->policy.mode, ApplyMode::Auto);
  EXPECT_EQ(file->policy.largest_step, ApplyPolicy().largest_step);
  EXPECT_FALSE(file->policy.allow_full_restart);
}

TEST(PolicyFile, SetsEveryField) {
  const auto file = parse_policy(
      "mode = 'confirm'\ndirectives = ['Timeout', 'KeepAliveTimeout']\nlargest_step = 3\n"
      "hours = ['22:30-6:00', '12:00-24:00']\nallow_full_restart = true\n"
      "least_confidence = 'high'\ndead_band = 0.5\nagreeing_looks = 7\nrest_seconds = 1.5\n"
      "back_off_seconds = 2\nback_off_most_seconds = 3\n",
      "policy.toml");
  ASSERT_TRUE(file) << file.error().what;
  const ApplyPolicy& policy = file->policy;
  EXPECT_EQ(policy.mode, ApplyMode::Confirm);
  EXPECT_EQ(policy.directives, (std::vector<std::string>{"Timeout", "KeepAliveTimeout"}));
  EXPECT_EQ(policy.largest_step, 3);
  ASSERT_EQ(policy.hours.size(), 2U);
  EXPECT_EQ(policy.hours[0].from_minute, 22 * 60 + 30);
  EXPECT_EQ(policy.hours[0].to_minute, 6 * 60);
  EXPECT_EQ(policy.hours[1].to_minute, 24 * 60);
  EXPECT_TRUE(policy.allow_full_restart);
  EXPECT_EQ(policy.least_confidence, Confidence::High);
  EXPECT_EQ(policy.dead_band, 0.5);
  EXPECT_EQ(policy.agreeing_looks, 7);
  EXPECT_EQ(policy.rest_seconds, 1.5);
  EXPECT_EQ(policy.back_off_seconds, 2);
  EXPECT_EQ(policy.back_off_most_seconds, 3);
}

TEST(PolicyFile, SaysFileAndLineOfWhatIsWrong) {
  EXPECT_THAT(refusal("mode = 'auto'\nlargest_step ="), HasSubstr("policy.toml:2: "));
  EXPECT_THAT(refusal("\n\nlargst_step = 2"),
              HasSubstr("policy.toml:3: a policy has no key largst_step; it has mode, directives"));
  EXPECT_THAT(refusal("mode = 'always'"), HasSubstr("policy.toml:1: mode has to be \"propose\""));
  EXPECT_THAT(refusal("agreeing_looks = 1.5"), HasSubstr("has to be a whole number"));
  EXPECT_THAT(refusal("dead_band = '0.1'"), HasSubstr("has to be a number"));
  EXPECT_THAT(refusal("allow_full_restart = 1"), HasSubstr("true or false"));
  EXPECT_THAT(refusal("directives = 'Timeout'"), HasSubstr("a list of directives"));
  for (const char* hours : {"25:00-26:00", "24:00-02:00", "12-13", "1:5-2:00", "12:60-13:00", ""})
    EXPECT_THAT(refusal("hours = ['" + std::string(hours) + "']"), HasSubstr("22:00-06:00"));
}

TEST(PolicyFile, LocatesWhatTheAgentSays) {
  const auto file = parse_policy("mode = 'auto'\n\ndead_band = -1\n", "/etc/p.toml");
  ASSERT_TRUE(file) << file.error().what;
  const Error said = file->located({Error::Kind::Malformed, "The policy's dead_band is a part."});
  EXPECT_EQ(said.what, "/etc/p.toml:3: The policy's dead_band is a part.");
  EXPECT_EQ(PolicyFile().located({Error::Kind::Malformed, "No."}).what, "No.");
}

// The one that is installed says what holds without it.
TEST(PolicyFile, OfTheProductIsTheDefault) {
  std::ifstream in(std::string(MPM_TESTS) + "/../deploy/policy.toml");
  std::ostringstream text;
  text << in.rdbuf();
  const auto file = parse_policy(text.str(), "policy.toml");
  ASSERT_TRUE(file) << file.error().what;
  EXPECT_EQ(file->lines.size(), ApplyPolicy::describe(CountFields{}));
  const ApplyPolicy defaults;
  const ApplyPolicy& policy = file->policy;
  EXPECT_EQ(policy.directives, defaults.directives);
  EXPECT_EQ(policy.largest_step, defaults.largest_step);
  EXPECT_TRUE(policy.hours.empty());
  EXPECT_EQ(policy.allow_full_restart, defaults.allow_full_restart);
  EXPECT_EQ(policy.least_confidence, defaults.least_confidence);
  EXPECT_EQ(policy.dead_band, defaults.dead_band);
  EXPECT_EQ(policy.agreeing_looks, defaults.agreeing_looks);
  EXPECT_EQ(policy.rest_seconds, defaults.rest_seconds);
  EXPECT_EQ(policy.back_off_seconds, defaults.back_off_seconds);
  EXPECT_EQ(policy.back_off_most_seconds, defaults.back_off_most_seconds);
}

}  // namespace
}  // namespace mpm
