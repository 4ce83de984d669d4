// SPDX-License-Identifier: Apache-2.0
//
// How many workers are enough: where more of them make each other slower, and what goes with that.
#include "agent/advise/cap.h"

#include <cmath>

#include <gtest/gtest.h>

#include "agent/advise/recommend.h"
#include "tests/agent/advise/proposal_parts.h"

namespace mpm {
namespace {

// Bursts that fill the processors while all 400 workers are busy; over the whole window there is
// time left. A request takes 70 ms when nobody waits, of which it runs 20 ms.
Observation burning() {
  Observation seen = event();
  seen.worker_limit = 400;
  put(seen, "MaxRequestWorkers", 400);
  put(seen, "ServerLimit", 32);
  saturate(seen);
  seen.load.pinned_share = 0.3;
  seen.load.completed_per_second = 100;
  seen.load.cpu_busy_share = 0.6;
  seen.load.cpu_full_share = 0.25;
  seen.load.cpu_own_share = 0.58;
  seen.load.cpu_ready_share = 0.8;
  seen.load.cpu_seconds_per_request = 0.02;
  seen.load.calm_service_seconds = 0.07;
  seen.load.service_seconds = 0.9;
  return seen;
}

double cap(const Observation& seen) {
  const Policy policy;
  return advise::cap_of(advise::Facts(seen, policy)).workers;
}

TEST(Cap, OfProcessorsIsAsManyAsKeepThemRunning) {
  EXPECT_NEAR(cap(burning()), 4 * 70 / 20 + 2 * 4, 1e-9);
}

// Never a calm moment: what a request neither ran nor waited for a processor is the rest of it.
TEST(Cap, OfProcessorsNeedsNoCalm) {
  Observation seen = burning();
  seen.load.calm_service_seconds = 0;
  seen.load.service_seconds = 0.25;
  EXPECT_NEAR(cap(seen), 4.0 * (20 + 0.2 * 250) / 20 + 2 * 4, 1e-9);
}

// As a real httpd on two processors had it: among the looks at a calm were some from the middle of
// a burst, with hundreds at once.
TEST(Cap, OfProcessorsIsNotMisledByABurstThatIsTakenForACalm) {
  Observation seen = burning();
  seen.load.calm_service_seconds = 7.25;
  seen.load.cpu_ready_share = 0.94;
  EXPECT_NEAR(cap(seen), 4.0 * (20 + 0.06 * 900) / 20 + 2 * 4, 1e-9);
}

TEST(Cap, IsNoneWhereNobodyWaitedForAWorker) {
  Observation seen = burning();
  seen.load.pinned_share = 0;
  seen.load.busy = flat(20);
  EXPECT_TRUE(std::isinf(cap(seen)));
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr);
}

TEST(Cap, OfTheLimitWhereHttpdsPartIsNotKnown) {
  Observation seen = burning();
  seen.load.cpu_full_share = 0;
  seen.load.cpu_busy_share = 0.97;
  seen.load.cpu_own_share.reset();
  seen.load.cpu_ready_share.reset();
  EXPECT_EQ(cap(seen), 400);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr);
}

TEST(Cap, BindsTheWorkersTheSparesAndTheQueue) {
  const Observation seen = burning();
  const Proposal proposal = recommend(seen);
  const Change* workers = change(proposal, "MaxRequestWorkers");
  ASSERT_NE(workers, nullptr) << proposal.verdict;
  EXPECT_EQ(workers->to, 25) << "22, in processes of 25";
  EXPECT_NE(workers->formula.find("4 processors x 70.0 ms of a request / 20.0 ms"),
            std::string::npos)
      << workers->formula;
  const Change* backlog = change(proposal, "ListenBacklog");
  ASSERT_NE(backlog, nullptr);
  EXPECT_EQ(backlog->to, 32);
  ASSERT_NE(finding(proposal, "cpu-saturated"), nullptr);
  EXPECT_NE(finding(proposal, "cpu-saturated")->claim.find("in 25 % of the looks"),
            std::string::npos)
      << finding(proposal, "cpu-saturated")->claim;
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
}

