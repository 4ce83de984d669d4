// SPDX-License-Identifier: Apache-2.0
#include "agent/config/include.h"

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
using testing_site::lines;
using testing_site::read;
using testing_site::refusals;

testing_site::Texts found(const MemoryFiles& files, const std::string& pattern) {
  return find_included(IncludeRequest{pattern, false}, files).files;
}

TEST(Include, ReadsAGlobInTheOrderOfTheBytes) {
  const MemoryFiles files{{"/d/a", ""},    {"/d/Z", ""}, {"/d/9-x", ""},
                          {"/d/10-x", ""}, {"/d/_", ""}, {"/d/.hidden", ""}};
  EXPECT_THAT(found(files, "/d/*"), ElementsAre("/d/10-x", "/d/9-x", "/d/Z", "/d/_", "/d/a"));
}

TEST(Include, ReadsADirectoryWithAllThatIsInIt) {
  const MemoryFiles files{{"/d/.hidden", ""}, {"/d/x.conf~", ""}, {"/d/e/deep", ""}};
  EXPECT_THAT(found(files, "/d"), ElementsAre("/d/.hidden", "/d/e/deep", "/d/x.conf~"));
  EXPECT_THAT(found(files, "/*"), ElementsAre("/d/.hidden", "/d/e/deep", "/d/x.conf~"));
}

TEST(Include, GoesThroughNoLinkInTheMiddleOfAGlob) {
  MemoryFiles files{{"/d/real/x.conf", ""}, {"/other/x.conf", ""}};
  files.add_link("/d/link", "/other");
  EXPECT_THAT(found(files, "/d/*/x.conf"), ElementsAre("/d/real/x.conf"));
  EXPECT_THAT(found(files, "/d/*"), ElementsAre("/d/link/x.conf", "/d/real/x.conf"));
}

TEST(Include, NeedsAMatchInEachDirectoryOfAGlob) {
  const MemoryFiles files{{"/d/a/x.conf", ""}, {"/d/b/y.conf", ""}};
  const auto result = find_included(IncludeRequest{"/d/*/[x].conf", false}, files);
  EXPECT_THAT(result.files, ElementsAre("/d/a/x.conf"));
  EXPECT_THAT(result.refusal, HasSubstr("wildcard '[x].conf' in /d/b"));
  EXPECT_THAT(find_included(IncludeRequest{"/d/*/[x].conf", true}, files).refusal, IsEmpty());
}

TEST(Include, NeedsAWildcardForWhatIsOptionalBefore2430) {
  SiteOptions options = event_options();
  const std::string text = "IncludeOptional none\nIncludeOptional no*\n";
  options.version = "2.4.30";
  EXPECT_THAT(refusals(read(text, options)), IsEmpty());
  options.version = "2.4.29";
  EXPECT_THAT(refusals(read(text, options)), ElementsAre(HasSubstr("1: ")));
}

TEST(Include, RefusesWhatIsMissingUnlessItIsOptional) {
  MemoryFiles files;
  files.add_link("/R/dangling", "/nowhere");
  EXPECT_THAT(refusals(read("Include none\nInclude dangling\nInclude no/*\n"
                            "IncludeOptional none\nIncludeOptional dang*\nIncludeOptional no/*\n",
                            event_options(), files)),
              ElementsAre(HasSubstr("1: "), HasSubstr("2: "), HasSubstr("3: ")));
}

TEST(Include, RefusesADirectoryThatLeadsBackToItself) {
  MemoryFiles files{{"/d/x", ""}};
  files.add_link("/d/again", "/d");
  EXPECT_THAT(find_included(IncludeRequest{"/d", false}, files).refusal,
              HasSubstr("20 directories deep"));
}

TEST(Include, IsRelativeToServerRootAsSetSoFar) {
  MemoryFiles files{{"/R/a", "A\n"}, {"/S/a", "B\n"}};
  EXPECT_THAT(lines(read("Include a\nServerRoot \"/S\"\nInclude a\n", event_options(), files)),
              ElementsAre("A", "B"));
}

TEST(Include, KeepsTheDepthOfItsSectionAndMayNotCloseIt) {
  MemoryFiles files{{"/R/in", "A\n</Directory>\n"}};
  const Site site = read("<Directory /x>\nInclude in\n</Directory>\n", event_options(), files);
  ASSERT_EQ(site.directives.size(), 2U);
  EXPECT_EQ(site.directives[1].depth, 1U);
  EXPECT_EQ(site.directives[1].file, "/R/in");
  EXPECT_THAT(refusals(site), ElementsAre(HasSubstr("2: </Directory> closes a section")));
}

TEST(Include, StopsWhenAFileIncludesItself) {
  const Site site = read("A\nInclude httpd.conf\nInclude httpd.conf\n");
  EXPECT_THAT(refusals(site), ElementsAre(HasSubstr("128 levels deep")));
  EXPECT_EQ(site.directives.size(), 129U);
  EXPECT_THAT(site.files, ElementsAre("/R/httpd.conf"));
}

TEST(Include, ExecutesAFileTwiceWhenItIsIncludedTwice) {
  MemoryFiles files{{"/R/a", "A\n"}};
  const Site site = read("Include a\nInclude /R/../R//a\n", event_options(), files);
  EXPECT_THAT(lines(site), ElementsAre("A", "A"));
  EXPECT_THAT(site.files, ElementsAre("/R/httpd.conf", "/R/a"));
}

TEST(Include, EndsAnActiveConditionWithItsFile) {
  MemoryFiles files{{"/R/a", "<IfModule event.c>\nA\n"}};
  EXPECT_THAT(lines(read("Include a\nB\n", event_options(), files)), ElementsAre("A", "B"));
}

}  // namespace
}  // namespace mpm::config
