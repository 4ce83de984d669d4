// SPDX-License-Identifier: Apache-2.0
#include "agent/config/lint.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/config/lint_fixture.h"

namespace mpm::config {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing_lint::findings;
using testing_lint::of_rule;
using testing_lint::only;

const std::string kWorkers = "MaxRequestWorkers 100\n";

TEST(Lint, HasNothingToSayOfDebiansNumbersButThatTheirWindowIsNarrow) {
  const auto found =
      findings({.text = "StartServers 2\nMinSpareThreads 25\nMaxSpareThreads 75\nThreadLimit 64\n"
                        "ThreadsPerChild 25\nMaxRequestWorkers 150\nMaxConnectionsPerChild 0\n"});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rule, "spares-narrow");
  EXPECT_EQ(found[0].severity, Severity::Note);
  EXPECT_THAT(findings({.mpm = Mpm::Prefork,
                        .text = "StartServers 5\nMinSpareServers 5\nMaxSpareServers 10\n"
                                "MaxRequestWorkers 150\nMaxConnectionsPerChild 0\n"}),
              IsEmpty());
}

TEST(Lint, NamesTheColumnOfTheValue) {
  const LintFinding found = only({.text = "# c\n\tMaxRequestWorkers   150MB\n"}, "not-a-number");
  EXPECT_EQ(found.file, "/R/httpd.conf");
  EXPECT_EQ(found.line, 2);
  EXPECT_EQ(found.column, 22);
  EXPECT_THAT(found.claim, HasSubstr("reads 150"));
  EXPECT_EQ(found.mend, "Write MaxRequestWorkers 150, or what was meant in digits alone.");
}

TEST(Lint, NamesTheColumnOfTheDirectiveWhenItsValueStandsOnAnotherLine) {
  const LintFinding found = only({.text = "  MaxRequestWorkers \\\n 1e3\n"}, "not-a-number");
  EXPECT_EQ(found.line, 1);
  EXPECT_EQ(found.column, 3);
}

TEST(Lint, NamesTheLineThatACommentSwallows) {
  const LintFinding found = only({.text = "# note \\\n\\\n  KeepAlive Off\n"}, "comment-continues");
  EXPECT_THAT(found.claim, HasSubstr("line 3, 'KeepAlive Off'"));
  EXPECT_EQ(found.mend, "Remove the backslash, or begin line 3 with '#'.");
}

TEST(Lint, NamesThePlaceThatCountsInsteadOfARepeatedOne) {
  const auto found =
      of_rule({.text = "MaxRequestWorkers 100\nMaxClients 200\nMaxClients 300\n"}, "repeated");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].line, 1);
  EXPECT_EQ(found[1].line, 2);
  EXPECT_THAT(found[0].claim, HasSubstr("/R/httpd.conf:3 comes later, with MaxClients 300"));
}

TEST(Lint, ACopyOfTheValueIsALesserThing) {
  EXPECT_EQ(only({.text = "KeepAlive On\nKeepAlive On\n"}, "repeated").severity, Severity::Note);
  EXPECT_EQ(only({.text = "KeepAlive On\nKeepAlive Off\n"}, "repeated").severity, Severity::Advice);
}

TEST(Lint, SaysWhatToWriteInsteadOfACorrectedNumber) {
  EXPECT_EQ(
      only({.text = "MaxRequestWorkers 150\nThreadsPerChild 64\n"}, "workers-not-multiple").mend,
      "Write MaxRequestWorkers 128, or 192.");
  EXPECT_EQ(only({.text = "MaxRequestWorkers 500\n"}, "workers-above-limit").mend,
            "Write MaxRequestWorkers 400, or ServerLimit 20 as well; ServerLimit needs a stop and "
            "a start.");
}

TEST(Lint, PointsToWhatIsWrittenWhenADefaultIsCorrectedForIt) {
  const LintFinding found = only({.text = "\nThreadsPerChild 64\n"}, "workers-not-multiple");
  EXPECT_EQ(found.line, 2);
  EXPECT_THAT(found.claim, HasSubstr("MaxRequestWorkers 400 is no multiple"));
}

