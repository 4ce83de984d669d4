// SPDX-License-Identifier: Apache-2.0
#include "agent/config/site.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "agent/config/glob.h"
#include "tests/support/memory_files.h"

namespace mpm::config {
namespace {

using Strings = std::vector<std::string>;

SiteOptions options() {
  SiteOptions result;
  result.server_root = "/R";
  result.config_file = "/R/httpd.conf";
  result.version = "2.4.62";
  result.builtin_sources = {"core.c", "mod_so.c", "mod_version.c", "event.c"};
  return result;
}

Site read(std::map<std::string, std::string> files, const SiteOptions& with = options()) {
  return read_site(with, MemoryFiles(std::move(files)));
}

// "name args" of what is active.
Strings active(const Site& site) {
  Strings result;
  for (const ActiveDirective& node : site.directives)
    result.push_back(node.name + " " + node.args);
  return result;
}

std::string refusal(const Site& site) {
  if (site.problems.empty() || !site.problems.back().refused) return {};
  return site.problems.back().file + ":" + std::to_string(site.problems.back().line) + ": " +
         site.problems.back().text;
}

TEST(Site, DecidesConditionsAtThePointOfReading) {
  EXPECT_EQ(
      active(read({{"/R/httpd.conf",
                    "<IfModule ssl_module>\nA 1\n</IfModule>\n"
                    "LoadModule ssl_module modules/mod_ssl.so\n"
                    "<IfModule mod_ssl.c>\nB 1\n</IfModule>\n"
                    "<IfModule !ssl_module>\nC 1\n</IfModule>\n"
                    "<IfDefine X>\nD 1\n</IfDefine>\nDefine X\n<IfDefine X>\nE 1\n</IfDefine>\n"
                    "<IfVersion >= 2.4.60>\nF 1\n</IfVersion>\n"
                    "<IfVersion < 2.4>\nG 1\n</IfVersion>\n"
                    "<IfFile other.conf>\nH 1\n</IfFile>\n"
                    "<IfDirective ServerName>\nI 1\n</IfDirective>\n"},
                   {"/R/other.conf", ""}})),
      (Strings{"B 1", "E 1", "F 1", "H 1", "I 1"}));
}

TEST(Site, ReadsIncludesInHttpdsOrder) {
  EXPECT_EQ(active(read({{"/R/httpd.conf", "Include d/*.conf\nIncludeOptional none/*.conf\nZ 1\n"},
                         {"/R/d/9-b.conf", "B 1\n"},
                         {"/R/d/10-a.conf", "A 1\n"},
                         {"/R/d/.hidden.conf", "H 1\n"},
                         {"/R/d/_u.conf", "U 1\n"},
                         {"/R/d/x.conf~", "N 1\n"}})),
            (Strings{"A 1", "B 1", "U 1", "Z 1"}));
}

TEST(Site, TakesEverythingInADirectory) {
  EXPECT_EQ(active(read({{"/R/httpd.conf", "Include d\n"},
                         {"/R/d/.hidden", "H 1\n"},
                         {"/R/d/sub/x", "S 1\n"},
                         {"/R/d/a.conf~", "T 1\n"}})),
            (Strings{"H 1", "T 1", "S 1"}));
}

TEST(Site, ReplacesVariablesOnceAndInOrder) {
  SiteOptions with = options();
  with.environment = {{"PORT", "80"}};
  const Site site = read({{"/R/httpd.conf",
                           "A ${port}\nDefine N 5\nA ${n}\nUnDefine N\nA ${N}\nA ${PORT}\n"
                           "Define P ${PORT}80\nA ${P}\n"}},
                         with);
  EXPECT_EQ(active(site), (Strings{"A ${port}", "A 5", "A ${N}", "A 80", "A 8080"}));
  EXPECT_EQ(site.problems.size(), 2U);
}

TEST(Site, UnfoldsMacros) {
  const Site site = read({{"/R/httpd.conf",
                           "LoadModule macro_module x.so\n<Macro M $n @q>\n# gone\nA $n @q\n"
                           "</Macro>\nUse m 1 \"x y\"\nUse M 2 z\n"}});
  EXPECT_EQ(active(site), (Strings{"A 1 \"x y\"", "A 2 \"z\""}));
  EXPECT_EQ(site.directives[0].first_line, 6);
  EXPECT_FALSE(site.directives[0].macro.empty());
}

TEST(Site, ReadsArgumentsOfTheCommandLineAroundTheFiles) {
  SiteOptions with = options();
  with.before = {"A 0"};
  with.after = {"A 2"};
  with.defines = {"ON"};
  EXPECT_EQ(active(read({{"/R/httpd.conf", "<IfDefine ON>\nA 1\n</IfDefine>\n"}}, with)),
            (Strings{"A 0", "A 1", "A 2"}));
}

TEST(Site, CountsTheSectionsAroundADirective) {
  const Site site = read({{"/R/httpd.conf",
                           "<VirtualHost *>\n<IfModule core.c>\nA 1\n</IfModule>\n</VirtualHost>\n"
                           "B 1\n"}});
  EXPECT_EQ(site.directives[0].depth, 0);
  EXPECT_EQ(site.directives[1].depth, 1);
  EXPECT_EQ(site.directives[2].depth, 0);
}

TEST(Site, StopsWhereHttpdRefuses) {
  EXPECT_EQ(refusal(read({{"/R/httpd.conf", "A 1\nInclude gone.conf\n"}})),
            "/R/httpd.conf:2: Could not open configuration file /R/gone.conf: No such file or "
            "directory");
  EXPECT_EQ(refusal(read({{"/R/httpd.conf", "<Directory /x>\nA 1\n"}})),
            "/R/httpd.conf:2: <Directory> was not closed.");
  EXPECT_EQ(refusal(read({{"/R/httpd.conf", "<IfModule x.c>\nA 1\n"}})),
            "/R/httpd.conf:1: Expected </IfModule> before end of configuration");
  EXPECT_EQ(refusal(read({{"/R/httpd.conf", "</Directory>\n"}})),
            "/R/httpd.conf:1: </Directory> without matching <Directory> section");
}

TEST(Site, AnIncludeThatIncludesItselfEnds) {
  EXPECT_NE(refusal(read({{"/R/httpd.conf", "Include httpd.conf\n"}})).find("include depth"),
            std::string::npos);
}

TEST(Site, AMissingMainFileIsSaid) {
  EXPECT_NE(refusal(read({})).find("/R/httpd.conf"), std::string::npos);
}

TEST(Glob, MatchesAsHttpdsDoes) {
  EXPECT_TRUE(matches("*.conf", "a.conf"));
  EXPECT_FALSE(matches("*.conf", ".a.conf"));
  EXPECT_TRUE(matches(".*", ".a"));
  EXPECT_TRUE(matches("[a-c]?", "b1"));
  EXPECT_FALSE(matches("[!a-c]?", "b1"));
  EXPECT_TRUE(matches("[^a-c]?", "d1"));
  EXPECT_TRUE(matches("a*b*c", "axxbyyc"));
  EXPECT_FALSE(matches("a*b*c", "axxbyy"));
  EXPECT_TRUE(is_pattern("[c]onf.d"));
  EXPECT_FALSE(is_pattern("a\\*b"));
}

}  // namespace
}  // namespace mpm::config
