// SPDX-License-Identifier: Apache-2.0
//
// Sweeps of the memory in turns: each look reads for its budget, and the look that ends the turn
// has every process once.
#include "agent/observe/sampler.h"

#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/fake_process.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;

constexpr std::int32_t kParent = 100;

// A millisecond passes whenever somebody looks at it: as long as a process takes to be read.
class TickingClock final : public Clock {
 public:
  Instant now() const override { return Instant(milliseconds(1700000000000)); }
  std::chrono::steady_clock::time_point mono() const override {
    return std::chrono::steady_clock::time_point(milliseconds(++ticks_));
  }
  bool sleep_until(std::chrono::steady_clock::time_point, std::stop_token) override { return true; }
  void pass(milliseconds time) { ticks_ += static_cast<int>(time.count()); }

 private:
  mutable int ticks_ = 0;
};

class FakeSource final : public ScoreboardSource {
 public:
  explicit FakeSource(const Scoreboard& board) : board_(board) {}
  SourceKind kind() const override { return SourceKind::SharedMemory; }
  Result<Scoreboard> read() override { return board_; }

 private:
  const Scoreboard& board_;
};

class Sweeps : public testing::Test {
 protected:
  Sweeps() : sampler_(target(), source(), ProcFs(proc_.root()), clock_) {
    add(kParent, 1);
    for (std::int32_t child = 1; child <= 9; ++child) {
      add(kParent + child, kParent);
      ProcessScore process;
      process.pid = kParent + child;
      process.slot = child - 1;
      process.workers.resize(1);
      process.workers[0].state = WorkerState::Ready;
      process.workers[0].child_accesses = static_cast<std::uint64_t>(child);
      board_.processes.push_back(std::move(process));
    }
  }
  Target target() const {
    Target target;
    target.pid = kParent;
    target.mpm = Mpm::Prefork;
    return target;
  }
  FallbackSource source() {
    std::vector<std::unique_ptr<ScoreboardSource>> sources;
    sources.push_back(std::make_unique<FakeSource>(board_));
    return FallbackSource(std::move(sources));
  }
  void add(std::int32_t pid, std::int32_t parent) {
    FakeProc::Stat stat;
    stat.parent = parent;
    proc_.stat(pid, stat);
    FakeProc::write(proc_.path(pid, "status"), fmt::format("VmHWM:\t{} kB\n", pid));
    FakeProc::write(proc_.path(pid, "smaps_rollup"),
                    fmt::format("Rss: {0} kB\nPss: {0} kB\nPrivate_Dirty: {0} kB\n", pid));
  }
  Sample look(Sweep sweep, milliseconds budget = milliseconds(0)) {
    auto sample = sampler_.look(clock_.now(), Occasion::Pace, sweep, budget);
    EXPECT_TRUE(sample) << sample.error().what;
    return sample ? *sample : Sample{};
  }

  Sample look_at(Occasion occasion) {
    auto sample = sampler_.look(clock_.now(), occasion, Sweep::None);
    EXPECT_TRUE(sample) << sample.error().what;
    return sample ? *sample : Sample{};
  }
  Work finished_at(Occasion occasion) { return look_at(occasion).work; }
  // The worker of that slot answers one more request, in that time.
  void answer(std::size_t slot, milliseconds took) {
    WorkerScore& worker = board_.processes[slot].workers[0];
    ++worker.accesses;
    ++worker.child_accesses;
    worker.start_us = 1'000'000;
    worker.stop_us = worker.start_us + std::chrono::microseconds(took).count();
  }

  FakeProc proc_;
  TickingClock clock_;
  Scoreboard board_;
  Sampler sampler_;
};

TEST_F(Sweeps, DoNotLoseWhatFinishedToWhoeverAsksInBetween) {
  (void)finished_at(Occasion::Pace);
  answer(0, milliseconds(100));
  EXPECT_EQ(finished_at(Occasion::Question).finished, 1);
  answer(1, milliseconds(300));
  EXPECT_EQ(finished_at(Occasion::Question).finished, 1) << "since the question before";
  const Work row = finished_at(Occasion::Pace);
  EXPECT_EQ(row.finished, 2) << "since the row's last look, whoever asked meanwhile";
  EXPECT_DOUBLE_EQ(row.duration_sum_seconds, 0.4);
  EXPECT_EQ(finished_at(Occasion::Pace).finished, 0) << "and no request twice";
}

// A listener on port 8080, and so many connections to it.
void connections(const FakeProc& proc, int count) {
  const std::string fd = proc.path(kParent, "fd");
  std::filesystem::create_directories(fd);
  if (!std::filesystem::is_symlink(fd + "/3"))
    std::filesystem::create_symlink("socket:[4242]", fd + "/3");
  const auto line = [](const std::string& state, int inode) {
    return fmt::format(
        "   0: 0100007F:1F90 00000000:0000 {} 00000000:00000000 00:00000000 "
        "00000000     0        0 {} 1\n",
        state, inode);
  };
  std::string text = line("0A", 4242);
  for (int one = 0; one < count; ++one)
    text += line("01", 0);
  FakeProc::write(proc.path(kParent, "net/tcp"), text);
}

