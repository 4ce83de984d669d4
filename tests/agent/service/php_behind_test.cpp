// SPDX-License-Identifier: Apache-2.0
//
// Which php-fpm stands behind which server, over a tree that stands for /proc: in one network and
// file system, and in containers of their own.
#include "agent/service/php_behind.h"

#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "agent/base/fd.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

constexpr int kServer = 20;
constexpr int kMaster = 30;

class PhpBehind : public ::testing::Test {
 protected:
  PhpBehind() {
    process(kServer, "apache2");
    process(kMaster, "php-fpm8.2");
    dir_.write(fmt::format("proc/{}/cmdline", kMaster),
               "php-fpm: master process (/etc/php/fpm.conf)" + std::string(3, '\0'));
    dir_.write("proc/self/mountinfo", "");
    dir_.write("proc/stat", "cpu 1 1 1 1 1 1 1 1\ncpu0 1\nbtime 1700000000\n");
    server_.pid = kServer;
    server_.server_root = "/etc/apache2";
    server_.config_file = "/etc/apache2/apache2.conf";
    server_.version = "2.4.62";
  }

  void process(int pid, const std::string& name) const {
    dir_.write(
        fmt::format("proc/{}/stat", pid),
        fmt::format("{} ({}) S 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 {} 0\n", pid, name, pid));
    dir_.write(fmt::format("proc/{}/status", pid), "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n");
    std::filesystem::create_symlink("/usr/sbin/" + name, dir_ / fmt::format("proc/{}/exe", pid));
    std::filesystem::create_directories(dir_ / fmt::format("proc/{}/root/run", pid));
    std::filesystem::create_directories(dir_ / fmt::format("proc/{}/ns", pid));
    in("net", "net:[1]", pid);
    in("mnt", "mnt:[1]", pid);
  }
  void in(const std::string& space, const std::string& name, int pid) const {
    const std::string link = dir_ / fmt::format("proc/{}/ns/{}", pid, space);
    std::filesystem::remove(link);
    std::filesystem::create_symlink(name, link);
  }
  std::string root(int pid) const { return dir_ / fmt::format("proc/{}/root", pid); }

  // Whether the pool is behind a server that has this in its configuration.
  bool is_behind(const std::string& directive, const std::string& listen) const {
    dir_.write(fmt::format("proc/{}/root/etc/apache2/apache2.conf", kServer), directive + "\n");
    dir_.write(fmt::format("proc/{}/root/etc/php/fpm.conf", kMaster),
               "[www]\npm.max_children = 5\nlisten = " + listen + "\n");
    const auto pools = php_behind(server_, ProcFs(dir_ / "proc"));
    return pools.size() == 1 && pools[0].name == "www" && pools[0].max_children == 5;
  }

  const TempDir dir_;
  Target server_;
};

TEST_F(PhpBehind, IsThePoolThatTheConfigurationNames) {
  EXPECT_TRUE(is_behind("ProxyPass / fcgi://127.0.0.1:9000/", "9000"));
  EXPECT_FALSE(is_behind("ProxyPass / fcgi://127.0.0.1:9000/", "10.0.0.5:9000"));
  EXPECT_TRUE(is_behind("ProxyPass / unix:/run/php.sock|fcgi://x/", "/run/php.sock"));
  EXPECT_FALSE(is_behind("ProxyPass / http://127.0.0.1:9000/", "9000"));
  EXPECT_FALSE(is_behind("#ProxyPass / fcgi://127.0.0.1:9000/", "9000"));
}

TEST_F(PhpBehind, APortOfAnotherNetworkIsAnother) {
  in("net", "net:[2]", kMaster);
  EXPECT_FALSE(is_behind("ProxyPass / fcgi://127.0.0.1:9000/", "9000"));
  EXPECT_TRUE(is_behind("ProxyPass / unix:/run/php.sock|fcgi://x/", "/run/php.sock"));
}

TEST_F(PhpBehind, APathOfAnotherFileSystemIsAnother) {
  in("mnt", "mnt:[2]", kMaster);
  EXPECT_FALSE(is_behind("ProxyPass / unix:/run/php.sock|fcgi://x/", "/run/php.sock"));
  EXPECT_TRUE(is_behind("ProxyPass / fcgi://127.0.0.1:9000/", "9000"));
}

// As in a pod: a folder that both mount, each at its own place.
TEST_F(PhpBehind, TheSameSocketMayBeCalledOtherwise) {
  in("mnt", "mnt:[2]", kMaster);
  const std::string path = root(kMaster) + "/run/php.sock";
  const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path.size(), sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  std::filesystem::create_hard_link(path, root(kServer) + "/run/shared.sock");
  EXPECT_TRUE(is_behind("ProxyPass / unix:/run/shared.sock|fcgi://x/", "/run/php.sock"));
  EXPECT_FALSE(is_behind("ProxyPass / unix:/run/other.sock|fcgi://x/", "/run/php.sock"));
}

TEST_F(PhpBehind, WhereTheNetworkIsNotToldThereIsNone) {
  std::filesystem::remove(dir_ / fmt::format("proc/{}/ns/net", kServer));
  EXPECT_FALSE(is_behind("ProxyPass / fcgi://127.0.0.1:9000/", "9000"));
}

}  // namespace
}  // namespace mpm
