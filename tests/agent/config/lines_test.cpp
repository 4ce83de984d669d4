// SPDX-License-Identifier: Apache-2.0
#include "agent/config/lines.h"

#include <random>

#include <gtest/gtest.h>

namespace mpm::config {
namespace {

using namespace std::string_literals;
using Strings = std::vector<std::string>;

Strings texts(std::string_view text) {
  Strings result;
  for (const LogicalLine& line : split_lines(text))
    result.push_back(line.text);
  return result;
}

TEST(Lines, AreJoinedByABackslashWithNothingBetween) {
  EXPECT_EQ(texts("MaxRequest\\\nWorkers 1\\\n11\n"), Strings{"MaxRequestWorkers 111"});
  const auto lines = split_lines("a\\\nb\nc\n");
  EXPECT_EQ(lines[0].first_line, 1);
  EXPECT_EQ(lines[0].last_line, 2);
  EXPECT_EQ(lines[1].first_line, 3);
}

TEST(Lines, ACommentThatEndsInABackslashTakesTheNextLine) {
  EXPECT_EQ(texts("# note \\\nMaxRequestWorkers 5\nX\n"),
            (Strings{"# note MaxRequestWorkers 5", "X"}));
}

TEST(Lines, TwoBackslashesGoOnToo) {
  EXPECT_EQ(texts("a\\\\\nb\n"), Strings{"a\\b"});
  EXPECT_EQ(texts("a\\\\\n\nb\n"), Strings{"ab"}) << "an empty line goes on through the one left";
}

TEST(Lines, KeepABackslashThatIsNotAtTheirEnd) {
  EXPECT_EQ(texts("a\\ \nb\n"), (Strings{"a\\", "b"}));
  EXPECT_EQ(texts("a\\"), Strings{"a\\"});
  EXPECT_EQ(texts("a\\\n"), Strings{"a"});
}

TEST(Lines, EndInOneCarriageReturnAndLineFeed) {
  EXPECT_EQ(texts("a\\\r\nb\r\n"), Strings{"ab"});
  EXPECT_EQ(texts("a\rb\n"), Strings{"a\rb"});
}

TEST(Lines, LoseWhatFollowsANul) {
  EXPECT_EQ(texts("a\0b\\\nc\n"s), (Strings{"a", "c"}));
}

TEST(Lines, TileAnyBytes) {
  std::mt19937 random(11);
  const std::string alphabet = "ab\\\n\r\0 #\"\t"s;
  for (int round = 0; round < 3000; ++round) {
    std::string text(random() % 60, ' ');
    for (char& c : text)
      c = alphabet[random() % alphabet.size()];
    std::size_t at = 0;
    for (const LogicalLine& line : split_lines(text)) {
      ASSERT_EQ(line.begin, at);
      ASSERT_GT(line.end, at);
      at = line.end;
    }
    ASSERT_EQ(at, text.size());
  }
}

TEST(Words, AreSplitAtBlanksAndQuotes) {
  EXPECT_EQ(words_of("a  b\tc\v"), (Strings{"a", "b", "c"}));
  EXPECT_EQ(words_of(R"("a b" 'c "d"' e"f)"), (Strings{"a b", "c \"d\"", "e\"f"}));
  EXPECT_EQ(words_of(R"("a""b")"), (Strings{"a", "b"}));
  EXPECT_EQ(words_of(R"("open to the end)"), Strings{"open to the end"});
}

TEST(Words, KnowTwoEscapes) {
  EXPECT_EQ(words_of(R"("a\"b\\c\n")"), Strings{R"(a"b\c\n)"});
  EXPECT_EQ(words_of(R"(a\\b\"c)"), Strings{R"(a\b\"c)"});
}

}  // namespace
}  // namespace mpm::config
