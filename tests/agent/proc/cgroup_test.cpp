// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/cgroup.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "agent/proc/host_usage.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

constexpr std::int64_t kMegabyte = 1 << 20;

// A machine with version 2 alone: the limit of 256 MB is on the container's group, two above the
// server's.
class CgroupTwo : public ::testing::Test {
 protected:
  CgroupTwo() {
    dir_.write("proc/self/mountinfo",
               fmt::format("29 23 0:26 / {}/cg rw,nosuid - cgroup2 cgroup2 rw\n", dir_.path()));
    dir_.write("proc/42/cgroup", "0::/kubepods/pod7/box/apache2.service\n");
    dir_.write("cg/kubepods/pod7/box/apache2.service/memory.max", "max\n");
    dir_.write("cg/kubepods/pod7/box/apache2.service/memory.high", "max\n");
    dir_.write("cg/kubepods/pod7/memory.max", fmt::format("{}\n", 256 * kMegabyte));
    dir_.write("cg/kubepods/pod7/memory.high", fmt::format("{}\n", 200 * kMegabyte));
    dir_.write("cg/kubepods/pod7/memory.current", fmt::format("{}\n", 90 * kMegabyte));
    dir_.write("cg/kubepods/pod7/memory.stat", "anon 1000\nfile 5\ninactive_file 2000\n");
    dir_.write("cg/kubepods/memory.max", fmt::format("{}\n", 4096 * kMegabyte));
    dir_.write("cg/kubepods/pod7/cpu.max", "150000 100000\n");
    dir_.write("cg/kubepods/cpu.max", "max 100000\n");
  }
  TempDir dir_;
  ProcFs proc_{dir_ / "proc"};
};

TEST_F(CgroupTwo, S13_EveryAncestorsLimitCounts) {
  const auto limits = ProcessCgroups(proc_, 42).memory_limits();
  ASSERT_EQ(limits.size(), 3U);
  EXPECT_EQ(limits[0].cgroup, "/kubepods/pod7");
  EXPECT_EQ(limits[0].file, "memory.max");
  EXPECT_EQ(limits[0].limit, Bytes{256 * kMegabyte});
  EXPECT_EQ(limits[0].current, Bytes{90 * kMegabyte});
  EXPECT_EQ(limits[0].inactive_file, Bytes{2000});
  EXPECT_EQ(limits[0].anonymous, Bytes{1000});
  EXPECT_EQ(limits[1].file, "memory.high");
  EXPECT_EQ(limits[1].limit, Bytes{200 * kMegabyte});
  EXPECT_EQ(limits[2].cgroup, "/kubepods");
}

TEST_F(CgroupTwo, TheTightestQuotaOfProcessorTimeCounts) {
  dir_.write("cg/kubepods/pod7/cpu.stat",
             "usage_usec 900\nnr_periods 400\nnr_throttled 37\nthrottled_usec 5\n");
  dir_.write("cg/kubepods/cpu.max", "300000 100000\n");
  dir_.write("cg/kubepods/cpu.stat", "nr_periods 7\nnr_throttled 7\n");
  const CpuQuota quota = ProcessCgroups(proc_, 42).cpu_quota();
  EXPECT_DOUBLE_EQ(quota.cores, 1.5);
  EXPECT_EQ(quota.periods, 400);
  EXPECT_EQ(quota.throttled, 37);
}

TEST_F(CgroupTwo, WhatIsUsedIsReadEachTimeAndWhatIsSetAtALook) {
  ProcessCgroups cgroups(proc_, 42);
  dir_.write("cg/kubepods/pod7/memory.current", "77\n");
  dir_.write("cg/kubepods/pod7/memory.max", "5000\n");
  dir_.write("cg/kubepods/pod7/cpu.stat", "nr_periods 9\nnr_throttled 3\n");
  dir_.write("cg/kubepods/pod7/cpu.max", "200000 100000\n");
  EXPECT_EQ(cgroups.memory_limits()[0].current, Bytes{77});
  EXPECT_EQ(cgroups.memory_limits()[0].limit, Bytes{256 * kMegabyte});
  EXPECT_EQ(cgroups.cpu_quota().throttled, 3);
  EXPECT_DOUBLE_EQ(cgroups.cpu_quota().cores, 1.5);
  cgroups.look();
  EXPECT_EQ(cgroups.memory_limits()[0].limit, Bytes{5000});
  EXPECT_DOUBLE_EQ(cgroups.cpu_quota().cores, 2);
  dir_.write("cg/kubepods/pod7/cpu.max", "max 100000\n");
  cgroups.look();
  EXPECT_EQ(cgroups.cpu_quota().cores, 0);
}

