// SPDX-License-Identifier: Apache-2.0
#include "agent/config/site.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/config/site_fixture.h"

namespace mpm::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing_site::event_options;
using testing_site::has_trap;
using testing_site::lines;
using testing_site::read;
using testing_site::refusals;

TEST(Site, ListsDirectivesWithTheirPlaces) {
  const Site site = read(
      "# c\n  MaxRequestWorkers \\\n 400\n<Directory /x>\nOptions None\n"
      "</Directory> # end\n");
  ASSERT_EQ(site.directives.size(), 3U);
  EXPECT_EQ(site.directives[0].file, "/R/httpd.conf");
  EXPECT_EQ(site.directives[0].first_line, 2U);
  EXPECT_EQ(site.directives[0].last_line, 3U);
  EXPECT_EQ(site.directives[1].name, "<Directory");
  EXPECT_EQ(site.directives[1].args, "/x");
  EXPECT_EQ(site.directives[2].depth, 1U);
  EXPECT_THAT(refusals(site), IsEmpty());
}

Site known(std::string text) {
  SiteOptions options = event_options();
  options.keep = Keep::Known;
  return read(std::move(text), options);
}

TEST(Site, TellsByADigestWhetherWhatItLeavesOutDiffers) {
  const Site site = known("User a\nTimeout 5\n<Location /x>\nRequire b\n</Location>\n");
  EXPECT_THAT(lines(site), ElementsAre("Timeout 5"));
  const auto digest = [](std::string text) { return known(std::move(text)).digest; };
  EXPECT_EQ(digest("# c\nuser  a\n<Location /x>\nRequire b\n</Location>\nTimeout 6\n"),
            site.digest);
  EXPECT_NE(digest("User c\n<Location /x>\nRequire b\n</Location>\n"), site.digest);
  EXPECT_NE(digest("User a\n<Location /x>\n</Location>\nRequire b\n"), site.digest);
  EXPECT_NE(digest("User a\n<Location /x>\n</Location>\n"), site.digest);
  EXPECT_EQ(read("User a\n").digest, 0U);
}

TEST(Site, TellsWhatItLeftOutAboveADirective) {
  const Site above = known("User a\nTimeout 5\n");
  const Site below = known("Timeout 5\nUser a\n");
  EXPECT_EQ(above.digest, below.digest);
  EXPECT_NE(above.directives.at(0).digest_above, below.directives.at(0).digest_above);
}

TEST(Site, TakesAHashBehindADirectiveForAnArgument) {
  EXPECT_THAT(lines("X 1 # cap\nY#z\n"), ElementsAre("X 1 # cap", "Y#z"));
}

TEST(Site, DropsWhatFollowsTheLastBracketOfASection) {
  EXPECT_THAT(lines("<Directory /x> AllowOverride None\n</Directory>\n"),
              ElementsAre("<Directory /x"));
}

TEST(Site, RefusesSectionsThatCrossOrStayOpen) {
  EXPECT_THAT(refusals(read("<IfModule event.c>\n<Directory /x>\n</IfModule>\n</Directory>\n")),
              ElementsAre(HasSubstr("3: </Directory> was expected")));
  EXPECT_THAT(refusals(read("<Directory /x>\n")),
              ElementsAre(HasSubstr("<Directory> of line 1 was not closed")));
  EXPECT_THAT(refusals(read("</Directory>\n")),
              ElementsAre(HasSubstr("1: </Directory> closes a section that was not opened")));
  EXPECT_THAT(refusals(read("<Directory /x\n</Directory>\n")),
              ElementsAre(HasSubstr("missing its closing '>'")));
}

TEST(Site, ClosesWhatIsOpenInAConditionWithItsFile) {
  const Site site = read("<IfModule event.c>\n<Directory /x>\nOptions None\n");
  EXPECT_THAT(refusals(site), IsEmpty());
  EXPECT_TRUE(has_trap(site, TrapKind::UnclosedCondition));
  EXPECT_EQ(site.directives.size(), 2U);
  EXPECT_THAT(refusals(read("<Directory /x>\n<IfModule event.c>\n")),
              ElementsAre(HasSubstr("<Directory> of line 1 was not closed")));
}

