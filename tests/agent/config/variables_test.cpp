// SPDX-License-Identifier: Apache-2.0
#include "agent/config/variables.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/config/macro.h"
#include "agent/config/version_expression.h"
#include "agent/config/version_pattern.h"
#include "tests/agent/config/site_fixture.h"

namespace mpm::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing_site::event_options;
using testing_site::has_trap;
using testing_site::lines;
using testing_site::read;
using testing_site::refusals;

TEST(Variables, AreExpandedBeforeTheLineIsSplit) {
  EXPECT_THAT(
      lines("Define D \"A 1\"\n${D} 2\nDefine S IfModule\n<${S} event.c>\nB\n</IfModule>\n"),
      ElementsAre("A 1 2", "B"));
}

TEST(Variables, HaveValuesByNameInAnyCaseAndSayWhenItDiffers) {
  const Site site = read("Define a 1\nDefine A 2\nX ${a}\n");
  EXPECT_THAT(lines(site), ElementsAre("X 2"));
  EXPECT_TRUE(has_trap(site, TrapKind::VariableCase));
}

TEST(Variables, KnowNoEscapeNoRecursionAndNoNesting) {
  EXPECT_THAT(lines("Define A ${B}\nDefine B 1\nX ${A}\nX \\${B}\nX ${${B}}\nX $B ${B\n"),
              ElementsAre("X ${B}", "X \\1", "X ${${B}}", "X $B ${B"));
}

TEST(Variables, ComeFromTheEnvironmentWhenNobodyDefinedThem) {
  SiteOptions options = event_options();
  options.environment = {{"E", "5"}, {"D", "6"}};
  EXPECT_THAT(lines(read("X ${E}\nDefine D 7\nX ${D}\nX ${e}\n", options)),
              ElementsAre("X 5", "X 7", "X ${e}"));
}

TEST(Variables, CountFromWhereTheyAreDefinedEverywhereButInSkippedSections) {
  EXPECT_THAT(lines("X ${A}\n<VirtualHost *>\nDefine A 1\n</VirtualHost>\nX ${A}\n"
                    "<IfModule nope>\nDefine A 2\n</IfModule>\nX ${A}\nUnDefine A\nX ${A}\n"),
              ElementsAre("X ${A}", "<VirtualHost *", "X 1", "X 1", "X ${A}"));
}

TEST(Variables, AreWarnedAboutWhenMissingButNotWithAColon) {
  const Site site = read("X ${A} ${b:c}\n");
  ASSERT_EQ(site.problems.size(), 1U);
  EXPECT_FALSE(site.problems[0].fatal);
  EXPECT_THAT(site.problems[0].sentence, HasSubstr("${A} is not defined"));
}

TEST(Define, TakesAnEmptyValueForNone) {
  EXPECT_THAT(lines("Define A 1\nDefine A \"\"\nDefine B \"\"\nX ${A}${B}\n"),
              ElementsAre("X 1${B}"));
  EXPECT_THAT(refusals(read("Define \"\" 1\n")), SizeIs(1));
}

TEST(UnDefine, TakesBackOneOfTwoDefinitionsOfTheCommandLine) {
  SiteOptions options = event_options();
  options.defines = {"A", "A"};
  EXPECT_THAT(lines(read("UnDefine A\n<IfDefine A>\nX 1\n</IfDefine>\n", options)),
              ElementsAre("X 1"));
}

TEST(Define, RefusesAColonAndTheWrongNumberOfWords) {
  EXPECT_THAT(refusals(read("Define a:b 1\nDefine\nDefine a b c\nUnDefine a b\n")).size(), 4U);
}

TEST(IfVersion, ComparesAllThreeNumbers) {
  EXPECT_TRUE(version_matches("2.4.57>", "2.4.57").value());
  EXPECT_FALSE(version_matches("2.4>", "2.4.57").value());
  EXPECT_TRUE(version_matches(">= 2.4>", "2.4.57").value());
  EXPECT_TRUE(version_matches("> 2.4.9>", "2.4.57").value());
  EXPECT_TRUE(version_matches("!< 2.4>", "2.4.57").value());
  EXPECT_FALSE(version_matches("<= \"2.4.56\" >", "2.4.57").value());
  EXPECT_TRUE(version_matches("\"2.4.57\" >", "2.4.57").value());
}

