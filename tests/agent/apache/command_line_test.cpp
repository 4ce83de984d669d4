// SPDX-License-Identifier: Apache-2.0
#include "agent/apache/command_line.h"

#include <gtest/gtest.h>

namespace mpm {
namespace {

using Strings = std::vector<std::string>;

TEST(CommandLine, YieldsWhatShapesTheConfiguration) {
  const Strings arguments{
      "/usr/sbin/apache2", "-d", "/srv",      "-f", "conf/a.conf", "-DSSL", "-D", "X", "-C",
      "Define A",          "-c", "Listen 80", "-k", "start"};
  const CommandLine line = read_command_line(arguments);
  EXPECT_EQ(line.server_root, "/srv");
  EXPECT_EQ(line.config_file, "conf/a.conf");
  EXPECT_EQ(line.defines, (Strings{"SSL", "X"}));
  EXPECT_EQ(line.before, Strings{"Define A"});
  EXPECT_EQ(line.after, Strings{"Listen 80"});
}

TEST(CommandLine, TakesTheLastOfTwo) {
  EXPECT_EQ(read_command_line(Strings{"httpd", "-f", "a", "-f", "b"}).config_file, "b");
}

TEST(CommandLine, PassesOverTheArgumentsOfOtherOptions) {
  const CommandLine line = read_command_line(Strings{"httpd", "-k", "-f", "-e", "debug", "-X"});
  EXPECT_FALSE(line.config_file);
  EXPECT_EQ(line.defines, Strings{"DEBUG"});
}

TEST(CommandLine, ReadsOptionsThatAreRunTogether) {
  const CommandLine line = read_command_line(Strings{"httpd", "-Xf", "here.conf", "-d/opt"});
  EXPECT_EQ(line.config_file, "here.conf");
  EXPECT_EQ(line.server_root, "/opt");
}

TEST(CommandLine, SurvivesWhatIsCutShort) {
  EXPECT_FALSE(read_command_line(Strings{}).config_file);
  EXPECT_FALSE(read_command_line(Strings{"httpd", "-f"}).config_file);
  EXPECT_FALSE(read_command_line(Strings{"httpd", "-", "-f", "a"}).config_file);
}

}  // namespace
}  // namespace mpm