TEST_F(CgroupTwo, NamesTheUnit) {
  EXPECT_EQ(unit_of(cgroup_path(proc_, 42).value()), "apache2.service");
  EXPECT_EQ(unit_of("/system.slice/docker-77.scope"), "docker-77.scope");
  EXPECT_EQ(unit_of("/user.slice/session"), "");
}

TEST_F(CgroupTwo, NamesTheUnitOfASystemdThatHasItsOwnHierarchy) {
  dir_.write("proc/44/cgroup", "9:name=systemd:/system.slice/apache2.service\n4:memory:/\n0::/\n");
  EXPECT_EQ(cgroup_path(proc_, 44).value(), "/system.slice/apache2.service");
  dir_.write("proc/45/cgroup", "9:name=systemd:/\n4:memory:/docker/77\n0::/\n");
  EXPECT_EQ(cgroup_path(proc_, 45).value(), "/docker/77");
  dir_.write("proc/46/cgroup", "4:memory:/\n0::/system.slice/apache2.service\n");
  EXPECT_EQ(cgroup_path(proc_, 46).value(), "/system.slice/apache2.service");
  dir_.write("proc/47/cgroup", "4:memory:/\n0::/\n");
  EXPECT_EQ(cgroup_path(proc_, 47).value(), "/");
}

TEST_F(CgroupTwo, IsJoinedFromTheInsideOut) {
  const auto files = membership_files(proc_, 42);
  ASSERT_EQ(files.size(), 1U);
  ASSERT_EQ(files[0].size(), 5U);
  EXPECT_EQ(files[0].front(), dir_ / "cg/kubepods/pod7/box/apache2.service/cgroup.procs");
  EXPECT_EQ(files[0].back(), dir_ / "cg/cgroup.procs");
}

TEST_F(CgroupTwo, OfAProcessThatEndedThereAreNone) {
  EXPECT_TRUE(membership_files(proc_, 43).empty());
  EXPECT_TRUE(ProcessCgroups(proc_, 43).memory_limits().empty());
  EXPECT_EQ(ProcessCgroups(proc_, 43).cpu_quota().cores, 0);
  EXPECT_FALSE(cgroup_path(proc_, 43));
}

TEST_F(CgroupTwo, AProcessIsFollowedIntoOtherGroups) {
  ProcessCgroups cgroups(proc_, 42);
  ASSERT_EQ(cgroups.memory_limits().size(), 3U);
  dir_.write("proc/42/cgroup", "0::/kubepods\n");
  cgroups.look();
  ASSERT_EQ(cgroups.memory_limits().size(), 1U);
  EXPECT_EQ(cgroups.memory_limits()[0].cgroup, "/kubepods");
  std::filesystem::remove_all(dir_ / "proc/42");
  cgroups.look();
  EXPECT_TRUE(cgroups.memory_limits().empty()) << "it has ended";
}

// As on a host whose groups are mounted after the agent has begun.
TEST_F(CgroupTwo, AHierarchyThatIsMountedLaterIsFound) {
  const std::string mounts = proc_.text("self/mountinfo").value();
  dir_.write("proc/self/mountinfo", "");
  ProcessCgroups cgroups(proc_, 42);
  EXPECT_TRUE(cgroups.memory_limits().empty());
  dir_.write("proc/self/mountinfo", mounts);
  cgroups.look();
  EXPECT_EQ(cgroups.memory_limits().size(), 3U);
}

