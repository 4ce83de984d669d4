// SPDX-License-Identifier: Apache-2.0
#include "agent/config/diff.h"

#include <string>

#include <gtest/gtest.h>

namespace mpm::config {
namespace {

std::string diff(const std::string& before, const std::string& after) {
  return unified_diff({"/f", "/f"}, before, after);
}

TEST(Diff, IsEmptyWhenNothingDiffers) {
  EXPECT_EQ(diff("a\nb\n", "a\nb\n"), "");
}

TEST(Diff, ShowsThreeLinesAround) {
  EXPECT_EQ(diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n"),
            "--- /f\n+++ /f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
}

TEST(Diff, CountsFromTheLineBeforeWhereNothingWas) {
  EXPECT_EQ(diff("", "a\n"), "--- /f\n+++ /f\n@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(diff("a\nb\n", ""), "--- /f\n+++ /f\n@@ -1,2 +0,0 @@\n-a\n-b\n");
}

TEST(Diff, SaysThatTheLastLineHasNoEnd) {
  EXPECT_EQ(diff("a\nb", "a\nc"),
            "--- /f\n+++ /f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No "
            "newline at end of file\n");
}

TEST(Diff, KeepsFarChangesApart) {
  std::string before;
  for (int i = 0; i < 40; ++i)
    before += std::to_string(i) + "\n";
  std::string after = before;
  after.replace(after.find("5\n"), 2, "five\n");
  after.insert(after.find("35\n"), "new\n");
  EXPECT_EQ(diff(before, after),
            "--- /f\n+++ /f\n@@ -3,7 +3,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
            "@@ -33,6 +33,7 @@\n 32\n 33\n 34\n+new\n 35\n 36\n 37\n");
}

TEST(Diff, IsAlwaysUtf8AndSteersNoTerminal) {
  EXPECT_EQ(printable("caf\xE9 \xC3\xA9 \x1B[2J\t\xED\xA0\x80\xC0\xAF\r\n"),
            "caf\\xE9 \xC3\xA9 \\x1B[2J\t\\xED\\xA0\\x80\\xC0\\xAF\r\n");
  EXPECT_EQ(diff("\xFF\n", "\xFE\n"), "--- /f\n+++ /f\n@@ -1 +1 @@\n-\\xFF\n+\\xFE\n");
}

TEST(Diff, OfTextsWithoutACommonLineIsOneHunk) {
  std::string before;
  std::string after;
  for (int i = 0; i < 3000; ++i) {
    before += "a" + std::to_string(i) + "\n";
    after += "b" + std::to_string(i) + "\n";
  }
  const std::string text = diff(before, after);
  EXPECT_NE(text.find("@@ -1,3000 +1,3000 @@\n"), std::string::npos);
}

}  // namespace
}  // namespace mpm::config
