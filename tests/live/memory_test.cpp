// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/proc_fs.h"
#include "cli/load.h"
#include "tests/live/mpmctl.h"
#include "tests/support/cgroup.h"
#include "tests/support/loopback.h"
#include "tests/support/private_httpd.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

// The private and writable mappings of a process, as pmap -d adds them up: what other tools take
// for its memory.
std::int64_t writable_private(std::int32_t pid) {
  const Finished pmap = run({"pmap", "-d", std::to_string(pid)});
  const auto at = pmap.out.find("writeable/private: ");
  return at == std::string::npos ? 0 : std::atoll(pmap.out.c_str() + at + 19) * 1024;
}

std::vector<std::int32_t> workers_of(const PrivateHttpd& httpd) {
  return ProcFs().children(httpd.pid()).value_or(std::vector<std::int32_t>());
}

TEST(Memory, S05_ThreadStacksThatNobodyTouchedAreNotCounted) {
  const PrivateHttpd httpd({.directives = "ThreadsPerChild 25\nStartServers 2\n"});
  const Json memory = status_of(httpd.target())["memory"];
  std::int64_t mapped = 0;
  for (const std::int32_t pid : workers_of(httpd))
    mapped += writable_private(pid);
  EXPECT_GT(mapped, 100 << 20) << "stacks of 8 MB for each thread, mapped";
  EXPECT_LT(memory["pss_bytes"].get<std::int64_t>(), mapped / 10);
}

TEST(Memory, S06_SharedPagesAreCountedOnce) {
  const PrivateHttpd httpd(
      {.mpm = Mpm::Prefork,
       .directives = "StartServers 20\nMinSpareServers 20\nMaxSpareServers 21\n",
       .php = true});
  ASSERT_TRUE(wait_for([&] { return workers_of(httpd).size() >= 20; }));
  const Json memory = status_of(httpd.target())["memory"];
  const auto rss = memory["rss_bytes"].get<std::int64_t>();
  const auto pss = memory["pss_bytes"].get<std::int64_t>();
  EXPECT_GT(rss, 3 * pss) << memory.dump();
  EXPECT_GT(pss, memory["unique_bytes"].get<std::int64_t>());
  EXPECT_EQ(memory["processes"], 21);
}

TEST(Memory, S13_TheLimitOfACgroupIsTheBudget) {
  constexpr std::int64_t kLimit = std::int64_t{300} << 20;
  const MemoryCgroup cgroup(kLimit);
  // Where no cgroup can be made, CgroupTwo.S13 has the same on a fixture.
  if (!cgroup) GTEST_LOG_(INFO) << "no cgroup can be made here";
  PrivateHttpd httpd({.mpm = Mpm::Prefork,
                      .directives = "StartServers 8\nMinSpareServers 8\nMaxSpareServers 8\n"
                                    "MaxRequestWorkers 150\nMaxConnectionsPerChild 0\n",
                      .php = true});
  cgroup.add(httpd);
  // Each worker keeps some memory of its own.
  LoadOptions load{.port = httpd.port(),
                   .path = "/lab?leak=100&sleep=20",
                   .per_second = 80,
                   .span = std::chrono::seconds(14),
                   .most_open = 50};
  Load running(load);
  const Json proposal = ask({"recommend", httpd.target(), "--for", "10s"});
  running.stop();
  const Json memory = proposal["memory"];
  ASSERT_FALSE(memory.is_null()) << proposal.dump(2);
  if (!cgroup) return;
  EXPECT_LE(memory["budget_bytes"].get<std::int64_t>(), kLimit);
  EXPECT_GT(memory["budget_bytes"].get<std::int64_t>(), kLimit / 2);
  EXPECT_NE(memory["budget_terms"][0]["text"].get<std::string>().find("mpm-test-"),
            std::string::npos);
  httpd.stop();
}

}  // namespace
}  // namespace mpm
