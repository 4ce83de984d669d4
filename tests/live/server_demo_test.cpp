// SPDX-License-Identifier: Apache-2.0
//
// mpmctl demo and mpmctl lab on the real mpm-httpd: what they show, and that nothing is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agent/base/file.h"
#include "tests/live/server.h"
#include "tests/support/child.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Processes of the mpm-httpd that this build made.
int servers_that_run() {
  int count = 0;
  const ProcFs proc;
  const auto pids = proc.processes();
  for (const std::int32_t pid : *pids)
    if (const auto exe = proc.exe(pid); exe && *exe == MPM_HTTPD) ++count;
  return count;
}

class Demo : public testing::TestWithParam<Mpm> {};
INSTANTIATE_TEST_SUITE_P(Live, Demo,
                         testing::Values(Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt),
                         name_of_mpm);

TEST_P(Demo, SaturatesAServerAndGivesItsAdvice) {
  const std::string mpm = name_of_mpm({GetParam(), 0});
  const Finished demo = run({MPM_CTL, "demo", "--mpm", mpm, "--for", "10s"}, {.deadline = 60s});
  EXPECT_EQ(demo.status, 0) << demo.err;
  EXPECT_THAT(demo.out, HasSubstr("saturated   All 16 workers are busy"));
  EXPECT_THAT(demo.out, HasSubstr("read from the server's shared memory"));
  EXPECT_THAT(demo.out, HasSubstr("Grade"));
  EXPECT_THAT(demo.out, HasSubstr(GetParam() == Mpm::Winnt ? "    ThreadsPerChild 64"
                                                           : "    MaxRequestWorkers 64"));
  EXPECT_EQ(servers_that_run(), 0);
}

TEST(Lab, ComparesTheFourMpms) {
  const TempDir dir;
  const Finished lab = run({MPM_CTL, "lab", "--for", "2s", "--rate", "200", "--connections", "100",
                            "--json", "--html", dir / "lab.html"},
                           {.deadline = 120s});
  EXPECT_EQ(lab.status, 0) << lab.err;
  const auto report = nlohmann::json::parse(lab.out, nullptr, false);
  ASSERT_FALSE(report.is_discarded()) << lab.out;
  ASSERT_EQ(report["results"].size(), 4U) << report.dump(2);
  for (const auto& result : report["results"]) {
    EXPECT_EQ(result["held"], 100) << result.dump(2);
    EXPECT_GT(result["answered_per_second"].get<double>(), 150) << result.dump(2);
    EXPECT_GT(result["pss_held_bytes"].get<std::int64_t>(), 0) << result.dump(2);
  }
  const auto page = read_file(dir / "lab.html");
  ASSERT_TRUE(page) << page.error().what;
  EXPECT_THAT(*page, HasSubstr("<svg"));
  EXPECT_EQ(servers_that_run(), 0);
}

}  // namespace
}  // namespace mpm