TEST(IfVersion, MatchesRegularExpressions) {
  EXPECT_TRUE(version_matches("~ ^2\\.4>", "2.4.57").value());
  EXPECT_TRUE(version_matches("= /^2.4/>", "2.4.57").value());
  EXPECT_FALSE(version_matches("!~ ^2>", "2.4.57").value());
  EXPECT_FALSE(version_matches("~ (>", "2.4.57").has_value());
}

TEST(VersionPattern, TakesWhatPeopleWrite) {
  const std::string version = "2.4.57";
  for (const char* good :
       {"^2\\.4", "2.4", "^2\\.(2|4)\\.\\d+$", "^[23]\\.[0-9]+\\.", "(\\d+\\.)*57$",
        "^2(?:\\.\\d+)+?$", "[^a-z]", "^\\S*$", "x*", "", "3|2|1", "[\\d.]+"})
    EXPECT_TRUE(version_pattern_matches(good, version).value_or(false)) << good;
  for (const char* other : {"^4", "2\\.5", "^\\d$", "[a-z]", "(2|3)$", "57+7", "^(\\d\\.)*$"})
    EXPECT_FALSE(version_pattern_matches(other, version).value()) << other;
}

TEST(VersionPattern, RefusesWhatItDoesNotTakeAndEnds) {
  for (const char* bad :
       {"(", ")", "[", "[z-a]", "*", "a{2}", "(?=a)", "\\1", "\\", "a**", "((((a))))"})
    EXPECT_FALSE(version_pattern_matches(bad, "2.4.57").has_value()) << bad;
  std::string hard;
  while (hard.size() < 230)
    hard += "(((.*)*.*)*.*)*";
  EXPECT_FALSE(version_pattern_matches(hard + "q", "2.4.57-some-suffix-of-30-b").value());
}

TEST(IfVersion, RefusesWhatItDoesNotUnderstand) {
  EXPECT_FALSE(version_matches(">=2.4>", "2.4.57").has_value());
  EXPECT_FALSE(version_matches("2.x>", "2.4.57").has_value());
  EXPECT_FALSE(version_matches("1.2.3.4>", "2.4.57").has_value());
  EXPECT_FALSE(version_matches("=> 2.4>", "2.4.57").has_value());
  EXPECT_FALSE(version_matches("2.4", "2.4.57").has_value());
  EXPECT_FALSE(version_matches("", "2.4.57").has_value());
  EXPECT_FALSE(version_matches("'>'", "2.4.57").has_value());
}

TEST(Macro, IsReadInThePlaceOfItsUse) {
  const Site site = read(
      "<Macro M $n>\n# gone\nA $n\n\n<Directory /$n>\n</Macro>\n"
      "Use m 5\nB\n</Directory>\n");
  EXPECT_THAT(lines(site), ElementsAre("A 5", "<Directory /5", "B"));
  EXPECT_THAT(refusals(site), IsEmpty());
  EXPECT_TRUE(site.directives[0].from_macro);
  EXPECT_EQ(site.directives[0].first_line, 3U);
  EXPECT_EQ(site.directives[0].origin,
            "macro 'm' (defined on line 1 of \"/R/httpd.conf\") used on line 7 of "
            "\"/R/httpd.conf\"");
  EXPECT_EQ(site.directives[0].origin_line, 1U);
  EXPECT_FALSE(site.directives[2].from_macro);
  EXPECT_EQ(site.directives[2].depth, 1U);
}

TEST(Macro, ReplacesTheLongestParameterAndQuotesWithAnAt) {
  EXPECT_THAT(lines("<Macro M $n $name @q>\nA $name$n @q\n</Macro>\nUse M 1 2 'a \"b'\n"),
              ElementsAre("A 21 \"a \\\"b\""));
}

TEST(Macro, LooksForAParameterAgainInTheEndOfAQuotedValue) {
  EXPECT_THAT(lines("<Macro m @b $a>\nX @b\n</Macro>\nUse m '\"\"\"\"$a' c\nUse m 'x$a' c\n"),
              ElementsAre("X \"\\\"\\\"\\\"\\\"c\"", "X \"x$a\""));
}

