// SPDX-License-Identifier: Apache-2.0
#include "agent/config/glob.h"

#include <gtest/gtest.h>

namespace mpm::config {
namespace {

TEST(Glob, MatchesStarsAndQuestionMarks) {
  EXPECT_TRUE(glob_match("*.conf", "a.conf"));
  EXPECT_TRUE(glob_match("*a*b?", "xaxxbz"));
  EXPECT_FALSE(glob_match("*.conf", "a.conf~"));
  EXPECT_FALSE(glob_match("?", ""));
  EXPECT_TRUE(glob_match("*", "x"));
}

TEST(Glob, NeverTakesALeadingDotWithAWildcard) {
  EXPECT_FALSE(glob_match("*", ".hidden"));
  EXPECT_FALSE(glob_match("?x", ".x"));
  EXPECT_FALSE(glob_match("[.]x", ".x"));
  EXPECT_TRUE(glob_match(".*", ".hidden"));
}

TEST(Glob, MatchesSetsRangesAndTheirNegation) {
  EXPECT_TRUE(glob_match("[c]onf.d", "conf.d"));
  EXPECT_TRUE(glob_match("[0-9][a-z]", "7q"));
  EXPECT_FALSE(glob_match("[!a]", "a"));
  EXPECT_FALSE(glob_match("[^a]", "a"));
  EXPECT_TRUE(glob_match("[]x]", "]"));
}

TEST(Glob, TakesAnOpenBracketLiterally) {
  EXPECT_TRUE(glob_match("a[b", "a[b"));
}

TEST(Glob, KnowsNoBraces) {
  EXPECT_FALSE(has_wildcard("{a,b}.conf"));
  EXPECT_FALSE(glob_match("{a,b}", "a"));
}

TEST(Glob, SeesNoWildcardInAnEscapedOne) {
  EXPECT_FALSE(has_wildcard("\\*"));
  EXPECT_TRUE(has_wildcard("\\**"));
  EXPECT_FALSE(has_wildcard("a[b"));
  EXPECT_TRUE(has_wildcard("a[b]"));
}

TEST(Glob, TakesNoExponentialTime) {
  EXPECT_FALSE(glob_match("a*a*a*a*a*a*a*a*a*a*b", std::string(4000, 'a')));
}

TEST(Path, IsJoinedToTheRootUnlessItIsAbsolute) {
  EXPECT_EQ(join_path("/etc/httpd", "conf/x"), "/etc/httpd/conf/x");
  EXPECT_EQ(join_path("/etc/httpd", "/a//b/./c/../d"), "/a/b/d");
  EXPECT_EQ(join_path("/etc", "../../.."), "/");
}

}  // namespace
}  // namespace mpm::config