// 433 keep four processors running.
TEST(Cap, OfProcessorsIsNotGrownBeyondWhatKeepsThemRunning) {
  Observation seen = burning();
  seen.load.cpu_seconds_per_request = 0.008;
  seen.load.calm_service_seconds = 0.866;
  seen.load.service_seconds = 2.5;
  put(seen, "ServerLimit", 64);
  EXPECT_NEAR(cap(seen), 433 + 8, 1e-9);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 425) << "433 + 2 x 4, in processes of 25";
}

// 35 are nearer to 25 than to 50, and the ten that are missing are a fourth of what the processors
// do.
TEST(Cap, OfProcessorsIsNotRoundedToFarFewerInWholeProcesses) {
  Observation seen = burning();
  seen.load.calm_service_seconds = 0.135;
  EXPECT_NEAR(cap(seen), 27 + 8, 1e-9);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 50);
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
  seen.load.calm_service_seconds = 0.105;
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers")->to, 25) << "of 29";
  seen.worker_limit = 50;
  put(seen, "MaxRequestWorkers", 50);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr)
      << "of 50 neither process is too many";
}

// 12 are nearer to one process of 12 than to one of 25.
TEST(Cap, BelowAProcessTakesThreadsFromIt) {
  Observation seen = burning();
  seen.load.calm_service_seconds = 0.02;
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "ThreadsPerChild"), nullptr);
  EXPECT_EQ(change(proposal, "ThreadsPerChild")->to, 12);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 12);
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
}

// 400 workers wait for a backend that served most with 16 of them, when twice as many came.
Observation crowded() {
  Observation seen = burning();
  seen.load.cpu_full_share = 0;
  seen.load.plateau = {12, 180, 190, 16, 260, 400, 30};
  return seen;
}

TEST(Cap, OfABackendThatServesFewerWhenMoreWait) {
  EXPECT_NEAR(cap(crowded()), 1.15 * 16 + 1, 1e-9);
  const Proposal proposal = recommend(crowded());
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 19) << "in one process";
  EXPECT_NE(change(proposal, "MaxRequestWorkers")
                ->because.find("30 a second with 400 of them, and up to 190 before"),
            std::string::npos)
      << change(proposal, "MaxRequestWorkers")->because;
}

// Before so many came it had less to do than it can; while they came it did more.
TEST(Cap, OfABackendIsWhatItServedWhileTheyCame) {
  Observation seen = crowded();
  seen.load.plateau = {8, 119, 119, 8, 260, 400, 30, 15};
  EXPECT_NEAR(cap(seen), 1.15 * 15 + 1, 1e-9);
  seen.load.plateau->end_workers = 150;
  EXPECT_NEAR(cap(seen), 1.15 * 15 + 1, 1e-9) << "looks of the rise are in that number";
}

// As many end with 143 as with 20, each after seven seconds instead of one.
TEST(Cap, OfABackendThatOnlyTakesLonger) {
  Observation seen = crowded();
  seen.load.plateau = {20, 22, 22, 143, 29, 143, 21, 18};
  EXPECT_NEAR(cap(seen), 1.15 * 18 + 1, 1e-9);
  EXPECT_NE(change(recommend(seen), "MaxRequestWorkers"), nullptr);
  seen.load.plateau->most_workers = 70;
  EXPECT_EQ(cap(seen), 400) << "not so much longer";
  seen.load.pinned_per_second = 150;
  EXPECT_NEAR(cap(seen), 1.15 * 18 + 1, 1e-9) << "2.7 s with all workers busy, and 70 ms in a calm";
  seen.load.calm_service_seconds = 0.7;
  EXPECT_EQ(cap(seen), 400);
}

// No more clients came than it had served before: it stood still for a while.
TEST(Cap, IsTheLimitWhereABackendWasOnlySlow) {
  Observation seen = crowded();
  seen.load.plateau->onset_arrivals = 180;
  EXPECT_EQ(cap(seen), 400);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr);
  EXPECT_EQ(change(recommend(seen), "ListenBacklog"), nullptr);
}

