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

TEST(Cap, OfProcessorsIsHalfAsManyAgainAsKeepThemRunning) {
  EXPECT_NEAR(cap(burning()), 1.5 * 4 * 70 / 20 + 2 * 4, 1e-9);
}

// Never a calm moment: what a request neither ran nor waited for a processor is the rest of it.
TEST(Cap, OfProcessorsNeedsNoCalm) {
  Observation seen = burning();
  seen.load.calm_service_seconds = 0;
  seen.load.service_seconds = 0.25;
  EXPECT_NEAR(cap(seen), 1.5 * 4 * (20 + 0.2 * 250) / 20 + 2 * 4, 1e-9);
}

TEST(Cap, IsNoneWhereNobodyWaitedForAWorker) {
  Observation seen = burning();
  seen.load.pinned_share = 0;
  seen.load.busy = flat(200);
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
  EXPECT_EQ(workers->to, 25) << "29, in processes of 25";
  EXPECT_NE(workers->formula.find("1.5 x 4 processors x 70.0 ms of a request / 20.0 ms"),
            std::string::npos)
      << workers->formula;
  const Change* backlog = change(proposal, "ListenBacklog");
  ASSERT_NE(backlog, nullptr);
  EXPECT_EQ(backlog->to, 64);
  ASSERT_NE(finding(proposal, "cpu-saturated"), nullptr);
  EXPECT_NE(finding(proposal, "cpu-saturated")->claim.find("in 25 % of the looks"),
            std::string::npos)
      << finding(proposal, "cpu-saturated")->claim;
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
}

// 433 keep four processors running, and half as many again are for chance: no reason to grow.
TEST(Cap, OfProcessorsIsNotGrownBeyondWhatKeepsThemRunning) {
  Observation seen = burning();
  seen.load.cpu_seconds_per_request = 0.008;
  seen.load.calm_service_seconds = 0.866;
  put(seen, "ServerLimit", 64);
  EXPECT_NEAR(cap(seen), 1.5 * 433 + 8, 1e-9);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 425) << "433 + 2 x 4, in processes of 25";
}

// 13 are nearer to one process of 13 than to one of 25.
TEST(Cap, BelowAProcessTakesThreadsFromIt) {
  Observation seen = burning();
  seen.load.calm_service_seconds = 0.02;
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "ThreadsPerChild"), nullptr);
  EXPECT_EQ(change(proposal, "ThreadsPerChild")->to, 14);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 14);
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
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 25);
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
}

// No more clients came than it had served before: it stood still for a while.
TEST(Cap, IsTheLimitWhereABackendWasOnlySlow) {
  Observation seen = crowded();
  seen.load.plateau->onset_arrivals = 180;
  EXPECT_EQ(cap(seen), 400);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr);
  EXPECT_EQ(change(recommend(seen), "ListenBacklog"), nullptr);
}

// All 20 are busy and serve 190 a second, of which each takes 105 ms; 400 of them served 30.
Observation remembering() {
  Observation seen = prefork();
  seen.worker_limit = 20;
  put(seen, "MaxRequestWorkers", 20);
  saturate(seen);
  seen.load.pinned_per_second = 190;
  seen.load.calm_service_seconds = 0.08;
  seen.full_pools = {{Instant{}, 20, 100, 190}, {Instant{}, 400, 60, 30}};
  return seen;
}

TEST(Cap, IsThePoolAsItIsWhereALargerOneBroughtLess) {
  const Observation seen = remembering();
  EXPECT_EQ(cap(seen), 20);
  const Proposal proposal = recommend(seen);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  ASSERT_NE(finding(proposal, "larger-pool-brought-less"), nullptr);
  EXPECT_NE(finding(proposal, "larger-pool-brought-less")->claim.find("of the 400"),
            std::string::npos)
      << finding(proposal, "larger-pool-brought-less")->claim;
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
}

// They take as long as ever: what they wait for is a worker.
TEST(Cap, IsALittleMoreWhereNothingBehindIsWaitedFor) {
  Observation seen = remembering();
  seen.load.calm_service_seconds = 0.1;
  EXPECT_NEAR(cap(seen), 26, 1e-9);
  ASSERT_NE(change(recommend(seen), "MaxRequestWorkers"), nullptr);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers")->to, 26);
}

// Two processes would be twice as many.
TEST(Cap, OfAFewMoreGivesTheOnlyProcessMoreThreads) {
  Observation seen = event();
  seen.worker_limit = 10;
  put(seen, "MaxRequestWorkers", 10);
  put(seen, "ThreadsPerChild", 10);
  saturate(seen);
  seen.load.pinned_per_second = 120;
  seen.load.calm_service_seconds = 0.083;
  seen.full_pools = {{Instant{}, 400, 60, 30}};
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "ThreadsPerChild"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "ThreadsPerChild")->to, 13);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 13);
}

TEST(Cap, IsNoneWhereNoLargerPoolIsKnownToHaveBroughtLess) {
  Observation seen = remembering();
  seen.full_pools[1].per_second = 180;
  EXPECT_TRUE(std::isinf(cap(seen))) << "as much, but for chance";
  seen.full_pools[1].per_second = 30;
  seen.full_pools[1].seconds = 10;
  EXPECT_TRUE(std::isinf(cap(seen))) << "it was full for a moment";
  seen.full_pools.pop_back();
  EXPECT_TRUE(std::isinf(cap(seen)));
  EXPECT_GE(change(recommend(seen), "MaxRequestWorkers")->to, 30);
}

