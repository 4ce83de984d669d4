// SPDX-License-Identifier: Apache-2.0
//
// The php-fpms of a host, over a tree that stands for /proc: whose files are read, and through
// which root.
#include "agent/php/fpm.h"

#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/agent/php/net_unix.h"
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
// A host with a php-fpm of two processes, one of which serves.
class PhpFpms : public ::testing::Test {
 protected:
  PhpFpms() {
    dir_.write("10/task/10/children", "11 12 13");
    dir_.write("10/stat", "10 (php-fpm8.2) S 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 100 0\n");
    runs("/usr/sbin/php-fpm8.2");
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
  void runs(const std::string& program) const {
    std::filesystem::remove(dir_ / "10/exe");
    std::filesystem::create_symlink(program, dir_ / "10/exe");
  }
  std::vector<PhpPool> pools() const {
    std::vector<PhpPool> found;
    for (const PhpFpm& fpm : php_fpms(proc_))
      found.insert(found.end(), fpm.pools.begin(), fpm.pools.end());
    return found;
  }

  const TempDir dir_;
  const ProcFs proc_{dir_.path()};
};

TEST_F(PhpFpms, ItsPoolsAreReadAsItSeesThem) {
  const auto found = pools();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "www");
  EXPECT_EQ(found[0].max_children, 5);
  EXPECT_EQ(found[0].children, 2);
  EXPECT_EQ(found[0].waiting, 3);
}

TEST_F(PhpFpms, AQueueThatCannotBeReadIsUnknown) {
  std::filesystem::remove(dir_ / "10/net/unix");
  ASSERT_EQ(pools().size(), 1U);
  EXPECT_EQ(pools()[0].waiting, std::nullopt);
}

// Anybody may call a process so, and have a file read that is not for everybody.
TEST_F(PhpFpms, OneOfAnyUsersIsNotBelieved) {
  dir_.write("10/status", "Uid:\t33\t33\t33\t33\n");
  EXPECT_TRUE(pools().empty());
}

// A set-uid program that anybody started by that name.
TEST_F(PhpFpms, OneThatSomebodyStartedWithRootsRightsIsNotBelieved) {
  dir_.write("10/status", "Uid:\t1000\t0\t0\t0\n");
  EXPECT_TRUE(pools().empty());
}

// sudo is root's after its first steps, and has the title of who started it.
TEST_F(PhpFpms, AnotherProgramThatCallsItselfSoIsNotBelieved) {
  runs("/usr/bin/sudo");
  EXPECT_TRUE(pools().empty());
}

// As in a container: /etc of the host is another one.
TEST_F(PhpFpms, AnAbsoluteLinkLeadsToItsOwnFile) {
  std::filesystem::rename(dir_ / "10/root/srv/fixture/fpm", dir_ / "10/root/real");
  std::filesystem::create_symlink("/real", dir_ / "10/root/srv/fixture/fpm");
  ASSERT_EQ(pools().size(), 1U);
  // The same name outside is of somebody else.
  dir_.write("host/php-fpm.conf", "[host]\nlisten = 9000\n");
  std::filesystem::remove(dir_ / "10/root/real/php-fpm.conf");
  std::filesystem::create_symlink(dir_ / "host/php-fpm.conf", dir_ / "10/root/real/php-fpm.conf");
  EXPECT_TRUE(pools().empty());
}

// Of a host of that name, which the container's php-fpm never reads.
TEST_F(PhpFpms, AFileOfTheHostIsNoneOfItsOwn) {
  dir_.write("host.conf", "[host]\nlisten = 9000\n");
  title(10, "php-fpm: master process (" + (dir_ / "host.conf") + ")");
  EXPECT_TRUE(pools().empty());
}

TEST_F(PhpFpms, RelativeNamesAreBelowThePrefixOfTheProgram) {
  runs("/usr/local/sbin/php-fpm");
  title(10, "php-fpm: master process (/usr/local/etc/php-fpm.conf)");
  dir_.write("10/root/usr/local/etc/php-fpm.conf", "[global]\ninclude=etc/php-fpm.d/*.conf\n");
  dir_.write("10/root/usr/local/etc/php-fpm.d/www.conf", kPool);
  ASSERT_EQ(pools().size(), 1U);
}

TEST_F(PhpFpms, APipeIsNotWaitedFor) {
  const std::string file = dir_ / "10/root/srv/fixture/fpm/php-fpm.conf";
  std::filesystem::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_TRUE(pools().empty());
}

TEST_F(PhpFpms, WhatCannotBeReadIsNoPool) {
  std::filesystem::remove_all(dir_ / "10/root");
  EXPECT_TRUE(pools().empty());
  std::filesystem::remove_all(dir_ / "10");
  EXPECT_TRUE(pools().empty());
}

}  // namespace
}  // namespace mpm
