// SPDX-License-Identifier: Apache-2.0
//
// Through which root a server's configuration is read and written: the host's own wherever that is
// the same, and the server's where one file of it is mounted over for the server alone. And with
// whose rights.
#include "agent/service/site_source.h"

#include <csignal>
#include <filesystem>
#include <functional>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

// A process that lives in a mount namespace of its own, in which it has mounted what it was told.
class Apart {
 public:
  explicit Apart(const std::function<bool()>& mount_more) {
    std::array<int, 2> ready{};
    EXPECT_EQ(::pipe(ready.data()), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      const bool done = ::unshare(CLONE_NEWNS) == 0 &&
                        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                        mount_more();
      const char word = done ? 'y' : 'n';
      (void)!::write(ready[1], &word, 1);
      for (;;)
        ::pause();
    }
    char word = 'n';
    EXPECT_EQ(::read(ready[0], &word, 1), 1);
    is_ready_ = word == 'y';
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~Apart() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Apart(const Apart&) = delete;
  Apart& operator=(const Apart&) = delete;

  pid_t pid() const { return pid_; }
  bool is_ready() const { return is_ready_; }

 private:
  pid_t pid_ = 0;
  bool is_ready_ = false;
};

bool mount_over(const std::string& from, const std::string& to) {
  return ::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) == 0;
}

class RootOfAServer : public testing::Test {
 protected:
  RootOfAServer() {
    dir_.write("apache2/apache2.conf", "Include mods-enabled/mpm_event.conf\n");
    dir_.write("apache2/mods-enabled/mpm_event.conf", "MaxRequestWorkers 150\n");
    dir_.write("elsewhere/more.conf", "");
    dir_.write("tmp/file", "");
    dir_.write("other.conf", "MaxRequestWorkers 400\n");
    dir_.write("others/mpm_event.conf", "MaxRequestWorkers 400\n");
  }
  std::string root_seen(const std::function<bool()>& mount_more) const {
    const Apart server(mount_more);
    if (!server.is_ready()) return "no mount namespace without privileges";
    Target target;
    target.pid = server.pid();
    target.server_root = dir_ / "apache2";
    target.config_file = dir_ / "apache2/apache2.conf";
    const std::string root = root_of(ProcFs(), target);
    return root == fmt::format("/proc/{}/root", server.pid()) ? "its own" : root;
  }

  const TempDir dir_;
};

TEST_F(RootOfAServer, IsTheHostsWhereAllIsTheSame) {
  if (::geteuid() != 0) GTEST_SKIP() << "no mount namespace without privileges";
  EXPECT_EQ(root_seen([] { return true; }), "");
  // As PrivateTmp= and ProtectSystem= do it: another folder in another place, and the same mounted
  // once more.
  EXPECT_EQ(root_seen([&] { return mount_over(dir_ / "others", dir_ / "tmp"); }), "");
  EXPECT_EQ(root_seen([&] { return mount_over(dir_ / "apache2", dir_ / "apache2"); }), "");
}

TEST_F(RootOfAServer, IsItsOwnWhereItHasOneFileOfItsOwn) {
  if (::geteuid() != 0) GTEST_SKIP() << "no mount namespace without privileges";
  const std::string event = dir_ / "apache2/mods-enabled/mpm_event.conf";
  EXPECT_EQ(root_seen([&] { return mount_over(dir_ / "other.conf", event); }), "its own");
  EXPECT_EQ(root_seen([&] { return mount_over(dir_ / "others", dir_ / "apache2/mods-enabled"); }),
            "its own");
  EXPECT_EQ(
      root_seen([&] { return mount_over(dir_ / "other.conf", dir_ / "elsewhere/more.conf"); }),
      "its own");
  EXPECT_EQ(
      root_seen([&] { return mount_over(dir_ / "other.conf", dir_ / "apache2/apache2.conf"); }),
      "its own");
}

// A server of user 33 over a tree that stands for /proc, and what may have its number later.
class ReaderOfAServer : public testing::Test {
 protected:
  ReaderOfAServer() {
    dir_.write("stat", "cpu 1 1 1 1 1 1 1 1\ncpu0 1\nbtime 1700000000\n");
    process({});
    target_.pid = 10;
    target_.binary = "/usr/sbin/apache2";
    target_.started = ProcFs(dir_.path()).started(10).value();
    target_.start_ticks = 100;
  }
  struct Process {
    int user = 33;
    int real_user = 33;
    int start_ticks = 100;
    std::string program = "/usr/sbin/apache2";
  };
  void process(const Process& its) const {
    dir_.write("10/stat", fmt::format("10 (apache2) S 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 {} 0\n",
                                      its.start_ticks));
    dir_.write("10/status", fmt::format("Uid:\t{0}\t{1}\t{1}\t{1}\nGid:\t33\t33\t33\t33\n"
                                        "Groups:\t33 4 \n",
                                        its.real_user, its.user));
    dir_.write("10/environ", std::string("NAME=value") + '\0');
    std::filesystem::remove(dir_ / "10/exe");
    std::filesystem::create_symlink(its.program, dir_ / "10/exe");
  }
  FileReader reader() const { return reader_of(ProcFs(dir_.path()), target_); }
  bool has_environment() const {
    return !site_options(target_, ProcFs(dir_.path())).environment.empty();
  }

  const FileReader nobody_{65534, 65534, {}};
  const TempDir dir_;
  Target target_;
};

TEST_F(ReaderOfAServer, IsItsUser) {
  EXPECT_EQ(reader(), (FileReader{33, 33, {33, 4}}));
  EXPECT_TRUE(has_environment());
  // As an upgrade leaves it.
  process({.program = "/usr/sbin/apache2 (deleted)"});
  EXPECT_EQ(reader().user, 33U);
}

// The clock of a host is often set soon after its servers have started.
TEST_F(ReaderOfAServer, IsItsUserAlsoUnderAClockThatIsSet) {
  dir_.write("stat", "cpu 1 1 1 1 1 1 1 1\ncpu0 1\nbtime 1700090000\n");
  EXPECT_EQ(reader(), (FileReader{33, 33, {33, 4}}));
  EXPECT_TRUE(has_environment());
}

// Root's process, which has the number by now of one that named files for itself.
TEST_F(ReaderOfAServer, IsNobodyWhereAnotherProcessHasItsNumber) {
  process({.user = 0, .real_user = 0, .start_ticks = 101});
  EXPECT_EQ(reader(), nobody_);
  EXPECT_FALSE(has_environment());
}

// As sudo is root's after its first steps.
TEST_F(ReaderOfAServer, IsNobodyWhereItBecameAnotherProgram) {
  process({.user = 0, .real_user = 0, .program = "/usr/bin/sudo"});
  EXPECT_EQ(reader(), nobody_);
  EXPECT_FALSE(has_environment());
}

TEST_F(ReaderOfAServer, IsNobodyInASetUidProgramOrWhenItHasGone) {
  process({.user = 0});
  EXPECT_EQ(reader(), nobody_);
  std::filesystem::remove_all(dir_ / "10");
  EXPECT_EQ(reader(), nobody_);
}

}  // namespace
}  // namespace mpm