// httpd reads the whole configuration before it executes the first section.
TEST(Site, RefusesWhatIsReadBeforeWhatIsExecuted) {
  const Site site = read("<Directory /x\n</Directory>\nInclude none.conf\n");
  EXPECT_THAT(refusals(site),
              ElementsAre(HasSubstr("none.conf"), HasSubstr("missing its closing '>'")));
  EXPECT_FALSE(site.problems[0].when_executed);
  EXPECT_TRUE(site.problems[1].when_executed);
}

TEST(Site, RefusesALoadFileThatIsNotThere) {
  SiteOptions options = event_options();
  options.before.clear();
  options.builtin_sources.emplace_back("event.c");
  options.require_module_files = true;
  EXPECT_THAT(refusals(read("LoadFile ./none.so\n", options)), ElementsAre(HasSubstr("none.so")));
  // The linker has places of its own for it.
  EXPECT_THAT(refusals(read("LoadFile libxml2.so.2\n", options)), IsEmpty());
}

TEST(Site, LosesALastLineWithoutAnEndBehindAUse) {
  const std::string macro = "<Macro m>\nA 1\n</Macro>\nUse m\n";
  const Site lost = read(macro + "B 2");
  EXPECT_THAT(lines(lost), ElementsAre("A 1"));
  EXPECT_TRUE(has_trap(lost, TrapKind::LostLine));
  EXPECT_THAT(lines(macro + "B 2\n"), ElementsAre("A 1", "B 2"));
  EXPECT_THAT(lines(macro + "B 2\nC 3"), ElementsAre("A 1", "B 2", "C 3"));
  EXPECT_THAT(lines(macro + "B \\\n2"), ElementsAre("A 1", "B"));
}

TEST(Site, NamesTheColumnOfWhatIsRefused) {
  const Site site = read("A\n \\\n\t  Include\n");
  ASSERT_EQ(site.problems.size(), 1U);
  EXPECT_EQ(site.problems[0].line, 3U);
  EXPECT_EQ(site.problems[0].column, 4U);
}

TEST(IfModule, KnowsTheIdentifierAndTheSourceName) {
  EXPECT_THAT(lines("<IfModule mpm_event_module>\nA\n</IfModule>\n<IfModule event.c>\nB\n"
                    "</IfModule>\n<IfModule !worker.c>\nC\n</IfModule>\n"),
              ElementsAre("A", "B", "C"));
}

TEST(IfModule, DoesNotKnowTheNamesThatPeopleGuessAndSaysSo) {
  const Site site = read("<IfModule mod_mpm_event.c>\nA\n</IfModule>\n");
  EXPECT_THAT(lines(site), IsEmpty());
  EXPECT_TRUE(has_trap(site, TrapKind::MpmSourceName));
}

TEST(IfModule, AsksForTheModulesLoadedSoFar) {
  EXPECT_THAT(lines("<IfModule ssl_module>\nA\n</IfModule>\nLoadModule ssl_module m.so\n"
                    "<IfModule mod_ssl.c>\nB\n</IfModule>\n"),
              ElementsAre("B"));
}

TEST(IfModule, NegatesOnlyByAFirstBang) {
  EXPECT_THAT(lines("<IfModule ! nope>\nA\n</IfModule>\n<IfModule !\"nope\">\nB\n</IfModule>\n"
                    "<IfModule \"!nope\">\nC\n</IfModule>\n<IfModule !!nope>\nD\n</IfModule>\n"),
              ElementsAre("A", "B", "D"));
}

TEST(IfModule, TestsWhatStandsBeforeTheLastBracketOfTheLine) {
  const Site site = read("<IfModule event.c> # a -> b\nA\n</IfModule>\nB\n");
  EXPECT_THAT(lines(site), ElementsAre("B"));
  EXPECT_TRUE(has_trap(site, TrapKind::TextAfterSection));
}

TEST(IfModule, OnOneLineHidesEverythingToTheNextClosingTag) {
  const Site site = read("<IfModule event.c>A 1</IfModule>\nB\n</IfModule>\nC\n");
  EXPECT_THAT(lines(site), ElementsAre("C"));
  EXPECT_TRUE(has_trap(site, TrapKind::OneLineSection));
}

TEST(IfModule, MayStayOpenWhenItIsActive) {
  const Site site = read("<IfModule event.c>\nA\n");
  EXPECT_THAT(lines(site), ElementsAre("A"));
  EXPECT_THAT(refusals(site), IsEmpty());
  EXPECT_TRUE(has_trap(site, TrapKind::UnclosedCondition));
}