TEST(Macro, IsReadLikeAFileOnceItsValuesArePutIn) {
  EXPECT_THAT(lines("<Macro m $a>\nX $a\nY 1\n</Macro>\nUse m \"1\\\\\"\nUse m \"\"\n"),
              ElementsAre("X 1Y 1", "X", "Y 1"));
}

TEST(Macro, TakesTheLineBehindItsUseWhenItEndsInABackslash) {
  const std::string macro = "<Macro m $a>\nX $a\n</Macro>\nUse m \"1 \\\\\"\n";
  const Site site = read(macro + "  Y \\\n 2\nZ\n");
  EXPECT_THAT(lines(site), ElementsAre("X 1   Y  2", "Z"));
  EXPECT_TRUE(site.directives[0].from_macro);
  EXPECT_EQ(site.directives[0].origin, "/R/httpd.conf");
  EXPECT_EQ(site.directives[0].origin_line, 6U);
  EXPECT_EQ(site.directives[1].origin_line, 7U);
  EXPECT_TRUE(testing_site::has_trap(site, TrapKind::MacroContinues));
  const Site last = read(macro);
  EXPECT_THAT(lines(last), ElementsAre("X 1"));
  EXPECT_EQ(last.directives[0].origin_line, 5U);
  EXPECT_THAT(lines(macro + "Y"), ElementsAre("X 1"));
  EXPECT_THAT(lines(macro + "Y\nZ"), ElementsAre("X 1 Y", "Z"));
  EXPECT_THAT(lines("<Macro n>\nUse m 1\nY $a\n</Macro>\n" + macro + "Z\nUse n\n"),
              ElementsAre("X 1 Z", "X 1", "Y $a"));
}

TEST(Macro, HasNoLineLongerThanHttpdReads) {
  const auto body = [](std::size_t size) {
    return "Y 1\n<Macro m $a>\n" + std::string(size, 'x') + "$a\n</Macro>\nUse m ";
  };
  EXPECT_THAT(refusals(read(body(8188) + "12\n")), IsEmpty());
  EXPECT_THAT(refusals(read(body(8188) + "123\n")), ElementsAre(HasSubstr("grows beyond 8191")));
  EXPECT_THAT(refusals(read(body(8189) + "1\n")),
              Contains(HasSubstr("2: Macro 'm' (defined on line 2 of \"/R/httpd.conf\") is not")));
}

TEST(Macro, MayDefineAndUseOthersButNotItself) {
  EXPECT_THAT(lines("<Macro A>\n<Macro B>\nX\n</Macro>\nUse B\n</Macro>\nUse A\n"),
              ElementsAre("X"));
  EXPECT_THAT(refusals(read("<Macro A>\nUse A\n</Macro>\nUse A\n")),
              ElementsAre(HasSubstr("Macro 'a' uses itself")));
}

TEST(Macro, RefusesAWrongCountAMissingNameAndAnOpenBody) {
  EXPECT_THAT(refusals(read("<Macro A $x>\n</Macro>\nUse A\nUse B\nUse\n<Macro>\n</Macro>\n"
                            "<Macro C>\n")),
              ElementsAre(HasSubstr("with 0 arguments instead of 1"), HasSubstr("'B' is not"),
                          HasSubstr("needs the name"), HasSubstr("name is empty"),
                          HasSubstr("not closed")));
}

TEST(Macro, IsGoneAfterUndefMacro) {
  EXPECT_THAT(refusals(read("<Macro A>\n</Macro>\nUndefMacro a\nUse A\n")).size(), 1U);
}

// Each level uses the one below twice: 2^40 lines, if they were read.
TEST(Macro, EndsWhenItsUseDoublesAtEachLevel) {
  std::string text = "<Macro M0>\nX " + std::string(4000, 'x') + "\n</Macro>\n";
  for (int level = 1; level <= 40; ++level) {
    const std::string use = "Use M" + std::to_string(level - 1) + "\n";
    text += "<Macro M" + std::to_string(level) + ">\n" + use + use + "</Macro>\n";
  }
  EXPECT_THAT(refusals(read(text + "Use M40\n")), ElementsAre(HasSubstr("64 MiB")));
}

}  // namespace
}  // namespace mpm::config