// More came than anybody could be answered in time, whatever they found.
TEST(Cap, IsOfABackendWhereNobodyIsAnsweredInTime) {
  Observation seen = crowded();
  seen.load.plateau->onset_arrivals = 180;
  seen.load.pinned_per_second = 30;
  EXPECT_NEAR(cap(seen), 1.15 * 16 + 1, 1e-9) << "each of 400 takes 13 s";
  seen.load.pinned_per_second = 60;
  EXPECT_EQ(cap(seen), 400);
  seen.load.queue = flat(300);
  EXPECT_NEAR(cap(seen), 1.15 * 16 + 1, 1e-9) << "7 s, and 5 s in the kernel";
}

// How many came nobody saw. Clients are turned away: a quarter of the workers is tried, where few
// were seen to end far more, and half where it is only often full, unless it was tried.
TEST(Cap, OfABackendThatWasLeftBehindIsAPart) {
  Observation seen = crowded();
  seen.span_seconds = 270;
  seen.load.plateau = {90, 261, 299, 106, 0, 400, 103};
  seen.load.pinned_per_second = 104;
  EXPECT_EQ(cap(seen), 400) << "nobody was turned away";
  seen.load.overflows = 45'000;
  EXPECT_NEAR(cap(seen), 1.15 * 106 + 1, 1e-9) << "so many were still well";
  seen.load.plateau->end_workers = 60;
  EXPECT_EQ(cap(seen), 100);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 100);
  EXPECT_NE(change(proposal, "MaxRequestWorkers")
                ->because.find("With all 400 busy 103 requests a second end"),
            std::string::npos)
      << change(proposal, "MaxRequestWorkers")->because;
  seen.load.plateau->end_workers = 200;
  EXPECT_NEAR(cap(seen), 1.15 * 200 + 1, 1e-9) << "so many were still well";
  seen.full_pools = {{Instant{}, 200, 60, 60}};
  EXPECT_EQ(cap(seen), 400) << "half of them brought less";
  seen.full_pools.clear();
  seen.load.plateau->most_per_second = 290;
  EXPECT_EQ(cap(seen), 400) << "perhaps a burst";
  seen.load.pinned_share = 0.6;
  EXPECT_NEAR(cap(seen), 1.15 * 200 + 1, 1e-9) << "often, and the others brought nothing";
  seen.load.plateau->end_workers = 60;
  EXPECT_EQ(cap(seen), 200) << "but hardly less than few";
  seen.load.overflows = 0;
  EXPECT_EQ(cap(seen), 400) << "nobody is turned away";
}

// 40 children of prefork, all busy, end after 50 connections, and 60 of these end a second; of 80
// children 10 did.
Observation ending() {
  Observation seen = prefork();
  seen.worker_limit = 40;
  put(seen, "MaxRequestWorkers", 40);
  put(seen, "MaxConnectionsPerChild", 50);
  saturate(seen);
  seen.load.pinned_per_second = 60;
  seen.load.overflows = 1000;
  seen.memory->child_typical = seen.memory->child_large = Bytes{20 * kMb};
  seen.full_pools = {{Instant{}, 80, 60, 10}};
  return seen;
}

TEST(Cap, OfChildrenThatEndFasterThanOthersStart) {
  Observation seen = ending();
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 20);
  EXPECT_NE(change(proposal, "MaxRequestWorkers")
                ->because.find("Children end after 50 connections, 1.2 a second"),
            std::string::npos)
      << change(proposal, "MaxRequestWorkers")->because;
  ASSERT_NE(change(proposal, "MaxConnectionsPerChild"), nullptr);
  EXPECT_EQ(change(proposal, "MaxConnectionsPerChild")->to, 100) << "in the same memory";
  seen.load.overflows = 0;
  EXPECT_EQ(cap(seen), 40) << "nobody is turned away";
  seen = ending();
  put(seen, "MaxConnectionsPerChild", 60);
  EXPECT_EQ(cap(seen), 40) << "one a second is what httpd starts";
  seen = ending();
  seen.full_pools.clear();
  EXPECT_TRUE(std::isinf(cap(seen))) << "perhaps it grows";
  seen = ending();
  seen.load.pinned_share = 0.5;
  EXPECT_TRUE(std::isinf(cap(seen))) << "not mostly";
  seen = ending();
  seen.full_pools.insert(seen.full_pools.begin(), {Instant{}, 20, 60, 50});
  EXPECT_EQ(cap(seen), 40) << "half of them brought less";
}

