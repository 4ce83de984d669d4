// SPDX-License-Identifier: Apache-2.0
//
// php-fpm's configuration over several files, as php-fpm8.2 -tt says that it takes them.
#include "agent/php/fpm_configuration.h"

#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/memory_files.h"

namespace mpm {
namespace {

using config::MemoryFiles;

const FpmStart kStart{"/usr/local/etc/php-fpm.conf", "/usr/local"};

// "www /run/a.sock 5, other 9000 7"
std::string pools(const MemoryFiles& files, const FpmStart& start = kStart) {
  std::string text;
  for (const PhpPool& pool : fpm_pools(start, files))
    text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", pool.name, pool.listen,
                        pool.max_children);
  return text;
}
std::string pools(const std::string& text) {
  return pools(MemoryFiles{{kStart.file, text}});
}

TEST(FpmConfiguration, APoolIsASectionThatIsNotGlobal) {
  EXPECT_EQ(pools("[global]\npid = /run/x\n[www]\nlisten = 9000\npm.max_children = 5\n"),
            "www 9000 5");
  EXPECT_EQ(pools("listen = 9000\n[global]\nlisten = 9000\n"), "");
  EXPECT_EQ(pools("[a]\npm.max_children = many"), "a  0");
}

// Beside what php-fpm8.2 -tt prints of them.
TEST(FpmConfiguration, FixturesAreReadAsPhpFpmReadsThem) {
  const auto fixture = [](const std::string& name) {
    std::ifstream file(MPM_TESTS "/fixtures/php-fpm/" + name);
    return pools(std::string(std::istreambuf_iterator<char>(file), {}));
  };
  EXPECT_EQ(fixture("www.conf"), "www /run/php/php8.2-fpm.sock 5");
  EXPECT_EQ(fixture("many.conf"), "a /run/a;x.sock 7, b 127.0.0.1:9001 30");
  EXPECT_EQ(fixture("included.conf"), "c /srv/run/c.sock 4, d 9000 2, e [::1]:9002 1");
}

TEST(FpmConfiguration, TheLastValueCountsAndTheNameStandsInIt) {
  EXPECT_EQ(pools("[a]\nlisten = \"/run/$pool/$pool.sock\"\npm.max_children=1\n"
                  "pm.max_children = 30\n[b]\nlisten = 9000"),
            "a /run/a/a.sock 30, b 9000 0");
}

TEST(FpmConfiguration, APoolMayBeNamedAgainInOtherLetters) {
  EXPECT_EQ(pools("[www]\nlisten = 9000\n[b]\nlisten = 9001\n[WWW]\nPM.Max_Children = 3\n"),
            "www 9000 3, b 9001 0");
}

TEST(FpmConfiguration, IncludesAreBelowThePrefixAndSorted) {
  EXPECT_EQ(pools({{kStart.file, "include=etc/php-fpm.d/*.conf\n"},
                   {"/usr/local/etc/php-fpm.d/b.conf", "[b]\nlisten=2"},
                   {"/usr/local/etc/php-fpm.d/a.conf", "[a]\nlisten=1"},
                   {"/usr/local/etc/php-fpm.d/c.conf.off", "[c]\nlisten=3"},
                   {"/usr/local/etc/php-fpm.d/.hidden.conf", "[d]\nlisten=4"},
                   {"/etc/php-fpm.d/host.conf", "[host]\nlisten=5"}}),
            "a 1 0, b 2 0");
}

TEST(FpmConfiguration, WithoutAPrefixWhatIsRelativeIsLeftOut) {
  const MemoryFiles files{
      {"/x/fpm.conf", "include=d/a.conf\ninclude=/d/a.conf\n[w]\nlisten=w.sock"},
      {"/d/a.conf", "[a]\nlisten=1"}};
  EXPECT_EQ(pools(files, {"/x/fpm.conf", std::nullopt}), "a 1 0, w  0");
  EXPECT_EQ(pools(files, {"fpm.conf", "/x"}), "") << "whose folder is told by nobody";
}

// What follows an include is of the pool that was the last in it.
TEST(FpmConfiguration, AnIncludeIsReadWhereItStands) {
  EXPECT_EQ(pools({{kStart.file,
                    "[a]\ninclude = /d/children.inc\nlisten = 1\ninclude = /d/b.conf\n"
                    "pm.max_children = 4\n"},
                   {"/d/children.inc", "pm.max_children = 3\n"},
                   {"/d/b.conf", "[b]\nlisten = 2\n"}}),
            "a 1 3, b 2 4");
}

TEST(FpmConfiguration, IncludesAreFiveFilesDeep) {
  MemoryFiles files{{kStart.file, "include = /2\n"}};
  for (int file = 2; file < 9; ++file)
    files.add(fmt::format("/{}", file),
              fmt::format("[p{}]\nlisten = {}\ninclude = /{}\n", file, file, file + 1));
  EXPECT_EQ(pools(files), "p2 2 0, p3 3 0, p4 4 0, p5 5 0");
}

TEST(FpmConfiguration, OneThatIncludesItselfManyTimesEnds) {
  std::string text;
  for (int line = 0; line < 100; ++line)
    text += "include = /usr/local/etc/*.conf\n";
  EXPECT_EQ(pools(text), "");
}

TEST(FpmConfiguration, ARelativeSocketIsBelowThePoolsPrefixOrThePrograms) {
  EXPECT_EQ(pools("[a]\nlisten = run/a.sock\n[b]\nprefix = /srv/$pool\nlisten = b.sock\n"
                  "[c]\nlisten = c.sock\nprefix = var\n[d]\nlisten = d:9000\nprefix = /srv\n"),
            "a /usr/local/run/a.sock 0, b /srv/b/b.sock 0, c /usr/local/var/c.sock 0, d d:9000 0");
}

TEST(FpmConfiguration, ALongLineOfVariablesIsNoSocket) {
  std::string text = "[" + std::string(10'000, 'n') + "]\nlisten = ";
  for (int times = 0; times < 100'000; ++times)
    text += "$pool";
  EXPECT_EQ(fpm_pools(kStart, MemoryFiles{{kStart.file, text}}).at(0).listen, "");
}

TEST(FpmConfiguration, ThePrefixIsAboveTheProgramsFolder) {
  EXPECT_EQ(fpm_prefix("/usr/local/sbin/php-fpm"), "/usr/local");
  EXPECT_EQ(fpm_prefix("/opt/php/bin/php-fpm"), "/opt/php");
  EXPECT_EQ(fpm_prefix("/sbin/php-fpm"), "");
  EXPECT_EQ(fpm_prefix("/opt/php-fpm"), std::nullopt);
}

}  // namespace
}  // namespace mpm