TEST_F(Sweeps, CountConnectionsForASmallShareOfTheTimeAndForWhoeverAsks) {
  connections(proc_, 7);
  const auto seen = [&](Occasion occasion) {
    const Sample sample = look_at(occasion);
    return sample.listeners.empty() ? -1 : sample.listeners.front().established;
  };
  EXPECT_EQ(seen(Occasion::Pace), 7);
  connections(proc_, 9);
  EXPECT_EQ(seen(Occasion::Pace), 7)
      << "a millisecond was spent on it, so twenty seconds are waited";
  EXPECT_EQ(seen(Occasion::Question), 9);
  connections(proc_, 11);
  clock_.pass(milliseconds(19700));
  EXPECT_EQ(seen(Occasion::Pace), 9);
  clock_.pass(milliseconds(500));
  EXPECT_EQ(seen(Occasion::Pace), 11);
}

// A queue that overflowed may be empty at the next look.
TEST_F(Sweeps, SeeOverflowsAtOnceWhereSomebodyWaitsOrDidBefore) {
  connections(proc_, 0);
  const auto seen = [&](int overflows, int queue) {
    FakeProc::write(
        proc_.path(kParent, "net/netstat"),
        fmt::format("TcpExt: ListenOverflows ListenDrops\nTcpExt: {0} {0}\n", overflows));
    FakeProc::write(proc_.path(kParent, "net/tcp"),
                    fmt::format("   0: 0100007F:1F90 00000000:0000 0A 00000000:{:08X} 00:00000000 "
                                "00000000     0        0 4242 1\n",
                                queue));
    return look_at(Occasion::Pace).host.listen_overflows;
  };
  EXPECT_EQ(seen(10, 1), 10);
  EXPECT_EQ(seen(20, 0), 20);
  EXPECT_EQ(seen(30, 0), 20) << "nobody waits, and nobody did";
  clock_.pass(milliseconds(5000));
  EXPECT_EQ(seen(30, 0), 30);
}

TEST_F(Sweeps, AtOnceReadEveryProcess) {
  const Sample sample = look(Sweep::Memory);
  ASSERT_EQ(sample.processes.size(), 10U);
  EXPECT_TRUE(sample.processes.front().parent);
  EXPECT_EQ(sample.processes.back().requests, 9);
}

TEST_F(Sweeps, S30_InTurnsReadEveryProcessOnceAndNoneForLongerThanTheBudget) {
  int looks = 0;
  Sample sample;
  do {
    sample = look(Sweep::Turn, milliseconds(3));
    ++looks;
    EXPECT_TRUE(sample.processes.empty() || !sampler_.is_in_turn());
  } while (sampler_.is_in_turn() && looks < 100);
  EXPECT_EQ(looks, 4) << "three at a time";
  std::set<std::int32_t> pids;
  for (const ProcessUsage& process : sample.processes) {
    pids.insert(process.pid);
    EXPECT_EQ(process.requests, process.parent ? 0 : process.pid - kParent);
  }
  EXPECT_EQ(sample.processes.size(), 10U);
  EXPECT_EQ(pids.size(), 10U);
}

TEST_F(Sweeps, WithoutABudgetStillComeToTheirEnd) {
  int looks = 0;
  while (look(Sweep::Turn).processes.empty())
    ASSERT_LT(++looks, 20);
  EXPECT_EQ(looks, 9) << "one a look";
}

TEST_F(Sweeps, LeaveOutAChildThatEndedMeanwhileAndAStrangerOfItsPid) {
  (void)look(Sweep::Turn, milliseconds(3));
  proc_.remove(kParent + 8);
  // Its slot is empty, and its pid another program's.
  std::erase_if(board_.processes, [](const ProcessScore& process) {
    return process.pid == kParent + 8 || process.pid == kParent + 9;
  });
  Sample sample;
  while (sampler_.is_in_turn())
    sample = look(Sweep::Turn, milliseconds(3));
  EXPECT_EQ(sample.processes.size(), 8U);
}

TEST_F(Sweeps, AreNotNeededToCountTheChildrenThatComeAndGo) {
  EXPECT_EQ(look(Sweep::None).children_started, 0) << "those that were there before us";
  // One ends, and its slot goes to the next at once; a tenth slot is new.
  board_.processes[0].pid = 500;
  board_.processes.push_back(board_.processes[1]);
  board_.processes.back().pid = 501;
  Sample sample = look(Sweep::None);
  EXPECT_EQ(sample.children_started, 2);
  EXPECT_EQ(sample.children_ended, 1);
  board_.processes.resize(2);
  sample = look(Sweep::None);
  EXPECT_EQ(sample.children_started, 2);
  EXPECT_EQ(sample.children_ended, 9);
  EXPECT_EQ(look(Sweep::None).children_ended, 9);
}

TEST_F(Sweeps, AtOnceDoNotDisturbATurn) {
  (void)look(Sweep::Turn, milliseconds(3));
  EXPECT_EQ(look(Sweep::Memory).processes.size(), 10U);
  EXPECT_TRUE(sampler_.is_in_turn());
  Sample sample;
  while (sampler_.is_in_turn())
    sample = look(Sweep::Turn, milliseconds(3));
  EXPECT_EQ(sample.processes.size(), 10U);
}

}  // namespace
}  // namespace mpm
