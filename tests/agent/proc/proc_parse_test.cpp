// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/proc_parse.h"

#include <gtest/gtest.h>

namespace mpm {
namespace {

using namespace std::string_literals;

TEST(ProcParse, ReadsAStatLineWhoseNameHoldsBlanksAndParentheses) {
  const auto stat = parse_stat(
      "4711 (apache2 (x) y) S 1 4711 4711 0 -1 1077936448 981 204961 3 12 57 31 120 40 20 0 27 0 "
      "83512 250769408 2781 18446744073709551615 1 1\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->comm, "apache2 (x) y");
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->ppid, 1);
  EXPECT_EQ(stat->user_ticks, 57U);
  EXPECT_EQ(stat->system_ticks, 31U);
  EXPECT_EQ(stat->threads, 27);
  EXPECT_EQ(stat->start_ticks, 83512U);
  EXPECT_FALSE(stat->is_kernels);
}

TEST(ProcParse, KnowsAThreadOfTheKernel) {
  const auto stat = parse_stat(
      "15 (ksoftirqd/0) S 2 0 0 0 -1 69238848 0 0 0 0 0 16 0 0 20 0 1 0 5 0 0 18446744073709551615 "
      "0 0\n");
  ASSERT_TRUE(stat);
  EXPECT_TRUE(stat->is_kernels);
}

TEST(ProcParse, TakesAnEmptyOrCutStatForAProcessThatEnded) {
  EXPECT_FALSE(parse_stat(""));
  EXPECT_FALSE(parse_stat("4711 (apache2"));
  EXPECT_FALSE(parse_stat("4711 )apache2("));
  EXPECT_FALSE(parse_stat("4711 (apache2)"));
}

TEST(ProcParse, ReadsThePeakAndTheEffectiveUserOfStatus) {
  const ProcStatus status = parse_status(
      "Name:\tapache2\nUid:\t0\t33\t33\t33\nVmHWM:\t   18764 kB\nVmRSS:\t   11124 kB\n"
      "RssAnon:\t    2816 kB\nVmSwap:\t      12 kB\nThreads:\t27\n");
  EXPECT_EQ(status.peak, Bytes{18764 * 1024});
  EXPECT_EQ(status.rss, Bytes{11124 * 1024});
  EXPECT_EQ(status.anonymous, Bytes{2816 * 1024});
  EXPECT_EQ(status.swap, Bytes{12 * 1024});
  EXPECT_EQ(status.threads, 27);
  EXPECT_EQ(status.uid, 33);
}

TEST(ProcParse, TellsWhatAProcessMayDo) {
  const ProcStatus status = parse_status(
      "Umask:\t0027\nUid:\t0\t33\t33\t33\nGid:\t0\t34\t34\t34\nGroups:\t4 33 \n"
      "CapBnd:\t00000000a80425fb\n");
  EXPECT_EQ(status.file_mask, 027);
  EXPECT_EQ(status.gid, 34);
  EXPECT_FALSE(status.is_one_user);
  EXPECT_TRUE(parse_status("Uid:\t33\t33\t33\t33\n").is_one_user);
  EXPECT_FALSE(parse_status("Uid:\t33\t33\t0\t33\n").is_one_user) << "it can be root again";
  EXPECT_EQ(status.groups, (std::vector<std::int64_t>{4, 33}));
  EXPECT_EQ(status.capability_bound, 0xa80425fbU);
  EXPECT_EQ(parse_status("Name:\tx\n").file_mask, -1);
  EXPECT_TRUE(parse_status("Groups:\t \n").groups.empty());
}

TEST(ProcParse, KnowsAUserByHisNumberInAContainer) {
  constexpr const char* kMap =
      "         0       1000          1\n         1     100000      65536\n";
  EXPECT_EQ(inner_id(kMap, 1000), 0);
  EXPECT_EQ(inner_id(kMap, 100032), 33);
  EXPECT_EQ(inner_id(kMap, 0), std::nullopt);
  EXPECT_EQ(inner_id(kMap, 165536), std::nullopt);
  EXPECT_EQ(inner_id("", 0), std::nullopt);
}

TEST(ProcParse, KnowsAProcessByItsContainersPid) {
  EXPECT_EQ(parse_status("NSpid:\t4711\t812\t12\n").inner_pid, 12);
  EXPECT_EQ(parse_status("NSpid:\t4711\n").inner_pid, 4711);
  EXPECT_EQ(parse_status("Name:\tx\n").inner_pid, 0);
}

TEST(ProcParse, AddsUpWhatOnlyThisProcessMaps) {
  const MemoryRollup memory = parse_smaps_rollup(
      "55d0-7ffd ---p 00000000 00:00 0    [rollup]\nRss:   11124 kB\nPss:    3270 kB\n"
      "Pss_Dirty: 2000 kB\nShared_Clean: 6000 kB\nPrivate_Clean:  64 kB\nPrivate_Dirty:  1900 kB\n"
      "Private_Hugetlb: 2048 kB\nSwap: 9 kB\nSwapPss: 3 kB\n");
  EXPECT_EQ(memory.rss, Bytes{11124 * 1024});
  EXPECT_EQ(memory.pss, Bytes{3270 * 1024});
  EXPECT_EQ(memory.unique, Bytes{(64 + 1900 + 2048) * 1024});
  EXPECT_EQ(memory.swap, Bytes{3 * 1024});
}

TEST(ProcParse, EstimatesAvailableMemoryWhereTheKernelDoesNotSay) {
  EXPECT_EQ(parse_meminfo("MemTotal: 100 kB\nMemFree: 10 kB\nMemAvailable: 60 kB\nCached: 90 kB\n")
                .available,
            Bytes{60 * 1024});
  EXPECT_EQ(
      parse_meminfo("MemTotal: 100 kB\nMemFree: 10 kB\nBuffers: 2 kB\nCached: 30 kB\n").available,
      Bytes{42 * 1024});
}

TEST(ProcParse, CountsProcessorTimeWithoutGuests) {
  const HostCpu cpu = parse_host_stat(
      "cpu  100 10 50 800 40 5 5 0 90 0\ncpu0 1 1\ncpu1 1 1\nintr 1 2\nbtime 1700000000\n", 100);
  EXPECT_DOUBLE_EQ(cpu.total_seconds, 10.1);
  EXPECT_DOUBLE_EQ(cpu.busy_seconds, 1.7);
  EXPECT_EQ(cpu.processors, 2);
  EXPECT_EQ(cpu.boot_seconds, 1700000000);
}

TEST(ProcParse, FindsThePressureOfALine) {
  const std::string text =
      "some avg10=1.25 avg60=0.10 avg300=0.00 total=99\nfull avg10=0.50 avg60=0 avg300=0 total=1\n";
  EXPECT_EQ(parse_pressure(text, "some"), 1.25);
  EXPECT_EQ(parse_pressure(text, "full"), 0.5);
  EXPECT_FALSE(parse_pressure("", "some"));
}

TEST(ProcParse, FindsACounterAmongPairsOfLines) {
  const std::string text =
      "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 1 42 43\n"
      "IpExt: InOctets\nIpExt: 7\n";
  EXPECT_EQ(parse_netstat(text, "TcpExt", "ListenOverflows"), 42);
  EXPECT_EQ(parse_netstat(text, "TcpExt", "ListenDrops"), 43);
  EXPECT_EQ(parse_netstat(text, "IpExt", "InOctets"), 7);
  EXPECT_EQ(parse_netstat(text, "TcpExt", "NoSuch"), 0);
  EXPECT_EQ(parse_netstat("TcpExt: A B\nTcpExt: 1", "TcpExt", "B"), 0);
}

TEST(ProcParse, SplitsArgumentsAtNuls) {
  EXPECT_EQ(split_nul("apache2\0-k\0start\0"s),
            (std::vector<std::string>{"apache2", "-k", "start"}));
  EXPECT_EQ(split_nul("a\0\0b"s), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_TRUE(split_nul("").empty());
}

TEST(ProcParse, CountsProcessorsOfAList) {
  EXPECT_EQ(count_list("0-3,8\n"), 5);
  EXPECT_EQ(count_list("\t0"), 1);
  EXPECT_EQ(count_list(""), 0);
  EXPECT_EQ(count_list("3-1"), 0);
}

TEST(ProcParse, TakesMaxForNoNumber) {
  EXPECT_FALSE(parse_number("max\n"));
  EXPECT_EQ(parse_number(" 268435456\n"), 268435456);
  EXPECT_EQ(parse_keyed("anon 5\ninactive_file 77\n", "inactive_file"), 77);
}

}  // namespace
}  // namespace mpm
