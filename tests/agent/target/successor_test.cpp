// SPDX-License-Identifier: Apache-2.0
//
// Which server took another's place, among servers of the same program and arguments; over a tree
// that stands for /proc.
#include "agent/target/successor.h"

#include <chrono>
#include <filesystem>
#include <functional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "agent/target/discover.h"
#include "agent/target/scoreboard_probe.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct Place {
  std::string cgroup = "/system.slice/httpd.service";
  int inner_pid = 0;  // as its own container counts; 0: it lives in none
  int port = 0;       // that it listens to on every address; 0: to none
};

class Successor : public testing::Test {
 protected:
  Successor() {
    dir_.write("proc/stat", "cpu 1 1 1 1 1 1 1 1\ncpu0 1\nbtime 1700000000\n");
    dir_.write("proc/self/mountinfo", "");
    dir_.write("httpd", std::string("Apache/2.4.62 (Unix)\0 -D HTTPD_ROOT=\"/opt/httpd\"\0"
                                    " -D SERVER_CONFIG_FILE=\"conf/httpd.conf\"\0",
                                    82));
  }

  // All of the same program and arguments.
  void server(int pid, const Place& place = {}) {
    const std::string name = fmt::format("proc/{}/", pid);
    dir_.write(
        name + "stat",
        fmt::format("{} (httpd) S 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 {} 0\n", pid, 1000 * pid));
    dir_.write(
        name + "status",
        fmt::format("Name:\thttpd\nPid:\t{0}\nNSpid:\t{0}{1}\n", pid,
                    place.inner_pid == 0 ? std::string() : fmt::format("\t{}", place.inner_pid)));
    dir_.write(name + "maps",
               "7f00-7f10 rw-s 00000000 00:01 9 /dev/zero (deleted)\n"
               "7f20-7f30 r-xp 00000000 08:01 9 /usr/lib/mod_mpm_event.so\n");
    dir_.write(name + "cmdline", std::string("httpd\0-DFOREGROUND\0", 19));
    dir_.write(name + "cgroup", "0::" + place.cgroup + "\n");
    fs::create_directories(dir_ / (name + "fd"));
    fs::create_symlink(dir_ / "httpd", dir_ / (name + "exe"));
    if (place.port == 0) return;
    fs::create_symlink(fmt::format("socket:[{}]", pid), dir_ / (name + "fd/3"));
    dir_.write(name + "net/tcp",
               fmt::format("  sl\n   0: 00000000:{:04X} 00000000:0000 0A 00000000:00000000 "
                           "00:00000000 00000000     0        0 {} 1 0\n",
                           place.port, pid));
    dir_.write(name + "net/tcp6", "  sl\n");
  }
  void end_unreaped(int pid) {
    dir_.write(
        fmt::format("proc/{}/stat", pid),
        fmt::format("{} (httpd) Z 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 {} 0\n", pid, 1000 * pid));
  }
  void end(int pid) { fs::remove_all(dir_ / fmt::format("proc/{}", pid)); }

  Target now(int pid) const {
    Recognizer recognizer;
    return target_of(proc(), MemoryProbe(proc()), recognizer, pid).value_or(Target());
  }
  int successor(const Target& ended) const {
    const auto found = successor_of(ended, proc());
    return found ? found->pid : 0;
  }
  ProcFs proc() const { return ProcFs(dir_ / "proc"); }

  TempDir dir_;
};

// Goes on by what is slept.
class SleepingClock final : public Clock {
 public:
  Instant now() const override { return {}; }
  std::chrono::steady_clock::time_point mono() const override { return now_; }
  bool sleep_until(std::chrono::steady_clock::time_point when, std::stop_token) override {
    now_ = when;
    if (wakes) wakes();
    return true;
  }
  std::chrono::seconds slept() const {
    return std::chrono::duration_cast<std::chrono::seconds>(now_.time_since_epoch());
  }

  std::function<void()> wakes;

 private:
  std::chrono::steady_clock::time_point now_;
};

TEST_F(Successor, WaitsUntilThePidOfTheEndedOneIsFree) {
  SleepingClock clock;
  server(20);
  wait_until_reaped(proc(), 20, clock);
  EXPECT_EQ(clock.slept(), 0s) << "it runs";
  end_unreaped(20);
  clock.wakes = [&] {
    if (clock.slept() == 2s) end(20);
  };
  wait_until_reaped(proc(), 20, clock);
  EXPECT_EQ(clock.slept(), 2s);
}

TEST_F(Successor, IsNotWaitedForWhereNobodyReaps) {
  SleepingClock clock;
  server(20);
  end_unreaped(20);
  wait_until_reaped(proc(), 20, clock);
  EXPECT_EQ(clock.slept(), 10s);
}

TEST_F(Successor, IsTheServerItselfWhileItRuns) {
  server(10);
  server(20);
  EXPECT_EQ(successor(now(20)), 20);
}

// Whoever sets the host's clock moves the boot time that starts are counted from.
TEST_F(Successor, IsTheServerItselfAlsoUnderAClockThatIsSet) {
  server(20);
  server(30);
  const Target before = now(20);
  dir_.write("proc/stat", "cpu 1 1 1 1 1 1 1 1\ncpu0 1\nbtime 1700020000\n");
  EXPECT_NE(now(20).started, before.started);
  EXPECT_TRUE(still_runs(before, proc()));
  EXPECT_EQ(successor(before), 20);
  end_unreaped(20);
  EXPECT_FALSE(still_runs(before, proc()));
}

TEST_F(Successor, IsAnotherWithTheSameArgumentsOnceItHasEnded) {
  server(20);
  const Target ended = now(20);
  end(20);
  EXPECT_EQ(successor(ended), 0);
  server(30);
  EXPECT_EQ(successor(ended), 30);
}

TEST_F(Successor, IsNotWhoHasItsPidNow) {
  server(20, {.port = 8080});
  Target ended = now(20);
  ended.started -= std::chrono::hours(1);
  ended.start_ticks += 100;
  end(20);
  server(20, {.port = 9090});
  EXPECT_EQ(successor(ended), 0);
  ended.start_ticks = 0;
  EXPECT_EQ(successor(ended), 0) << "as it was in a message";
}

TEST_F(Successor, ListensAtTheSameAddress) {
  server(20, {.port = 8080});
  const Target ended = now(20);
  ASSERT_EQ(ended.listeners.size(), 1U);
  end(20);
  server(10, {.port = 9090});
  EXPECT_EQ(successor(ended), 0);
  server(30, {.port = 8080});
  EXPECT_EQ(successor(ended), 30);
}

TEST_F(Successor, IsInTheSameContainer) {
  server(20, {.cgroup = "/docker/a", .inner_pid = 7, .port = 80});
  server(10, {.cgroup = "/docker/b", .inner_pid = 7, .port = 80});
  const Target ended = now(20);
  EXPECT_EQ(successor(ended), 20);
  end(20);
  EXPECT_EQ(successor(ended), 0);
  server(30, {.cgroup = "/docker/a", .inner_pid = 9, .port = 80});
  EXPECT_EQ(successor(ended), 30);
}

}  // namespace
}  // namespace mpm
