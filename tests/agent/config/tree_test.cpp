// SPDX-License-Identifier: Apache-2.0
#include "agent/config/tree.h"

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mpm::config {
namespace {

using std::string_literals::operator""s;

std::vector<std::string> texts(std::string bytes) {
  std::vector<std::string> result;
  const Tree tree = Tree::read(std::move(bytes));
  for (const Line& line : tree.lines())
    result.push_back(line.text);
  return result;
}

using Texts = std::vector<std::string>;

TEST(Tree, HasNoLineInAnEmptyFile) {
  EXPECT_EQ(texts(""), Texts{});
}

TEST(Tree, JoinsAContinuedLineWithNothingBetween) {
  EXPECT_EQ(texts("MaxRequest\\\nWorkers 1\\\n11\n"), Texts{"MaxRequestWorkers 111"});
}

TEST(Tree, CountsTheFirstAndTheLastPhysicalLine) {
  const Tree tree = Tree::read("A\nB \\\nC \\\nD\nE\n");
  ASSERT_EQ(tree.lines().size(), 3U);
  EXPECT_EQ(tree.lines()[1].first_line, 2U);
  EXPECT_EQ(tree.lines()[1].last_line, 4U);
  EXPECT_EQ(tree.lines()[2].first_line, 5U);
}

TEST(Tree, StillContinuesAfterTwoBackslashes) {
  EXPECT_EQ(texts("a\\\\\nb\n"), Texts{"a\\b"});
}

TEST(Tree, ContinuesAgainThroughABackslashLeftOverByAnEmptyLine) {
  EXPECT_EQ(texts("a\\\\\n\nb\nc\n"), (Texts{"ab", "c"}));
}

TEST(Tree, DoesNotContinueWhenABlankFollowsTheBackslash) {
  EXPECT_EQ(texts("a\\ \nb\n"), (Texts{"a\\", "b"}));
}

TEST(Tree, KeepsABackslashAtTheEndOfAFileWithoutALineEnd) {
  EXPECT_EQ(texts("X 111\\"), Texts{"X 111\\"});
}

TEST(Tree, DropsABackslashBeforeTheLastLineEnd) {
  EXPECT_EQ(texts("X 111\\\n"), Texts{"X 111"});
}

TEST(Tree, ContinuesCommentsToo) {
  EXPECT_EQ(texts("# note \\\n</IfModule>\nA\n"), (Texts{"# note </IfModule>", "A"}));
}

TEST(Tree, ReadsCrLfAndMixedLineEnds) {
  EXPECT_EQ(texts("a 1\r\nb \\\r\n2\r\nc\n"), (Texts{"a 1", "b 2", "c"}));
}

TEST(Tree, TakesALoneCrVtAndFfForWhiteSpace) {
  const auto line = texts("\v\fa\r1 \f\n");
  ASSERT_EQ(line.size(), 1U);
  EXPECT_EQ(line[0], "a\r1");
  EXPECT_EQ(split_words(line[0]).size(), 2U);
}

TEST(Tree, DoesNotTakeANonBreakingSpaceForWhiteSpace) {
  EXPECT_EQ(split_words("a\xc2\xa0"
                        "1")
                .size(),
            1U);
}

TEST(Tree, CutsALineAtNulAndDoesNotContinueIt) {
  EXPECT_EQ(texts("a 1\0 junk\\\nb\n"s), (Texts{"a 1", "b"}));
}

TEST(Tree, MarksALineAboveSixteenMebibytes) {
  const Tree tree = Tree::read(std::string(kMaxLine, 'x') + "\nshort\n");
  EXPECT_TRUE(tree.lines()[0].too_long);
  EXPECT_FALSE(tree.lines()[1].too_long);
}

TEST(Tree, FindsTheBytesOfAWordThroughAContinuation) {
  const std::string bytes = "  MaxRequest\\\r\nWorkers \\\n  4\\\n00\n";
  const Tree tree = Tree::read(bytes);
  const Line& line = tree.lines().at(0);
  EXPECT_EQ(line.text, "MaxRequestWorkers   400");
  const auto words = split_words(line.text);
  ASSERT_EQ(words.size(), 2U);
  const Span name = Tree::physical(line, words[0].logical);
  const Span value = Tree::physical(line, words[1].logical);
  EXPECT_EQ(bytes.substr(name.begin, name.size()), "MaxRequest\\\r\nWorkers");
  EXPECT_EQ(bytes.substr(value.begin, value.size()), "4\\\n00");
}

TEST(Tree, FindsTheBytesOfAQuotedWordWithItsQuotes) {
  const std::string bytes = "A\nX \"4 0\" # no\n";
  const Tree tree = Tree::read(bytes);
  const Line& line = tree.lines().at(1);
  const auto words = split_words(line.text);
  EXPECT_EQ(words[1].value, "4 0");
  EXPECT_EQ(words[1].quote, '"');
  const Span value = Tree::physical(line, words[1].logical);
  EXPECT_EQ(bytes.substr(value.begin, value.size()), "\"4 0\"");
}

TEST(Words, ResolveOnlyQuotesAndBackslashesInQuotes) {
  EXPECT_EQ(split_words(R"("a\"b\\c\d")").at(0).value, R"(a"b\c\d)");
}

TEST(Words, EndAnOpenQuoteAtTheEndOfTheLine) {
  EXPECT_EQ(split_words("\"a b").at(0).value, "a b");
}

TEST(Words, NeedNoBlankBetweenTwoQuotedOnes) {
  const auto words = split_words("\"a\"'b'c");
  ASSERT_EQ(words.size(), 3U);
  EXPECT_EQ(words[1].value, "b");
  EXPECT_EQ(words[2].value, "c");
}

TEST(Words, KeepQuotesInsideABareWord) {
  EXPECT_EQ(split_words(R"(a"b" c\\d e\ f)").at(0).value, R"(a"b")");
  EXPECT_EQ(split_words(R"(c\\d)").at(0).value, R"(c\d)");
  EXPECT_EQ(split_words(R"(e\ f)").size(), 2U);
}

TEST(Words, MayBeEmptyWhenQuoted) {
  const auto words = split_words("a '' b");
  ASSERT_EQ(words.size(), 3U);
  EXPECT_EQ(words[1].value, "");
}

// Every byte a line maps to is the byte of its text, for texts made of what the rules are about.
TEST(Tree, TilesAnyBytesAndMapsEveryByteOfEveryLine) {
  std::mt19937 random(20240417);
  const std::string alphabet = "a\\\\\\\n\n\r \t\"'#<>${}\v\0x"s;
  std::uniform_int_distribution<std::size_t> letter(0, alphabet.size() - 1);
  std::uniform_int_distribution<std::size_t> length(0, 60);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    for (std::size_t n = length(random); n > 0; --n)
      bytes += alphabet[letter(random)];
    const Tree tree = Tree::read(bytes);
    std::size_t at = 0;
    std::uint32_t number = 1;
    for (const Line& line : tree.lines()) {
      ASSERT_EQ(line.bytes.begin, at);
      ASSERT_GT(line.bytes.end, at);
      ASSERT_EQ(line.first_line, number);
      at = line.bytes.end;
      number = line.last_line + 1;
      for (std::size_t i = 0; i < line.text.size(); ++i) {
        const Span one = Tree::physical(line, Span{i, i + 1});
        ASSERT_EQ(one.size(), 1U);
        ASSERT_GE(one.begin, line.bytes.begin);
        ASSERT_LT(one.begin, line.bytes.end);
        ASSERT_EQ(bytes[one.begin], line.text[i]) << testing::PrintToString(bytes);
      }
    }
    ASSERT_EQ(at, bytes.size());
  }
}

}  // namespace
}  // namespace mpm::config