TEST(IfModule, MayNotStayOpenWhenItIsSkipped) {
  EXPECT_THAT(refusals(read("A\n<IfModule nope>\nB\n")),
              ElementsAre(HasSubstr("2: <IfModule> is not closed")));
}

TEST(IfModule, TakesNoCommentBehindItsClosingTagWhenActive) {
  EXPECT_THAT(refusals(read("<IfModule event.c>\n</IfModule> # end\n")),
              ElementsAre(HasSubstr("2: Nothing may stand")));
  EXPECT_THAT(refusals(read("<IfModule nope>\n</IfModule> # end\n")), IsEmpty());
}

TEST(IfModule, TakesItsWholeArgumentForTheNameBefore2435) {
  SiteOptions options = event_options();
  const std::string text =
      "<IfModule \"event.c\">\nA\n</IfModule>\n<IfModule event.c>\nB\n</IfModule>\n";
  EXPECT_THAT(lines(read(text, options)), ElementsAre("A", "B"));
  options.version = "2.4.34";
  EXPECT_THAT(lines(read(text, options)), ElementsAre("B"));
  options.version = "";
  EXPECT_THAT(lines(read(text, options)), ElementsAre("A", "B"));
}

TEST(SkippedSection, NestsByTheFirstWordOfEachLine) {
  EXPECT_THAT(lines("<IfModule nope>\n<IfModule event.c>\nA\n</IfModule>\nB\n# </IfModule>\n"
                    "${x} Include none\n</IfModule>\nC\n"),
              ElementsAre("C"));
}

// "</" is cut to nothing, which is what a "<" without a name is called.
TEST(SkippedSection, ClosesASectionWithoutANameByTwoBytes) {
  const Site site = read("<IfModule nope>\n< Directory /x>\nA\n</ >\nB\n</IfModule>\nC\n");
  EXPECT_THAT(lines(site), ElementsAre("C"));
  EXPECT_THAT(refusals(site), IsEmpty());
  EXPECT_THAT(refusals(read("<IfModule nope>\n</ IfModule>\n")),
              ElementsAre(HasSubstr("1: </IfModule> was expected inside")));
}

TEST(SkippedSection, MayBeClosedByACommentThatSwallowsItsTag) {
  const Site site = read("<IfModule nope>\n# note \\\n</IfModule>\nA\n</IfModule>\nB\n");
  EXPECT_THAT(lines(site), ElementsAre("B"));
  EXPECT_TRUE(has_trap(site, TrapKind::CommentContinues));
}

TEST(IfDefine, IsCaseSensitive) {
  SiteOptions options = event_options();
  options.defines = {"SSL"};
  EXPECT_THAT(lines(read("<IfDefine SSL>\nA\n</IfDefine>\n<IfDefine ssl>\nB\n</IfDefine>\n"
                         "UnDefine SSL\n<IfDefine !SSL>\nC\n</IfDefine>\n",
                         options)),
              ElementsAre("A", "C"));
}

TEST(IfFile, LooksBelowServerRoot) {
  MemoryFiles files;
  files.add("/R/d/there", "");
  EXPECT_THAT(lines(read("<IfFile d/there>\nA\n</IfFile>\n<IfFile d>\nB\n</IfFile>\n"
                         "<IfFile d/*>\nC\n</IfFile>\n",
                         event_options(), files)),
              ElementsAre("A", "B"));
}

TEST(IfFile, TakesASlashBehindADirectoryOnly) {
  MemoryFiles files;
  files.add("/R/d/x", "");
  EXPECT_THAT(lines(read("<IfFile d/>\nA\n</IfFile>\n<IfFile d/x/>\nB\n</IfFile>\n",
                         event_options(), files)),
              ElementsAre("A"));
}

TEST(ServerRoot, IsRelativeToTheDirectoryInWhichHttpdStarts) {
  MemoryFiles files;
  files.add("/R/d/x", "");
  EXPECT_EQ(read("ServerRoot R/d\n", event_options(), files).server_root, "/R/d");
  EXPECT_EQ(refusals(read("ServerRoot d\n", event_options(), files)).size(), 1U);
}

TEST(ServerRoot, OfTheCommandLineSaysWhereTheRootFileIs) {
  MemoryFiles files;
  files.add("/S/httpd.conf", "A\n");
  SiteOptions options = event_options();
  options.before.emplace_back("ServerRoot /S");
  EXPECT_THAT(lines(read_site(options, files)), ElementsAre("A"));
}

