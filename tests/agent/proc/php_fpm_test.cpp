// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/php_fpm.h"

#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "agent/proc/php_fpm_text.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

// As Debian's php8.2-fpm has it, shortened.
constexpr const char* kMain =
    "; All relative paths are relative to the prefix\n[global]\npid = /run/php/php8.2-fpm.pid\n"
    ";process.max = 128\ninclude=/srv/fixture/fpm/pool.d/*.conf\n";
constexpr const char* kPool =
    "[www]\nuser = www-data\nlisten = /run/php/php8.2-fpm.sock\n;listen.backlog = 511\n"
    "pm = dynamic\npm.max_children = 5 ; for each\npm.start_servers = 2\n";
// Of a real host while five clients were connected to a pool of two processes.
constexpr const char* kUnix =
    "Num       RefCount Protocol Flags    Type St Inode Path\n"
    "000000006b5a7679: 00000003 00000000 00000000 0001 03 4113164 /run/php/php8.2-fpm.sock\n"
    "00000000991353be: 00000002 00000000 00010000 0001 01 4113162 /run/php/php8.2-fpm.sock\n"
    "00000000f64d1805: 00000003 00000000 00000000 0001 02     0 /run/php/php8.2-fpm.sock\n"
    "00000000e5b7bef5: 00000003 00000000 00000000 0001 02     0 /run/php/php8.2-fpm.sock\n"
    "00000000989f7e8d: 00000003 00000000 00000000 0001 03 4113165 /run/php/php8.2-fpm.sock\n"
    "00000000fa859f0e: 00000003 00000000 00000000 0001 02     0 /run/php/php8.2-fpm.sock\n"
    "00000000aa859f0e: 00000003 00000000 00000000 0001 02     0 /run/php/other.sock\n"
    "00000000ba859f0e: 00000003 00000000 00000000 0001 03 4113170\n";

TEST(PhpFpmText, APoolIsASectionThatIsNotGlobal) {
  EXPECT_TRUE(parse_php_fpm(kMain).pools.empty());
  EXPECT_EQ(parse_php_fpm(kMain).includes,
            std::vector<std::string>{"/srv/fixture/fpm/pool.d/*.conf"});
  const PhpFpmText text = parse_php_fpm(kPool);
  ASSERT_EQ(text.pools.size(), 1U);
  EXPECT_EQ(text.pools[0].name, "www");
  EXPECT_EQ(text.pools[0].listen, "/run/php/php8.2-fpm.sock");
  EXPECT_EQ(text.pools[0].max_children, 5);
}

TEST(PhpFpmText, TheLastValueCountsAndTheNameStandsInIt) {
  const auto pools = parse_php_fpm(
                         "[a]\r\nlisten = \"/run/$pool.sock\"\r\npm.max_children=1\r\n"
                         "pm.max_children = 30\r\n[b]\nlisten = 9000")
                         .pools;
  ASSERT_EQ(pools.size(), 2U);
  EXPECT_EQ(pools[0].listen, "/run/a.sock");
  EXPECT_EQ(pools[0].max_children, 30);
  EXPECT_EQ(pools[1].listen, "9000");
  EXPECT_EQ(pools[1].max_children, 0);
}

TEST(PhpFpmText, NonsenseIsNoPool) {
  for (const char* text : {"", "[", "[]", "=", "pm.max_children = 4", "\n\n;", "[global]\n= x"})
    EXPECT_TRUE(parse_php_fpm(text).pools.empty()) << text;
  EXPECT_EQ(parse_php_fpm("[a]\npm.max_children = many").pools.at(0).max_children, 0);
}

TEST(PhpFpmText, ProcessesAreKnownByTheirTitles) {
  EXPECT_EQ(php_fpm_file("php-fpm: master process (/etc/php-fpm.conf)"), "/etc/php-fpm.conf");
  EXPECT_EQ(php_fpm_file("php-fpm: master process ("), std::nullopt);
  EXPECT_EQ(php_fpm_file("php-fpm: pool www"), std::nullopt);
  EXPECT_EQ(php_fpm_pool("php-fpm: pool www"), "www");
  EXPECT_EQ(php_fpm_pool("/usr/sbin/php-fpm8.2"), std::nullopt);
}

TEST(PhpFpmText, WhoWaitsIsConnectingAndBelongsToNobody) {
  EXPECT_EQ(waiting_at(kUnix, "/run/php/php8.2-fpm.sock"), 3);
  EXPECT_EQ(waiting_at(kUnix, "/run/php/other.sock"), 1);
  EXPECT_EQ(waiting_at(kUnix, "/run/php"), 0);
  EXPECT_EQ(waiting_at("", "/run/php/other.sock"), 0);
}

// A host with a php-fpm of two processes, one of which serves.
class PhpFpm : public ::testing::Test {
 protected:
  PhpFpm() {
    dir_.write("10/task/10/children", "11 12 13");
    dir_.write("10/status", "Uid:\t0\t0\t0\t0\n");
    title(1, "/sbin/init");
    title(10, "php-fpm: master process (/srv/fixture/fpm/php-fpm.conf)");
    title(11, "php-fpm: pool www");
    title(12, "php-fpm: pool www");
    title(13, "php-fpm: pool gone");
    dir_.write("10/net/unix", kUnix);
    dir_.write("10/root/srv/fixture/fpm/php-fpm.conf", kMain);
    dir_.write("10/root/srv/fixture/fpm/pool.d/www.conf", kPool);
  }
  // The kernel gives a title with what is left of the command line it took the place of.
  void title(int pid, const std::string& text) const {
    dir_.write(fmt::format("{}/cmdline", pid), text + std::string(3, '\0'));
  }
  const TempDir dir_;
  const ProcFs proc_{dir_.path()};
};

TEST_F(PhpFpm, ItsPoolsAreReadAsItSeesThem) {
  const auto pools = php_pools(proc_);
  ASSERT_EQ(pools.size(), 1U);
  EXPECT_EQ(pools[0].name, "www");
  EXPECT_EQ(pools[0].max_children, 5);
  EXPECT_EQ(pools[0].children, 2);
  EXPECT_EQ(pools[0].waiting, 3);
}

// Anybody may call a process so, and have a file read that is not for everybody.
TEST_F(PhpFpm, OneOfAnyUsersIsNotBelieved) {
  dir_.write("10/status", "Uid:\t33\t33\t33\t33\n");
  EXPECT_TRUE(php_pools(proc_).empty());
}

// A set-uid program that anybody started by that name.
TEST_F(PhpFpm, OneThatSomebodyStartedWithRootsRightsIsNotBelieved) {
  dir_.write("10/status", "Uid:\t1000\t0\t0\t0\n");
  EXPECT_TRUE(php_pools(proc_).empty());
}

TEST_F(PhpFpm, APipeIsNotWaitedFor) {
  const std::string file = dir_ / "10/root/srv/fixture/fpm/php-fpm.conf";
  std::filesystem::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_TRUE(php_pools(proc_).empty());
}

TEST_F(PhpFpm, WhatCannotBeReadIsNoPool) {
  std::filesystem::remove_all(dir_ / "10/root");
  EXPECT_TRUE(php_pools(proc_).empty());
  std::filesystem::remove_all(dir_ / "10");
  EXPECT_TRUE(php_pools(proc_).empty());
}

}  // namespace
}  // namespace mpm
