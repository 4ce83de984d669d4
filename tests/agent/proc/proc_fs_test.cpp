// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/proc_fs.h"

#include <algorithm>
#include <array>
#include <csignal>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/base/clock.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

// A child that has touched some memory of its own and waits to be ended.
class Child {
 public:
  explicit Child(std::size_t bytes) {
    int ready[2];
    if (::pipe(ready) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      void* memory =
          ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      std::fill_n(static_cast<char*>(memory), bytes, 'x');
      (void)!::write(ready[1], "", 1);
      ::pause();
      ::_exit(0);
    }
    char byte = 0;
    (void)!::read(ready[0], &byte, 1);
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~Child() { end(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  std::int32_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

TEST(ProcFs, SeesTheMemoryThatAProcessHasForItself) {
  constexpr std::int64_t kTouched = 24 << 20;
  const Child child(kTouched);
  std::vector<std::string> losses;
  const auto usage = ProcFs().usage(child.pid(), losses);
  ASSERT_TRUE(usage) << usage.error().what;
  EXPECT_TRUE(losses.empty());
  EXPECT_EQ(usage->pid, child.pid());
  EXPECT_GE(usage->unique.value, kTouched);
  EXPECT_LT(usage->unique.value, kTouched + (8 << 20));
  EXPECT_GE(usage->pss.value, usage->unique.value);
  EXPECT_GE(usage->rss.value, usage->pss.value);
  EXPECT_GE(usage->peak.value, usage->rss.value);
  EXPECT_EQ(usage->shared.value, usage->rss.value - usage->unique.value);
  EXPECT_EQ(usage->threads, 1);
}

TEST(ProcFs, AProcessThatEndedIsNotFound) {
  Child child(4096);
  const std::int32_t pid = child.pid();
  child.end();
  std::vector<std::string> losses;
  const auto usage = ProcFs().usage(pid, losses);
  ASSERT_FALSE(usage);
  EXPECT_EQ(usage.error().kind, Error::Kind::NotFound);
  EXPECT_EQ(ProcFs().stat(pid).error().kind, Error::Kind::NotFound);
}

TEST(ProcFs, FindsAChildByParentage) {
  const Child child(4096);
  const ProcFs proc;
  const auto children = proc.children(static_cast<std::int32_t>(::getpid()));
  ASSERT_TRUE(children);
  EXPECT_EQ(std::ranges::count(*children, child.pid()), 1);
  const auto all = proc.processes();
  ASSERT_TRUE(all);
  EXPECT_EQ(std::ranges::count(*all, child.pid()), 1);
  EXPECT_EQ(proc.stat(child.pid())->ppid, ::getpid());
}

TEST(ProcFs, KnowsWhenAProcessStarted) {
  const Instant before = SystemClock().now();
  const Child child(4096);
  const auto started = ProcFs().started(child.pid());
  ASSERT_TRUE(started);
  // btime is whole seconds, ticks are hundredths.
  EXPECT_LT(*started - before, std::chrono::seconds(2));
  EXPECT_GT(*started - before, std::chrono::seconds(-2));
}

TEST(ProcFs, ReadsArgumentsEnvironmentAndProgramOfItself) {
  const ProcFs proc;
  const auto self = static_cast<std::int32_t>(::getpid());
  const auto arguments = proc.command_line(self);
  ASSERT_TRUE(arguments);
  EXPECT_NE(arguments->front().find("test_agent_proc"), std::string::npos);
  EXPECT_NE(proc.exe(self)->find("test_agent_proc"), std::string::npos);
  EXPECT_FALSE(proc.environment(self)->empty());
  EXPECT_NE(proc.maps(self)->find("libc"), std::string::npos);
}

TEST(ProcFs, FallsBackToStatusAndSaysWhatIsLost) {
  const TempDir dir;
  dir.write("42/stat", "42 (httpd) S 1 1 1 0 -1 0 0 0 0 0 200 100 0 0 20 0 3 0 1000 0 0\n");
  dir.write("42/status", "VmHWM: 900 kB\nVmRSS: 700 kB\nRssAnon: 300 kB\n");
  dir.write("42/smaps_rollup", "");
  const ProcFs proc(dir.path());
  std::vector<std::string> losses;
  for (int twice = 0; twice < 2; ++twice) {
    const auto usage = proc.usage(42, losses);
    ASSERT_TRUE(usage) << usage.error().what;
    EXPECT_EQ(usage->unique, Bytes{300 * 1024});
    EXPECT_EQ(usage->peak, Bytes{900 * 1024});
    EXPECT_DOUBLE_EQ(usage->cpu_seconds, 3.0);
  }
  EXPECT_EQ(losses.size(), 1U);
}

// 40 threads, of which every one waited a quarter of a second; 16 of them are read.
TEST(ProcFs, SomeThreadsStandForAllThatWaitedForAProcessor) {
  const TempDir dir;
  dir.write("42/stat", "42 (httpd) S 1 1 1 0 -1 0 0 0 0 0 200 100 0 0 20 0 40 0 1000 0 0\n");
  dir.write("42/status", "VmHWM: 900 kB\nVmRSS: 700 kB\nRssAnon: 300 kB\n");
  for (int thread = 0; thread < 40; ++thread)
    dir.write("42/task/" + std::to_string(1000 + thread) + "/schedstat",
              "500000000 250000000 12\n");
  dir.write("42/smaps_rollup", "Rss: 700 kB\nPss: 700 kB\n");
  std::vector<std::string> losses;
  const auto usage = ProcFs(dir.path()).usage(42, losses);
  ASSERT_TRUE(usage) << usage.error().what;
  ASSERT_TRUE(usage->cpu_wait_seconds);
  EXPECT_DOUBLE_EQ(*usage->cpu_wait_seconds, 10);
}

// Two processes on one processor: each waits while the other runs.
TEST(ProcFs, SeesAProcessWaitForAProcessor) {
  const int processor = ::sched_getcpu();
  const auto burn = [processor] {
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    ::sched_setaffinity(0, sizeof one, &one);
    for (volatile unsigned long work = 0;;)
      work = work + 1;
  };
  const std::array<pid_t, 2> pids{burn(), burn()};
  const ProcFs proc;
  std::vector<std::string> losses;
  const auto waited = [&] {
    const auto usage = proc.usage(pids[0], losses);
    return usage && usage->cpu_wait_seconds.value_or(0) > 0.2 && usage->cpu_seconds > 0.1;
  };
  EXPECT_TRUE(wait_for(waited, std::chrono::seconds(30)));
  for (const pid_t pid : pids) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
}

TEST(ProcFs, AKernelThatCountsNoWaitingSaysNothing) {
  const TempDir dir;
  dir.write("42/stat", "42 (httpd) S 1 1 1 0 -1 0 0 0 0 0 200 100 0 0 20 0 1 0 1000 0 0\n");
  dir.write("42/status", "VmHWM: 900 kB\nVmRSS: 700 kB\nRssAnon: 300 kB\n");
  dir.write("42/schedstat", "0 0 0\n");
  dir.write("42/smaps_rollup", "Rss: 700 kB\nPss: 700 kB\n");
  std::vector<std::string> losses;
  const auto usage = ProcFs(dir.path()).usage(42, losses);
  ASSERT_TRUE(usage) << usage.error().what;
  EXPECT_FALSE(usage->cpu_wait_seconds);
}

TEST(ProcFs, AChildThatGoesMidwayIsNotFound) {
  const TempDir dir;
  dir.write("42/stat", "42 (httpd) S 1 1 1 0 -1 0 0 0 0 0 200 100 0 0 20 0 3 0 1000 0 0\n");
  std::vector<std::string> losses;
  EXPECT_EQ(ProcFs(dir.path()).usage(42, losses).error().kind, Error::Kind::NotFound);
  EXPECT_TRUE(losses.empty());
}

}  // namespace
}  // namespace mpm