TEST(Lint, S17_SaysHowManyWorkersRunUntilTheServerIsStopped) {
  const LintFinding found = only(
      {.text = "ServerLimit 20\nMaxRequestWorkers 500\n", .running = {8, 64}}, "server-limit-kept");
  EXPECT_THAT(found.claim, HasSubstr("at most 200 workers"));
  EXPECT_EQ(found.severity, Severity::Warning);
}

TEST(Lint, AMismatchThatCostsNothingIsANote) {
  const std::string block = "<IfModule mod_mpm_prefork.c>\n" + kWorkers + "</IfModule>\n";
  EXPECT_EQ(only({.text = block}, "never-matches").severity, Severity::Note);
  EXPECT_EQ(only({.mpm = Mpm::Prefork, .text = block}, "never-matches").severity,
            Severity::Warning);
}

TEST(Lint, ASectionIsDeadWhereItsModuleComesLater) {
  SiteOptions options = testing_site::event_options();
  options.builtin_sources = {"core.c", "http_core.c", "mod_so.c"};
  const std::string section = "<IfVersion >= 2.4>\nTimeout 5\n</IfVersion>\n";
  const std::string load = "LoadModule version_module m.so\n";
  const auto rules_of = [&](const std::string& text) {
    MemoryFiles files;
    files.add("/R/httpd.conf", text);
    std::vector<std::pair<std::string, Severity>> rules;
    for (const LintFinding& finding : lint(read_site(options, files), files, std::nullopt))
      rules.emplace_back(finding.rule, finding.severity);
    return rules;
  };
  EXPECT_THAT(rules_of(section + load),
              Contains(std::pair(std::string("dead-section"), Severity::Warning)));
  EXPECT_THAT(rules_of(section),
              Contains(std::pair(std::string("dead-section"), Severity::Danger)));
  EXPECT_THAT(rules_of(load + section),
              Not(Contains(testing::Pair(std::string("dead-section"), testing::_))));
}

TEST(Lint, OneFileThatIsReadTwiceIsWrongOnce) {
  MemoryFiles files;
  files.add("/R/httpd.conf", "Include a.conf\nInclude a.conf\n");
  files.add("/R/a.conf", "KeepAlive maybe\n");
  const Site site = read_site(testing_site::event_options(), files);
  const auto found = lint(site, files, std::nullopt);
  EXPECT_EQ(std::ranges::count(found, "refused-value", &LintFinding::rule), 1);
}

TEST(Lint, GoesByTheFilesInTheOrderOfReading) {
  MemoryFiles files;
  files.add("/R/httpd.conf", "Include z.conf\nInclude a.conf\nKeepAlive x\n");
  files.add("/R/z.conf", "\nTimeout x\n");
  files.add("/R/a.conf", "Timeout y\n");
  std::vector<std::string> places;
  const Site site = read_site(testing_site::event_options(), files);
  for (const LintFinding& finding : lint(site, files, std::nullopt))
    if (finding.line > 0) places.push_back(finding.file + ":" + std::to_string(finding.line));
  EXPECT_THAT(places,
              testing::ElementsAre("/R/httpd.conf:3", "/R/z.conf:2", "/R/z.conf:2", "/R/a.conf:1"));
}

TEST(Lint, SaysThatNoMpmIsLoadedOfTheWhole) {
  SiteOptions options = testing_site::event_options();
  options.before.clear();
  MemoryFiles files;
  files.add("/R/httpd.conf", "ThreadsPerChild 5\n");
  const auto found = lint(read_site(options, files), files, std::nullopt);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rule, "refused");
  EXPECT_EQ(found[0].line, 0);
  EXPECT_EQ(found[0].file, "/R/httpd.conf");
  EXPECT_EQ(found[0].code, "AH00534");
}

TEST(Lint, GivesTheCodeOfAMissingMpmToNothingElse) {
  SiteOptions options = testing_site::event_options();
  options.config_file = "MPM.conf";
  const MemoryFiles none;
  for (const LintFinding& finding : lint(read_site(options, none), none, Mpm::Event))
    EXPECT_NE(finding.code, "AH00534") << finding.claim;
}

}  // namespace
}  // namespace mpm::config
