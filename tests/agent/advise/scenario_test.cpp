// SPDX-License-Identifier: Apache-2.0
//
// Servers that other tools advise wrongly, one test each; the number is the scenario's.
#include <gtest/gtest.h>

#include "agent/advise/recommend.h"
#include "tests/agent/advise/proposal_parts.h"
#include "tests/support/samples.h"

namespace mpm {
namespace {

// A request that takes 115 MB once a day: both bounds are shown, and the usual one binds.
TEST(Scenario, S06c_ThePeakIsShownBesideTheUsualSize) {
  Observation seen = prefork();
  seen.memory->child_peak = Bytes{115 * kMb};
  const Proposal proposal = recommend(seen);
  const Finding* peak = finding(proposal, "memory-overcommitted");
  ASSERT_NE(peak, nullptr);
  EXPECT_EQ(peak->severity, Severity::Advice);
  EXPECT_NE(peak->claim.find("115 MB"), std::string::npos) << peak->claim;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr);
  EXPECT_GT(proposal.memory->worst, proposal.memory->budget);
  EXPECT_LT(proposal.memory->typical, proposal.memory->budget);
}

TEST(Scenario, S11_NoTimeoutOfTheShutdownEndsOldProcesses) {
  Observation seen = event();
  seen.load.old_processes_max = 5;
  const Proposal proposal = recommend(seen);
  const Finding* old = finding(proposal, "old-generations");
  ASSERT_NE(old, nullptr);
  EXPECT_NE(old->advice.find("GracefulShutdownTimeout does not end them"), std::string::npos);
}

// All that a running parent keeps needs a new one, and the proposal says so of each.
TEST(Scenario, S17_ALimitIsNeverLeftToAReload) {
  Observation seen = event();
  saturate(seen);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr);
  ASSERT_GT(change(proposal, "MaxRequestWorkers")->to, 16 * 25) << "beyond ServerLimit";
  ASSERT_NE(change(proposal, "ServerLimit"), nullptr);
  EXPECT_EQ(change(proposal, "ServerLimit")->restart, RestartClass::StopStart);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->restart, RestartClass::StopStart);
}

Observation overflowing() {
  Observation seen = event();
  seen.load.overflows = 50;
  seen.load.queue = {60, 3, 100, 0, 20, 300, 511};
  seen.load.arrived_per_second = 1000;
  return seen;
}

TEST(Scenario, S18_ALongerBacklogNeedsANewParent) {
  const Proposal proposal = recommend(overflowing());
  const Change* backlog = change(proposal, "ListenBacklog");
  ASSERT_NE(backlog, nullptr);
  EXPECT_EQ(backlog->to, 2000);
  EXPECT_EQ(backlog->restart, RestartClass::StopStart);
}

TEST(Scenario, S18_TheKernelsLimitOfTheBacklogComesFirst) {
  Observation seen = overflowing();
  seen.host.somaxconn = 511;
  const Proposal proposal = recommend(seen);
  EXPECT_EQ(change(proposal, "ListenBacklog"), nullptr) << "the kernel would cut it";
  const Finding* lost = finding(proposal, "listen-overflows");
  ASSERT_NE(lost, nullptr);
  EXPECT_NE(lost->advice.find("net.core.somaxconn"), std::string::npos) << lost->advice;
}

// Its children end as fast as httpd starts others, so that no worker is idle: clients wait for one.
TEST(Scenario, S18_ALongerBacklogGivesNoProcess) {
  Observation seen = overflowing();
  seen.load.ramping_share = 0.4;
  EXPECT_NE(change(recommend(seen), "ListenBacklog"), nullptr) << "of a start, it holds the burst";
  seen.load.ramping_share = 0.9;
  EXPECT_EQ(change(recommend(seen), "ListenBacklog"), nullptr);
  EXPECT_EQ(finding(recommend(seen), "listen-overflows"), nullptr);
  EXPECT_NE(finding(recommend(seen), "ramp-limited"), nullptr);
  seen.load.ramping_share = 0.2;
  seen.load.completed_per_second = 1000;
  put(seen, "MaxConnectionsPerChild", 500);
  EXPECT_EQ(change(recommend(seen), "ListenBacklog"), nullptr) << "two processes end a second";
  put(seen, "MaxConnectionsPerChild", 5000);
  EXPECT_NE(change(recommend(seen), "ListenBacklog"), nullptr);
}

