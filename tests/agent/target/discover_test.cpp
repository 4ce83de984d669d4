// SPDX-License-Identifier: Apache-2.0
//
// Who is a server and who is not, over a tree that stands for /proc.
#include "agent/target/discover.h"

#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "agent/target/identify.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

constexpr const char* kShared = "7f00-7f10 rw-s 00000000 00:01 9 /dev/zero (deleted)\n";
constexpr const char* kMpm = "7f20-7f30 r-xp 00000000 08:01 9 /usr/lib/mod_mpm_event.so\n";

class ProcTree : public ::testing::Test {
 protected:
  ProcTree() {
    dir_.write("proc/stat", "cpu 1 1 1 1 1 1 1 1\ncpu0 1\nbtime 1700000000\n");
    dir_.write("proc/self/mountinfo", "");
    dir_.write("httpd-binary", std::string("Apache/2.4.62 (Unix)\0 -D HTTPD_ROOT=\"/opt/httpd\"\0"
                                           " -D SERVER_CONFIG_FILE=\"conf/httpd.conf\"\0",
                                           82));
    dir_.write("other-binary", "nothing of it");
  }

  void process(int pid, int parent, const std::string& comm, const std::string& maps,
               const std::string& program = "httpd-binary",
               const std::vector<std::string>& arguments = {"/opt/httpd/bin/httpd"},
               unsigned flags = 0) {
    const std::string name = fmt::format("proc/{}/", pid);
    dir_.write(name + "stat",
               fmt::format("{} ({}) S {} 1 1 0 -1 {} 0 0 0 0 1 1 0 0 20 0 1 0 {} 0\n", pid, comm,
                           parent, flags, 100 * pid));
    dir_.write(name + "maps", maps);
    std::string line;
    for (const std::string& argument : arguments)
      line += argument + '\0';
    dir_.write(name + "cmdline", line);
    dir_.write(name + "cgroup", "0::/system.slice/httpd.service\n");
    std::filesystem::create_directories(dir_ / (name + "fd"));
    std::filesystem::create_symlink(dir_ / program, dir_ / (name + "exe"));
  }

  struct Probe final : ScoreboardProbe {
    Result<std::vector<std::int32_t>> children(std::int32_t) const override {
      return std::vector<std::int32_t>{11, 12};
    }
  };

  Result<std::vector<Target>> found() {
    return discover(ProcFs(dir_ / "proc"), Probe(), recognizer_);
  }

  Result<Target> of(std::int32_t pid) {
    return target_of(ProcFs(dir_ / "proc"), Probe(), recognizer_, pid);
  }

  TempDir dir_;
  Recognizer recognizer_;
};

TEST_F(ProcTree, AServerIsKnownByWhatItMaps) {
  process(10, 1, "webserver", std::string(kShared) + kMpm, "httpd-binary",
          {"/opt/httpd/bin/httpd", "-D", "BIG", "-f", "conf/big.conf"});
  process(11, 10, "webserver", std::string(kShared) + kMpm);
  process(12, 10, "webserver", std::string(kShared) + kMpm);
  const auto targets = found();
  ASSERT_TRUE(targets) << targets.error().what;
  ASSERT_EQ(targets->size(), 1U);
  const Target& target = targets->front();
  EXPECT_EQ(target.pid, 10);
  EXPECT_EQ(target.mpm, Mpm::Event);
  EXPECT_EQ(target.version, "2.4.62");
  EXPECT_EQ(target.server_root, "/opt/httpd");
  EXPECT_EQ(target.config_file, "/opt/httpd/conf/big.conf");
  EXPECT_EQ(target.unit, "httpd.service");
  EXPECT_EQ(target.children, 2);
  EXPECT_TRUE(target.losses.empty()) << target.losses.front();
}

TEST_F(ProcTree, S24_LoggersScriptsAndOtherProgramsAreNone) {
  process(10, 1, "httpd", std::string(kShared) + kMpm);
  process(20, 10, "rotatelogs", "", "other-binary");
  process(21, 1, "apache2ctl", "", "other-binary");
  process(22, 1, "postgres", kShared, "other-binary");
  process(23, 1, "httpd", "", "other-binary");  // called so, and maps nothing
  const auto targets = found();
  ASSERT_EQ(targets->size(), 1U);
  EXPECT_EQ(targets->front().pid, 10);
}

