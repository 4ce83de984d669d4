// SPDX-License-Identifier: Apache-2.0
//
// Through which root a server's configuration is read and written: the host's own wherever that is
// the same, and the server's where one file of it is mounted over for the server alone.
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

}  // namespace
}  // namespace mpm