TEST(CgroupOne, ShowsNoLimitAsAHugeNumberWhichIsNone) {
  const TempDir dir;
  dir.write("proc/self/mountinfo",
            fmt::format("30 23 0:27 / {}/mem rw - cgroup cgroup rw,memory\n"
                        "31 23 0:28 / {}/cpu rw - cgroup cgroup rw,cpu,cpuacct\n",
                        dir.path(), dir.path()));
  dir.write("proc/42/cgroup", "9:cpu,cpuacct:/web\n4:memory:/web/in\n0::/elsewhere\n");
  dir.write("mem/web/in/memory.limit_in_bytes", "9223372036854771712\n");
  dir.write("mem/web/memory.limit_in_bytes", fmt::format("{}\n", 512 * kMegabyte));
  dir.write("mem/web/memory.usage_in_bytes", "7\n");
  dir.write("mem/web/memory.stat", "rss 1\ntotal_rss 3\ninactive_file 1\ntotal_inactive_file 2\n");
  dir.write("cpu/web/cpu.cfs_quota_us", "200000\n");
  dir.write("cpu/web/cpu.cfs_period_us", "100000\n");
  const ProcFs proc(dir / "proc");
  const auto limits = ProcessCgroups(proc, 42).memory_limits();
  ASSERT_EQ(limits.size(), 1U);
  EXPECT_EQ(limits[0].cgroup, "/web");
  EXPECT_EQ(limits[0].file, "memory.limit_in_bytes");
  EXPECT_EQ(limits[0].limit, Bytes{512 * kMegabyte});
  EXPECT_EQ(limits[0].anonymous, Bytes{3});
  EXPECT_EQ(limits[0].inactive_file, Bytes{2});
  dir.write("cpu/web/cpu.stat", "nr_periods 9\nnr_throttled 4\nthrottled_time 5\n");
  EXPECT_DOUBLE_EQ(ProcessCgroups(proc, 42).cpu_quota().cores, 2.0);
  EXPECT_EQ(ProcessCgroups(proc, 42).cpu_quota().throttled, 4);
  // Each hierarchy is joined by itself; the unified one is not mounted here.
  const auto files = membership_files(proc, 42);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].front(), dir / "cpu/web/cgroup.procs");
  EXPECT_EQ(files[1].front(), dir / "mem/web/in/cgroup.procs");
}

TEST(CgroupOne, AMountOfAnInnerGroupIsItsOwnRoot) {
  const TempDir dir;
  dir.write("proc/self/mountinfo",
            fmt::format("30 23 0:27 /docker/7 {}/mem rw - cgroup cgroup rw,memory\n", dir.path()));
  dir.write("proc/42/cgroup", "4:memory:/docker/7/web\n");
  dir.write("mem/memory.limit_in_bytes", "1000000\n");
  const auto limits = ProcessCgroups(ProcFs(dir / "proc"), 42).memory_limits();
  ASSERT_EQ(limits.size(), 1U);
  EXPECT_EQ(limits[0].limit, Bytes{1000000});
}

TEST(HostUsage, AgreesWithTheMachine) {
  std::vector<std::string> losses;
  const auto self = static_cast<std::int32_t>(::getpid());
  const HostUsage host = HostWatch(ProcFs(), self).usage(losses);
  EXPECT_TRUE(losses.empty()) << losses.front();
  EXPECT_EQ(host.memory_total.value / 4096, ::sysconf(_SC_PHYS_PAGES));
  EXPECT_GT(host.memory_available.value, 0);
  EXPECT_LT(host.memory_available.value, host.memory_total.value);
  EXPECT_GE(host.cores, 0.1);
  EXPECT_LE(host.cores, static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN)));
  EXPECT_GT(host.cpu_total_seconds, host.cpu_busy_seconds);
  EXPECT_GT(host.somaxconn, 0);
}

TEST(HostUsage, SaysWhatATreeDoesNotHold) {
  const TempDir dir;
  std::vector<std::string> losses;
  const HostUsage host = HostWatch(ProcFs(dir.path()), 1).usage(losses);
  EXPECT_EQ(host.memory_total.value, 0);
  EXPECT_EQ(losses.size(), 2U);
}

}  // namespace
}  // namespace mpm
