// SPDX-License-Identifier: Apache-2.0
//
// What a server sums up besides its scoreboard, from the memory and from the page.
#include "agent/scoreboard/totals.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "tests/support/scoreboard_bytes.h"

namespace mpm {
namespace {

ServerTotals totals_of(const ScoreboardBytes& bytes) {
  const auto layout = find_layout(bytes.bytes());
  EXPECT_TRUE(layout) << layout.error().what;
  return totals_of_segment(bytes.bytes(), *layout);
}

std::string fixture(const std::string& name) {
  std::ifstream file(std::string(MPM_TESTS) + "/fixtures/status/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Each thread has noted times() of its process when its request ended: a sum would count the
// process once for every thread.
TEST(Totals, CountAProcessOnceAndWhatItsThreadsServedEach) {
  ScoreboardBytes bytes({.server_limit = 2, .thread_limit = 3});
  bytes.times({100, 10, 0, 0});
  bytes.process(0).pid(11).worker(0).status('_').accesses(4).times({200, 50, 0, 0}).duration(5000);
  bytes.process(0).worker(1).status('W').accesses(9).times({300, 60, 20, 40}).duration(7000);
  bytes.process(1).pid(12).worker(2).status('_').accesses(1).times({1000, 0, 0, 0}).duration(1000);
  const ServerTotals totals = totals_of(bytes);
  EXPECT_DOUBLE_EQ(totals.cpu_user_seconds.value(), 14.2);
  EXPECT_DOUBLE_EQ(totals.cpu_system_seconds.value(), 1.1);
  EXPECT_DOUBLE_EQ(totals.duration_seconds.value(), 0.013);
}

TEST(Totals, LeaveOutSlotsThatNeverServed) {
  ScoreboardBytes bytes({.server_limit = 1, .thread_limit = 2});
  bytes.process(0).pid(11).worker(0).status('_').times({500, 0, 0, 0}).duration(1);
  EXPECT_EQ(totals_of(bytes).cpu_user_seconds.value(), 0);
  EXPECT_EQ(totals_of(bytes).duration_seconds.value(), 0);
}

TEST(Totals, TakeTornNumbersForNothing) {
  ScoreboardBytes bytes({.server_limit = 1, .thread_limit = 1});
  bytes.process(0).pid(11).worker(0).status('W').accesses(1).times({-5, INT64_MAX, 7, 8});
  bytes.process(0).worker(0).duration(INT64_MIN);
  const ServerTotals totals = totals_of(bytes);
  EXPECT_DOUBLE_EQ(totals.cpu_user_seconds.value(), 0.07);
  EXPECT_DOUBLE_EQ(totals.cpu_system_seconds.value(), 0.08);
  EXPECT_EQ(totals.duration_seconds.value(), 0);
}

TEST(Totals, HaveNoDurationBeforeHttpdHadOne) {
  ScoreboardBytes bytes({.release = kReleases[2], .server_limit = 1, .thread_limit = 1});
  bytes.process(0).pid(11).worker(0).status('W').accesses(1).times({100, 200, 0, 0});
  const ServerTotals totals = totals_of(bytes);
  EXPECT_DOUBLE_EQ(totals.cpu_user_seconds.value(), 1);
  EXPECT_FALSE(totals.duration_seconds);
}

TEST(Totals, AreAbsentFromASegmentThatIsTooShort) {
  const ScoreboardBytes bytes({.server_limit = 1, .thread_limit = 1});
  const auto layout = find_layout(bytes.bytes());
  ASSERT_TRUE(layout);
  EXPECT_FALSE(
      totals_of_segment(bytes.bytes().first(bytes.bytes().size() - 1), *layout).cpu_user_seconds);
}

TEST(Totals, OfAPageAreWhatItPrints) {
  const ServerTotals totals = totals_of_page(
      "localhost\nServerVersion: Apache/2.4.71 (Debian)\nParentServerConfigGeneration: 4\n"
      "Load1: .5\nLoad5: 1.25\nLoad15: 2\nTotal Duration: 1500\nCPUUser: .12\nCPUSystem: 1\n"
      "CPUChildrenUser: 2\nCPUChildrenSystem: 0\nProcesses: 3\nStopping: 1\nScoreboard: _\n");
  EXPECT_EQ(totals.server_version, "Apache/2.4.71 (Debian)");
  EXPECT_EQ(totals.config_generation, 4);
  EXPECT_EQ(totals.load, (std::array<double, 3>{.5, 1.25, 2}));
  EXPECT_DOUBLE_EQ(totals.duration_seconds.value(), 1.5);
  EXPECT_DOUBLE_EQ(totals.cpu_user_seconds.value(), 2.12);
  EXPECT_DOUBLE_EQ(totals.cpu_system_seconds.value(), 1);
  EXPECT_EQ(totals.processes, 3);
  EXPECT_EQ(totals.stopping, 1);
  EXPECT_TRUE(totals.balancers.empty());
}

TEST(Totals, OfAPageWithoutExtendedStatusAreAbsent) {
  const ServerTotals totals = totals_of_page("localhost\nServerMPM: event\nScoreboard: _\n");
  EXPECT_FALSE(totals.duration_seconds);
  EXPECT_FALSE(totals.cpu_user_seconds);
  EXPECT_FALSE(totals.load);
  EXPECT_FALSE(totals.processes);
}

TEST(Totals, KnowTheBalancersOfAPage) {
  const ServerTotals totals = totals_of_page(fixture("event-2.4.71-tls-proxy.txt"));
  ASSERT_FALSE(totals.balancers.empty());
  for (const BalancerWorker& worker : totals.balancers) {
    EXPECT_EQ(worker.balancer.rfind("balancer://", 0), 0U) << worker.balancer;
    EXPECT_NE(worker.worker.find("://"), std::string::npos) << worker.worker;
    EXPECT_FALSE(worker.status.empty());
  }
}

TEST(Totals, ReadABalancersAmountsInKilobytes) {
  const auto sent = [](const std::string& amount) {
    return totals_of_page(
               "ProxyBalancer[0]Name: balancer://a\nProxyBalancer[0]Worker[0]Name: b\n"
               "ProxyBalancer[0]Worker[0]Sent: " +
               amount + "\n")
        .balancers.at(0)
        .sent_kilobytes;
  };
  EXPECT_EQ(sent("5588K"), 5588);
  EXPECT_EQ(sent("5.5M"), 5632);
  EXPECT_EQ(sent("1G"), 1048576);
  EXPECT_EQ(sent("512"), 0.5);
  EXPECT_EQ(sent("much"), 0);
}

}  // namespace
}  // namespace mpm