// Not all 400 are ever busy, and yet many more than keep four processors running.
TEST(Cap, OfProcessorsIsForAPoolThatIsUsedFarBeyondThem) {
  Observation seen = burning();
  seen.load.pinned_share = 0;
  seen.load.busy = flat(350);
  seen.load.connections = flat(800);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 50) << "22 help, and 73 hold connections";
  ASSERT_NE(change(proposal, "AsyncRequestWorkerFactor"), nullptr);
  EXPECT_EQ(change(proposal, "AsyncRequestWorkerFactor")->to, 10);
  EXPECT_NE(change(proposal, "ListenBacklog"), nullptr);
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
  seen.load.connections = flat(390);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers")->to, 25) << "350 served, 40 in the kernel";
  EXPECT_EQ(change(recommend(seen), "AsyncRequestWorkerFactor"), nullptr);
}

// Of 175 that are left 125 are busy as before, and only the others hold 684 connections.
TEST(Cap, OfProcessorsLeavesFewerIdleWorkersForConnections) {
  Observation seen = burning();
  seen.load.calm_service_seconds = 0.91;
  seen.load.cpu_seconds_per_request = 0.0212;
  seen.load.busy.p50 = 125;
  seen.load.connections = flat(684);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 175);
  ASSERT_NE(change(proposal, "AsyncRequestWorkerFactor"), nullptr);
  EXPECT_EQ(change(proposal, "AsyncRequestWorkerFactor")->to, 10);
  seen.load.busy.p50 = 0;
  EXPECT_EQ(change(recommend(seen), "AsyncRequestWorkerFactor")->to, 4);
}

// Processors that are full now and then are no reason for more workers.
TEST(Cap, OfProcessorsStopsGrowthNearTheLimit) {
  Observation seen = burning();
  seen.worker_limit = 25;
  put(seen, "MaxRequestWorkers", 25);
  seen.load.pinned_share = 0;
  seen.load.busy = flat(24);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr);
  seen.load.cpu_full_share = 0;
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr) << "22 will keep them running";
  seen.load.cpu_seconds_per_request = 0.002;
  EXPECT_NE(change(recommend(seen), "MaxRequestWorkers"), nullptr) << "148 would";
}

TEST(Cap, OfWorkersThatWaitForClientsComesOnTop) {
  Observation seen = burning();
  seen.mpm = Mpm::Worker;
  seen.load.keepalive = flat(100);
  EXPECT_NEAR(cap(seen), 22 + 1.3 * 100, 1e-9);
}

// Nobody knows whose work it is. As many as keep the processors running, and those that wait, are
// more than there may be: all of them are wanted, whosever it is.
TEST(Cap, OfOthersWorkPerhapsStopsNoGrowthToWhatHelps) {
  Observation seen = burning();
  seen.mpm = Mpm::Worker;
  seen.load.cpu_ready_share.reset();
  seen.load.cpu_own_share.reset();
  seen.load.cpu_full_share = 0;
  seen.load.cpu_busy_share = 0.97;
  seen.worker_limit = 25;
  seen.load.keepalive = flat(10);
  ASSERT_EQ(advise::Facts(seen, Policy{}).processors(), advise::Processors::Untold);
  EXPECT_NEAR(cap(seen), 22 + 1.3 * 10, 1e-9);
}

}  // namespace
}  // namespace mpm
