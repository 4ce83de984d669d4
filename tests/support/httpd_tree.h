// SPDX-License-Identifier: Apache-2.0
//
// Parents of httpd in a tree that stands for /proc: all of the same program and arguments, each in
// the cgroup and at the port that it is given. The tree goes away with it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "agent/proc/proc_fs.h"
#include "tests/support/temp_dir.h"

namespace mpm {

class HttpdTree {
 public:
  struct Place {
    std::string cgroup = "/system.slice/httpd.service";
    int inner_pid = 0;  // as its own container counts; 0: it lives in none
    int port = 0;       // that it listens to on every address; 0: to none
  };

  HttpdTree() {
    boot_at(1700000000);
    dir_.write("proc/self/mountinfo", "");
    dir_.write("httpd", std::string("Apache/2.4.62 (Unix)\0 -D HTTPD_ROOT=\"/opt/httpd\"\0"
                                    " -D SERVER_CONFIG_FILE=\"conf/httpd.conf\"\0",
                                    82));
  }

  // Seconds since 1970, as the host's clock has it: whoever sets the clock moves it.
  void boot_at(std::int64_t seconds) const {
    dir_.write("proc/stat", fmt::format("cpu 1 1 1 1 1 1 1 1\ncpu0 1\nbtime {}\n", seconds));
  }
  void server(int pid) const { server(pid, {}); }
  void server(int pid, const Place& place) const {
    const std::string name = fmt::format("proc/{}/", pid);
    stat(pid, 'S');
    dir_.write(
        name + "status",
        fmt::format("Name:\thttpd\nPid:\t{0}\nNSpid:\t{0}{1}\n", pid,
                    place.inner_pid == 0 ? std::string() : fmt::format("\t{}", place.inner_pid)));
    dir_.write(name + "maps",
               "7f00-7f10 rw-s 00000000 00:01 9 /dev/zero (deleted)\n"
               "7f20-7f30 r-xp 00000000 08:01 9 /usr/lib/mod_mpm_event.so\n");
    dir_.write(name + "cmdline", std::string("httpd\0-DFOREGROUND\0", 19));
    dir_.write(name + "cgroup", "0::" + place.cgroup + "\n");
    std::filesystem::create_directories(dir_ / (name + "fd"));
    std::filesystem::create_symlink(dir_ / "httpd", dir_ / (name + "exe"));
    if (place.port == 0) return;
    std::filesystem::create_symlink(fmt::format("socket:[{}]", pid), dir_ / (name + "fd/3"));
    dir_.write(name + "net/tcp",
               fmt::format("  sl\n   0: 00000000:{:04X} 00000000:0000 0A 00000000:00000000 "
                           "00:00000000 00000000     0        0 {} 1 0\n",
                           place.port, pid));
    dir_.write(name + "net/tcp6", "  sl\n");
  }
  void end_unreaped(int pid) const { stat(pid, 'Z'); }
  void end(int pid) const { std::filesystem::remove_all(dir_ / fmt::format("proc/{}", pid)); }

  std::filesystem::path root() const { return dir_ / "proc"; }
  ProcFs proc() const { return ProcFs(root()); }

 private:
  void stat(int pid, char state) const {
    dir_.write(fmt::format("proc/{}/stat", pid),
               fmt::format("{} (httpd) {} 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 {} 0\n", pid, state,
                           1000 * pid));
  }

  const TempDir dir_;
};

}  // namespace mpm