// All 1600 are busy and end 81 a second.
Observation grown() {
  Observation seen = prefork();
  seen.worker_limit = 1600;
  put(seen, "MaxRequestWorkers", 1600);
  put(seen, "ServerLimit", 1600);
  saturate(seen);
  seen.load.pinned_per_second = 81;
  seen.host.memory_total = seen.host.memory_available = Bytes{100'000 * kMb};
  return seen;
}

TEST(Cap, IsTheSmallerPoolThatBroughtMore) {
  Observation seen = grown();
  seen.full_pools = {{Instant{}, 400, 60, 307}};
  EXPECT_EQ(cap(seen), 400) << "each request took 1.3 s there";
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 400);
  EXPECT_NE(finding(proposal, "smaller-pool-brought-more"), nullptr);
  seen.full_pools[0].per_second = 110;
  EXPECT_TRUE(std::isinf(cap(seen))) << "other requests may be heavier";
}

// 400 took 20 s for a request, which nobody waits for.
TEST(Cap, IsBelowPoolsThatAnsweredNobodyInTime) {
  Observation seen = grown();
  seen.load.pinned_per_second = 4.8;
  seen.full_pools = {{Instant{}, 400, 60, 19.4}};
  EXPECT_NEAR(cap(seen), 400.0 * 400 / 1600, 1e-9);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers")->to, 100);
}

TEST(Cap, GoesOnDownWhileFewerBringMore) {
  Observation seen = remembering();
  seen.worker_limit = 100;
  put(seen, "MaxRequestWorkers", 100);
  seen.load.pinned_per_second = 56;
  seen.full_pools = {{Instant{}, 400, 60, 19.4}, {Instant{}, 1600, 60, 4.8}};
  EXPECT_NEAR(cap(seen), 25, 1e-9);
  seen.load.pinned_per_second = 40;
  EXPECT_EQ(cap(seen), 100) << "four times fewer brought twice as much";
  seen.load.pinned_per_second = 56;
  seen.full_pools.pop_back();
  EXPECT_EQ(cap(seen), 100) << "two pools are no direction";
}

TEST(Cap, OfWorkersThatWaitForClientsComesOnTop) {
  Observation seen = burning();
  seen.mpm = Mpm::Worker;
  seen.load.keepalive = flat(100);
  EXPECT_NEAR(cap(seen), 29 + 1.3 * 100, 1e-9);
}

// Memory for 96, of whom 90 serve, and 60 wait for clients.
Observation waiting() {
  Observation seen = prefork();
  saturate(seen);
  seen.load.busy = flat(90);
  seen.load.keepalive = flat(60);
  seen.load.offered = flat(30);
  seen.load.arrived_per_second = 100;
  seen.host.memory_available = Bytes{2000 * kMb};
  put(seen, "KeepAliveTimeout", 5);
  return seen;
}

TEST(ShortMemory, LeavesNoRoomForWaits) {
  Observation seen = waiting();
  const Proposal proposal = recommend(seen);
  const Change* wait = change(proposal, "KeepAliveTimeout");
  ASSERT_NE(wait, nullptr) << proposal.verdict;
  EXPECT_EQ(wait->to, 0);
  EXPECT_NE(wait->because.find("wait for clients that say nothing"), std::string::npos);
  seen.host.memory_available = Bytes{7000 * kMb};
  EXPECT_EQ(change(recommend(seen), "KeepAliveTimeout"), nullptr) << "more workers, instead";
}

// What ends while memory is paged says nothing of what will; the time of a calm request does.
TEST(ShortMemory, ShortensTheQueueToWhatItsWorkersWillServe) {
  Observation seen = waiting();
  seen.load.keepalive = flat(0);
  seen.load.completed_per_second = 9;
  seen.memory->child_large = Bytes{60 * kMb};
  ASSERT_NE(change(recommend(seen), "ListenBacklog"), nullptr);
  EXPECT_EQ(change(recommend(seen), "ListenBacklog")->to, 99) << "511, as the workers are fewer";
  seen.load.calm_service_seconds = 0.1;
  const Proposal proposal = recommend(seen);
  ASSERT_NE(finding(proposal, "memory-overcommitted"), nullptr);
  const Change* backlog = change(proposal, "ListenBacklog");
  ASSERT_NE(backlog, nullptr) << proposal.verdict;
  EXPECT_EQ(backlog->to, 5 * change(proposal, "MaxRequestWorkers")->to);
}

// All were never busy; of as many as fit they will be.
TEST(ShortMemory, LeavesNoRoomForWaitsOfAPoolThatWasNotFull) {
  Observation seen = prefork();
  seen.load.busy = flat(40);
  seen.load.keepalive = flat(60);
  seen.host.memory_available = Bytes{1440 * kMb};
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 70);
  ASSERT_NE(change(proposal, "KeepAliveTimeout"), nullptr);
  EXPECT_EQ(change(proposal, "KeepAliveTimeout")->to, 1) << "0.8 x 5 s x 24 of 60";
}

TEST(ShortMemory, KeepsAllWorkersThatItHolds) {
  const Proposal proposal = recommend(waiting());
  const std::int64_t workers = change(proposal, "MaxRequestWorkers") != nullptr
                                   ? change(proposal, "MaxRequestWorkers")->to
                                   : 150;
  ASSERT_NE(change(proposal, "MinSpareServers"), nullptr);
  EXPECT_EQ(change(proposal, "MinSpareServers")->to, workers);
  EXPECT_EQ(change(proposal, "StartServers")->to, workers);
}

}  // namespace
}  // namespace mpm