// The kernel counts for all servers of a network namespace together.
TEST(Scenario, ClientsThatAnotherServerLostAreNotOurs) {
  Observation seen = event();
  seen.load.overflows = 3105;
  const Proposal proposal = recommend(seen);
  EXPECT_EQ(finding(proposal, "listen-overflows"), nullptr);
  EXPECT_EQ(proposal.grade, "A") << proposal.verdict;
}

// Six processes of 60 MB that serve 150 are 360 MB, and not 150 times 60.
TEST(Scenario, S20_ThreadsAreNoProcesses) {
  Observation seen = event();
  seen.memory->child_typical = seen.memory->child_large = seen.memory->child_peak = Bytes{60 * kMb};
  const Proposal proposal = recommend(seen);
  EXPECT_EQ(finding(proposal, "memory-overcommitted"), nullptr);
  EXPECT_EQ(proposal.memory->typical, Bytes{(10 + 6 * 60) * kMb});
}

// 150 at 64 a process are two processes.
TEST(Scenario, S21_TheMaximumThatRunsIsTheOneThatCounts) {
  Observation seen = event();
  put(seen, "ThreadsPerChild", 64);
  put(seen, "MaxRequestWorkers", 128, 150);
  seen.worker_limit = 128;
  seen.load.busy = flat(120);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(finding(proposal, "max-request-workers-cut"), nullptr);
  const Change* workers = change(proposal, "MaxRequestWorkers");
  ASSERT_NE(workers, nullptr);
  EXPECT_EQ(workers->from, 128);
  EXPECT_EQ(workers->to % 64, 0);
}

TEST(Scenario, S22_SpareBoundsThatMakeProcessesComeAndGoAreSaid) {
  Observation seen = event();
  put(seen, "MaxSpareThreads", 60);
  EXPECT_NE(finding(recommend(seen), "spares-narrow"), nullptr);
  put(seen, "MaxSpareThreads", 75);
  EXPECT_EQ(finding(recommend(seen), "spares-narrow"), nullptr);
}

TEST(Scenario, S26_EventIsNamedWithWhatStandsAgainstIt) {
  Observation seen = prefork();
  seen.load.busy = flat(10);
  seen.load.keepalive = flat(140);
  seen.load.pinned_share = 0.9;
  const Proposal proposal = recommend(seen);
  const Finding* held = finding(proposal, "keepalive-holds-workers");
  ASSERT_NE(held, nullptr);
  EXPECT_NE(held->advice.find("event"), std::string::npos);
  EXPECT_NE(held->advice.find("mod_php"), std::string::npos);
}

// A calm half hour today says nothing of last Tuesday evening.
TEST(Scenario, TheBusiestHourOfThePastCounts) {
  Observation seen = event();
  seen.past = {kNoon, 148, 240, 150, 200};
  const Proposal proposal = recommend(seen);
  const Finding* near = finding(proposal, "workers-nearly-exhausted");
  ASSERT_NE(near, nullptr);
  EXPECT_NE(near->claim.find("2023-11-14 22:00 UTC, had 148 workers busy, all of them for 240 s"),
            std::string::npos)
      << near->claim;
  const Change* workers = change(proposal, "MaxRequestWorkers");
  ASSERT_NE(workers, nullptr);
  EXPECT_EQ(workers->to, 350) << "2 x (1.1 x 148 + 2), in processes of 25";
  EXPECT_NE(workers->because.find("The busiest of 200 hours"), std::string::npos)
      << workers->because;
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
}

TEST(Scenario, AWeekOfHistoryMakesShortLooksSure) {
  Observation seen = event();
  seen.span_seconds = 600;
  EXPECT_EQ(recommend(seen).confidence, Confidence::Medium);
  seen.past = {kNoon, 20, 0, 150, 170};
  EXPECT_EQ(recommend(seen).confidence, Confidence::High);
  seen.past->hours = 30;
  EXPECT_EQ(recommend(seen).confidence, Confidence::Medium);
}

// After a reload of prefork with StartServers 5 it took twenty seconds to be at 256 again.
TEST(Scenario, AReloadThatLeavesAHandfulIsForetold) {
  Observation seen = prefork();
  seen.load.busy = flat(100);
  const Proposal proposal = recommend(seen);
  const Finding* collapse = finding(proposal, "reload-collapses");
  ASSERT_NE(collapse, nullptr);
  EXPECT_NE(collapse->claim.find("leaves 5 workers for a load that keeps 100 busy"),
            std::string::npos)
      << collapse->claim;
  put(seen, "StartServers", 60);
  EXPECT_EQ(finding(recommend(seen), "reload-collapses"), nullptr);
}

}  // namespace
}  // namespace mpm