TEST_F(ProcTree, TwoServersOfOneProgramAreTwo) {
  process(10, 1, "httpd", std::string(kShared) + kMpm);
  process(11, 10, "httpd", std::string(kShared) + kMpm);
  process(30, 1, "httpd", std::string(kShared) + kMpm);
  const auto targets = found();
  ASSERT_EQ(targets->size(), 2U);
  EXPECT_EQ((*targets)[1].pid, 30);
}

TEST_F(ProcTree, OnlyThoseThatAreNotKnownAreDescribed) {
  process(10, 1, "httpd", std::string(kShared) + kMpm);
  process(11, 10, "httpd", std::string(kShared) + kMpm);
  process(12, 11, "httpd", std::string(kShared) + kMpm);
  process(20, 1, "httpd", std::string(kShared) + kMpm);
  const auto others = discover(ProcFs(dir_ / "proc"), Probe(), recognizer_, {10});
  ASSERT_TRUE(others);
  ASSERT_EQ(others->size(), 1U) << "nor are a known one's child and what that forked servers";
  EXPECT_EQ(others->front().pid, 20);
}

TEST_F(ProcTree, ABuiltInMpmIsKnownByTheBinary) {
  dir_.write("static-binary", std::string("\0 -D HTTPD_ROOT=\"/s\"\0worker.c\0", 31));
  process(10, 1, "httpd", kShared, "static-binary");
  const auto targets = found();
  ASSERT_EQ(targets->size(), 1U);
  EXPECT_EQ(targets->front().mpm, Mpm::Worker);
}

// Reading programs of many megabytes every few seconds was most of what an agent cost.
TEST_F(ProcTree, AProgramIsReadOnceUntilItsFileChanges) {
  const ProcFs proc(dir_ / "proc");
  process(22, 1, "postgres", kShared, "other-binary");
  const auto is_httpd = [&] { return recognizer_.binary(proc, 22).value().has_value(); };
  EXPECT_FALSE(is_httpd());
  std::filesystem::remove(dir_ / "other-binary");
  std::filesystem::copy(dir_ / "httpd-binary", dir_ / "other-binary");
  EXPECT_TRUE(is_httpd());
}

TEST_F(ProcTree, AProgramThatIsTooLargeForAnHttpdIsNone) {
  dir_.write("large-binary", "");
  std::filesystem::resize_file(dir_ / "large-binary", std::uintmax_t{1} << 30);
  process(22, 1, "browser", kShared, "large-binary");
  const auto facts = recognizer_.binary(ProcFs(dir_ / "proc"), 22);
  ASSERT_TRUE(facts) << facts.error().what;
  EXPECT_FALSE(*facts);
}

TEST_F(ProcTree, WhereItsProgramCannotBeReadTheOneThatItsCommandLineNamesIs) {
  process(10, 1, "httpd", std::string(kShared) + kMpm, "none", {dir_ / "httpd-binary"});
  const auto targets = found();
  ASSERT_EQ(targets->size(), 1U);
  EXPECT_EQ(targets->front().version, "2.4.62");
  EXPECT_EQ(targets->front().losses.size(), 1U);
}

// Anybody may call a process so; whoever opened it would wait for one who writes.
TEST_F(ProcTree, APipeAsTheNameOfAProgramIsNotWaitedFor) {
  ASSERT_EQ(::mkfifo((dir_ / "pipe").c_str(), 0666), 0);
  process(10, 1, "httpd", std::string(kShared) + kMpm, "none", {dir_ / "pipe"});
  const auto targets = found();
  ASSERT_EQ(targets->size(), 1U);
  EXPECT_EQ(targets->front().version, "");
}

TEST_F(ProcTree, AProcessThatIsKnownIsNotLookedIntoAgain) {
  process(10, 1, "httpd", std::string(kShared) + kMpm);
  ASSERT_EQ(found()->size(), 1U);
  dir_.write("proc/10/maps", "");
  EXPECT_EQ(found()->size(), 1U) << "its map was read again";
  dir_.write("proc/10/stat", "10 (httpd) S 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 4711 0\n");
  EXPECT_TRUE(found()->empty()) << "another process has its number now";
}

