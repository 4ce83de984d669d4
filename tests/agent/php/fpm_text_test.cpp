// SPDX-License-Identifier: Apache-2.0
//
// php-fpm's words, as php-fpm 8.2 takes and says them.
#include "agent/php/fpm_text.h"

#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "tests/agent/php/net_unix.h"

namespace mpm {
namespace {

using Lines = std::vector<FpmLine>;

TEST(FpmText, ALineIsASectionOrAValue) {
  EXPECT_EQ(fpm_lines("[www]\nlisten = /run/a.sock\n"),
            (Lines{{"www", std::nullopt}, {"listen", "/run/a.sock"}}));
  EXPECT_EQ(fpm_lines(" [ www ] ; why\r\n\tpm.max_children=5\r\n"),
            (Lines{{"www", std::nullopt}, {"pm.max_children", "5"}}));
}

TEST(FpmText, AValueEndsAtACommentUnlessItIsInQuotes) {
  EXPECT_EQ(fpm_lines("a = 5 ; for each"), (Lines{{"a", "5"}}));
  EXPECT_EQ(fpm_lines("a = \"/run/x;y.sock\" ; for each"), (Lines{{"a", "/run/x;y.sock"}}));
  EXPECT_EQ(fpm_lines("a = '/run/x y'"), (Lines{{"a", "/run/x y"}}));
  EXPECT_EQ(fpm_lines("a = \"open"), (Lines{{"a", "\"open"}}));
  EXPECT_EQ(fpm_lines("a ="), (Lines{{"a", ""}}));
}

TEST(FpmText, WhatIsNotUnderstoodIsPassedOver) {
  for (const char* text :
       {"", "[", "[]", "[ ]", "=", "=5", "\n\n;", ";a = 5", "a ; b = c", "words"})
    EXPECT_TRUE(fpm_lines(text).empty()) << text;
}

TEST(FpmText, ProcessesAreKnownByTheirTitles) {
  EXPECT_EQ(fpm_file_in("php-fpm: master process (/etc/php-fpm.conf)"), "/etc/php-fpm.conf");
  EXPECT_EQ(fpm_file_in("php-fpm: master process ("), std::nullopt);
  EXPECT_EQ(fpm_file_in("php-fpm: pool www"), std::nullopt);
  EXPECT_EQ(fpm_pool_in("php-fpm: pool www"), "www");
  EXPECT_EQ(fpm_pool_in("/usr/sbin/php-fpm8.2"), std::nullopt);
}

TEST(FpmText, WhoWaitsIsConnectingAndBelongsToNobody) {
  EXPECT_EQ(waiting_at(kUnix, "/run/php/php8.2-fpm.sock"), 3);
  EXPECT_EQ(waiting_at(kUnix, "/run/php/with a blank.sock"), 1);
}

TEST(FpmText, NobodyWaitsWhereNobodyListens) {
  EXPECT_EQ(waiting_at(kUnix, "/run/php/other.sock"), std::nullopt);
  EXPECT_EQ(waiting_at(kUnix, "/run/php"), std::nullopt);
  EXPECT_EQ(waiting_at(kUnix, ""), std::nullopt);
  EXPECT_EQ(waiting_at("", "/run/php/other.sock"), std::nullopt);
}

}  // namespace
}  // namespace mpm
