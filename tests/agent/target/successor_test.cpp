// SPDX-License-Identifier: Apache-2.0
//
// Which server took another's place, among servers of the same program and arguments; over a tree
// that stands for /proc.
#include "agent/target/successor.h"

#include <chrono>
#include <functional>

#include <gtest/gtest.h>

#include "agent/target/discover.h"
#include "agent/target/scoreboard_probe.h"
#include "tests/support/httpd_tree.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;

class Successor : public testing::Test, protected HttpdTree {
 protected:
  Target now(int pid) const {
    Recognizer recognizer;
    return target_of(proc(), MemoryProbe(proc()), recognizer, pid).value_or(Target());
  }
  int successor(const Target& ended) const {
    const auto found = successor_of(ended, proc());
    return found ? found->pid : 0;
  }
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
  boot_at(1700020000);
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
  ended.start_ticks = *ended.start_ticks + 100;
  end(20);
  server(20, {.port = 9090});
  EXPECT_EQ(successor(ended), 0);
  ended.start_ticks.reset();
  EXPECT_EQ(successor(ended), 0) << "where the kernel's count is not known";
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