TEST_F(ProcTree, AProcessThatRunsAnotherProgramIsLookedIntoAgain) {
  process(10, 1, "httpd", std::string(kShared) + kMpm);
  ASSERT_EQ(found()->size(), 1U);
  dir_.write("proc/10/maps", "");
  std::filesystem::remove(dir_ / "proc/10/exe");
  std::filesystem::create_symlink(dir_ / "other-binary", dir_ / "proc/10/exe");
  EXPECT_TRUE(found()->empty());
}

// Reading the maps of all that runs on a host, each few seconds, was a fifth of an agent's work.
TEST_F(ProcTree, WhatIsNoServerIsLookedIntoEverMoreRarely) {
  const auto rounds_until_found = [&](int rounds_before) {
    Recognizer recognizer;
    const ProcFs proc(dir_ / "proc");
    dir_.write("proc/10/maps", "");
    for (int i = 0; i < rounds_before; ++i)
      EXPECT_TRUE(discover(proc, Probe(), recognizer)->empty());
    dir_.write("proc/10/maps", std::string(kShared) + kMpm);
    int rounds = 1;
    while (rounds < 100 && discover(proc, Probe(), recognizer)->empty())
      ++rounds;
    return rounds;
  };
  process(10, 1, "httpd", "");
  EXPECT_EQ(rounds_until_found(1), 1);
  EXPECT_EQ(rounds_until_found(2), 1);
  EXPECT_EQ(rounds_until_found(5), 4);
  EXPECT_EQ(rounds_until_found(9), 8);
  EXPECT_EQ(rounds_until_found(17), 16);
  EXPECT_EQ(rounds_until_found(33), 16);
  EXPECT_EQ(rounds_until_found(40), 9);
}

TEST_F(ProcTree, AThreadOfTheKernelIsReadOnce) {
  constexpr unsigned kThread = 0x200000;
  process(10, 2, "kworker/0:1", std::string(kShared) + kMpm, "httpd-binary", {""}, kThread);
  EXPECT_TRUE(found()->empty());
  std::filesystem::remove_all(dir_ / "proc/10");
  process(10, 1, "httpd", std::string(kShared) + kMpm);
  EXPECT_TRUE(found()->empty()) << "it was not read again";
  std::filesystem::remove_all(dir_ / "proc/10");
  EXPECT_TRUE(found()->empty());
  process(10, 1, "httpd", std::string(kShared) + kMpm);
  EXPECT_EQ(found()->size(), 1U) << "the thread had ended meanwhile";
}

TEST_F(ProcTree, WhoeverIsAskedForByItsPidIsLookedInto) {
  process(10, 1, "httpd", "");
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(found()->empty());
  dir_.write("proc/10/maps", std::string(kShared) + kMpm);
  EXPECT_TRUE(found()->empty());
  EXPECT_TRUE(of(10));
}

TEST_F(ProcTree, AChildStandsForItsServer) {
  process(10, 1, "httpd", std::string(kShared) + kMpm);
  process(11, 10, "httpd", std::string(kShared) + kMpm);
  EXPECT_EQ(of(11)->pid, 10);
}

TEST_F(ProcTree, SaysWhatAProcessIsThatIsNoServer) {
  process(22, 1, "postgres", kShared, "other-binary");
  const auto other = of(22);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, Error::Kind::Malformed);
  EXPECT_NE(other.error().what.find("postgres"), std::string::npos);
  EXPECT_EQ(of(99).error().kind, Error::Kind::NotFound);
}

TEST(Names, OfHttpdsAreKnownWhereNothingElseIs) {
  for (const char* name : {"httpd", "apache2", "httpd2-prefork", "httpd.worker", "apache"})
    EXPECT_TRUE(called_like_httpd(name)) << name;
  for (const char* name : {"apache2ctl", "httpdump", "lighttpd", "rotatelogs", ""})
    EXPECT_FALSE(called_like_httpd(name)) << name;
}

}  // namespace
}  // namespace mpm