TEST(Site, NamesTheOutermostOpenSectionAsHttpdDoes) {
  const Site site = read("\n<VirtualHost *>\n<Directory />\nA\n");
  ASSERT_FALSE(site.problems.empty());
  EXPECT_EQ(site.problems[0].line, 2U);
  EXPECT_EQ(site.problems[0].origin, "/R/httpd.conf");
  EXPECT_EQ(site.problems[0].origin_line, 2U);
}

TEST(SkippedSection, IsRefusedWhereItOpens) {
  const Site site = read("\n<IfModule nope>\n<A>\n</B>\n");
  ASSERT_FALSE(site.problems.empty());
  EXPECT_EQ(site.problems[0].origin_line, 2U);
}

TEST(IfDirective, KnowsWhatTheLoadedModulesBring) {
  EXPECT_THAT(lines("<IfDirective threadsperchild>\nA\n</IfDirective>\n"
                    "<IfDirective MinSpareServers>\nB\n</IfDirective>\n"
                    "<IfSection virtualhost>\nC\n</IfSection>\n"
                    "<IfDirective SSLEngine>\nD\n</IfDirective>\nLoadModule ssl_module m\n"
                    "<IfDirective SSLEngine>\nE\n</IfDirective>\n"),
              ElementsAre("A", "C", "E"));
}

TEST(IfVersion, BecomesAnUnknownSectionWithoutItsModule) {
  SiteOptions options = event_options();
  options.builtin_sources = {"core.c"};
  const Site site = read(
      "<IfVersion > 2.4>\nA\n</IfVersion>\nLoadModule version_module m\n"
      "<IfVersion >= 2.4>\nB\n</IfVersion>\n",
      options);
  EXPECT_TRUE(has_trap(site, TrapKind::DeadBody));
  ASSERT_EQ(site.directives.size(), 3U);
  EXPECT_TRUE(site.directives[1].dead);
  EXPECT_FALSE(site.directives[2].dead);
  EXPECT_EQ(site.directives[2].name, "B");
}

TEST(LoadModule, IsSkippedTheSecondTimeAndRefusedWhenBuiltIn) {
  const Site site = read(
      "LoadModule ssl_module a\nLoadModule ssl_module b\n"
      "LoadModule version_module c\n");
  EXPECT_THAT(refusals(site), ElementsAre(HasSubstr("3: Module version_module is built in")));
  EXPECT_EQ(site.modules.back().identifier, "ssl_module");
  EXPECT_EQ(site.modules.back().source, "mod_ssl.c");
}

TEST(LoadModule, IsRefusedWhenItsFileIsMissing) {
  SiteOptions options = event_options();
  options.require_module_files = true;
  MemoryFiles files;
  files.add("/R/modules/mod_mpm_event.so", "");
  EXPECT_THAT(refusals(read("LoadModule ssl_module modules/mod_ssl.so\n", options, files)),
              ElementsAre(HasSubstr("Module file /R/modules/mod_ssl.so does not exist")));
}

TEST(Site, NeedsExactlyOneMpm) {
  SiteOptions none = event_options();
  none.before.clear();
  EXPECT_THAT(refusals(read("A\n", none)), ElementsAre(HasSubstr("No MPM is loaded")));
  EXPECT_THAT(refusals(read("LoadModule mpm_worker_module m\n")),
              ElementsAre(HasSubstr("2 MPMs are loaded")));
}

TEST(Site, ReadsTheCommandLinesTextsBeforeAndAfterTheFile) {
  SiteOptions options = event_options();
  options.before.push_back("A 1");
  options.after = {"A 3"};
  EXPECT_THAT(lines(read("A 2\n", options)), ElementsAre("A 1", "A 2", "A 3"));
}

TEST(Site, ReportsARootFileThatIsNotThere) {
  EXPECT_THAT(refusals(read_site(event_options(), MemoryFiles())),
              ElementsAre(HasSubstr("cannot open the configuration file /R/httpd.conf")));
}

TEST(Site, HasAnotherFingerprintForOtherBytesOnly) {
  const std::string one = read("A\n").fingerprint;
  EXPECT_EQ(one.size(), 32U);
  EXPECT_EQ(one, read("A\n").fingerprint);
  EXPECT_NE(one, read("A \n").fingerprint);
}

}  // namespace
}  // namespace mpm::config
