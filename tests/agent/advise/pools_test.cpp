// SPDX-License-Identifier: Apache-2.0
//
// Pools of other sizes that were full: what they say of this one.
#include "agent/advise/pools.h"

#include <cmath>

#include <gtest/gtest.h>

#include "agent/advise/recommend.h"
#include "tests/agent/advise/proposal_parts.h"

namespace mpm {
namespace {

advise::Cap cap(const Observation& seen) {
  const Policy policy;
  return advise::cap_of_pools(advise::Facts(seen, policy));
}

// All 20 are busy and serve 190 a second, of which each takes 105 ms; 400 of them served 30.
Observation remembering() {
  Observation seen = prefork();
  seen.worker_limit = 20;
  put(seen, "MaxRequestWorkers", 20);
  saturate(seen);
  seen.load.pinned_per_second = 190;
  seen.load.calm_service_seconds = 0.08;
  seen.load.overflows = 100;
  seen.full_pools = {{Instant{}, 20, 100, 190}, {Instant{}, 400, 60, 30}};
  seen.host.memory_total = seen.host.memory_available = Bytes{100'000 * kMb};
  return seen;
}

// All 75 are busy and serve 275 a second; how long a request takes in a calm was never seen.
Observation seventy_five() {
  Observation seen = remembering();
  seen.worker_limit = 75;
  put(seen, "MaxRequestWorkers", 75);
  saturate(seen);
  seen.load.pinned_per_second = 275.5;
  seen.load.calm_service_seconds = 0;
  seen.load.service_cv2 = 0.2;
  return seen;
}

TEST(LargerPool, LeavesThisOneAsItIs) {
  const Observation seen = remembering();
  EXPECT_EQ(cap(seen).workers, 20);
  const Proposal proposal = recommend(seen);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  ASSERT_NE(finding(proposal, "larger-pool-brought-less"), nullptr);
  EXPECT_NE(finding(proposal, "larger-pool-brought-less")->claim.find("With 400 workers"),
            std::string::npos)
      << finding(proposal, "larger-pool-brought-less")->claim;
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
}

// 300 of 400 were busy at a time, and never all, and 60 a second ended.
TEST(LargerPool, ThatWasNeverFullIsRememberedByItsCrowd) {
  Observation seen = remembering();
  seen.full_pools.clear();
  ASSERT_NE(change(recommend(seen), "MaxRequestWorkers"), nullptr);
  seen.crowd = {Instant{}, 300, 60, 60};
  EXPECT_EQ(cap(seen).workers, 20);
  const Proposal proposal = recommend(seen);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  ASSERT_NE(finding(proposal, "larger-pool-brought-less"), nullptr);
  EXPECT_EQ(finding(proposal, "larger-pool-brought-less")->claim.find("With 300 workers busy, 60"),
            0U)
      << finding(proposal, "larger-pool-brought-less")->claim;
  seen.crowd->per_second = 0.75 * seen.load.pinned_per_second;
  EXPECT_EQ(cap(seen).workers, 20) << "each of 300 took 2 s, and takes 80 ms in a calm";
  seen.load.calm_service_seconds = 0;
  EXPECT_NE(change(recommend(seen), "MaxRequestWorkers"), nullptr) << "perhaps other requests";
  seen.load.calm_service_seconds = 0.08;
  seen.crowd->per_second = seen.load.completed_per_second + 1;
  EXPECT_NE(change(recommend(seen), "MaxRequestWorkers"), nullptr) << "they brought more";
  seen.crowd = {Instant{}, 300, 19, 60};
  EXPECT_NE(change(recommend(seen), "MaxRequestWorkers"), nullptr) << "for a moment";
}

// They take as long as ever: what they wait for is a worker.
TEST(LargerPool, IsApproachedGentlyWhereNothingBehindIsWaitedFor) {
  Observation seen = remembering();
  seen.load.calm_service_seconds = 0.1;
  EXPECT_NEAR(cap(seen).workers, 26, 1e-9);
  ASSERT_NE(change(recommend(seen), "MaxRequestWorkers"), nullptr);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers")->to, 26);
  seen.full_pools[1].per_second = 12;
  EXPECT_NEAR(cap(seen).workers, std::sqrt(400 * 12 * 20 / 190.0), 1e-9);
  seen.load.completed_per_second = 190;
  seen.load.overflows = static_cast<std::int64_t>(0.009 * 190 * seen.span_seconds);
  EXPECT_EQ(cap(seen).workers, 20) << "hardly anybody is turned away";
}

// Two processes would be twice as many.
TEST(LargerPool, IsApproachedByMoreThreadsOfTheOnlyProcess) {
  Observation seen = event();
  seen.worker_limit = 10;
  put(seen, "MaxRequestWorkers", 10);
  put(seen, "ThreadsPerChild", 10);
  saturate(seen);
  seen.load.pinned_per_second = 120;
  seen.load.calm_service_seconds = 0.083;
  seen.load.overflows = 100;
  seen.full_pools = {{Instant{}, 400, 60, 30}};
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "ThreadsPerChild"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "ThreadsPerChild")->to, 13);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 13);
}

// 4 at once in 6 ms, 2 % longer for each that waits: 75 end 276 a second, 400 of them 74.
TEST(LargerPool, AndThisOneGiveTheLineInWhichBothStand) {
  Observation seen = seventy_five();
  seen.full_pools = {{Instant{}, 400, 60, 74.6795}};
  seen.load.calm_service_seconds = 0.006;
  EXPECT_NEAR(cap(seen).workers, 18.75, 1e-9) << "the knee is 4; a quarter of them a step";
  seen.load.calm_service_seconds = 0;
  seen.load.service_cv2 = 0.2;
  EXPECT_NEAR(cap(seen).workers, 18.75, 1e-9) << "7/8 of what hardly any would end need 7";
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers")->to, 19);
  seen.full_pools[0].per_second = 230;
  EXPECT_EQ(cap(seen).workers, 75) << "a little less: hardly any would end no more";
  seen.full_pools[0].per_second = 74.6795;
  seen.load.service_cv2 = 0.6;
  EXPECT_EQ(cap(seen).workers, 75) << "each may have a time of its own";
  seen.load.service_cv2 = 1;
  EXPECT_NEAR(cap(seen).workers, std::sqrt(400 * 74.6795 * 75 / 275.5), 0.1) << "each has: gently";
}

// Of 75, 30 wait for a client's next request: the knee is of those that serve.
TEST(LargerPool, AndThisOneStandInLineWithThoseThatServe) {
  Observation seen = remembering();
  seen.worker_limit = 75;
  put(seen, "MaxRequestWorkers", 75);
  saturate(seen);
  seen.load.keepalive = flat(30);
  seen.load.pinned_per_second = 275.5;
  seen.full_pools = {{Instant{}, 400, 60, 74.6795}};
  seen.load.calm_service_seconds = 0.05;
  const double workers = cap(seen).workers;
  // 1 / X = A + B N through both, X = (N - 30) / 0.05 s.
  const double slope = (1 / 74.6795 - 1 / 275.5) / 325;
  const double line = 1 / 275.5 + slope * (workers - 75);
  EXPECT_NEAR((workers - 30) / 0.05, 1 / line, 1e-6);
  EXPECT_GT(workers, 37.5);
  EXPECT_NE(cap(seen).formula.find("(N - 30 in keep-alive) / 0.05 s"), std::string::npos)
      << cap(seen).formula;
  seen.load.calm_service_seconds = 0.155;
  seen.full_pools[0].per_second = 60;
  EXPECT_NEAR(cap(seen).workers * (cap(seen).workers - 30), 400 * 60 * 45 / 275.5, 1e-6)
      << cap(seen).formula;
}

// 75 of 75, 400 and 1600 lie on one line, which no other mix of requests is likely to do.
TEST(LargerPool, IsLeftAllTheWayWhereAThirdLiesOnTheLine) {
  Observation seen = seventy_five();
  seen.full_pools = {{Instant{}, 400, 60, 74.6795}, {Instant{}, 1600, 60, 20.23}};
  EXPECT_NEAR(cap(seen).workers, 6.55, 0.01) << "7/8 of what hardly any would end";
  seen.full_pools[1].per_second = 24;
  EXPECT_NEAR(cap(seen).workers, 18.75, 1e-9) << "not on the line: a quarter of them a step";
  seen.full_pools[1].per_second = 17;
  EXPECT_NEAR(cap(seen).workers, 18.75, 1e-9);
  seen.full_pools[1] = {Instant{}, 1600, 10, 20.23};
  EXPECT_NEAR(cap(seen).workers, 18.75, 1e-9) << "it was full for a moment";
}

// 400, 200 and 100 lie on one line though no two of them are far from each other.
TEST(LargerPool, IsLeftAllTheWayThoughItBroughtOnlyALittleLess) {
  Observation seen = seventy_five();
  seen.worker_limit = 100;
  put(seen, "MaxRequestWorkers", 100);
  saturate(seen);
  seen.load.pinned_per_second = 413;
  seen.load.calm_service_seconds = 0.017;
  seen.load.arrived_per_second = 474;
  seen.full_pools = {{Instant{}, 200, 60, 317}, {Instant{}, 400, 60, 222}};
  EXPECT_NEAR(cap(seen).workers, 9.7, 0.1) << cap(seen).formula;
  seen.full_pools.pop_back();
  EXPECT_NEAR(cap(seen).workers, 50, 1e-9) << "half of them a step";
}

TEST(LargerPool, IsLeftHalfTheWayToASmallerOneThatBroughtLess) {
  Observation seen = seventy_five();
  seen.full_pools = {{Instant{}, 6, 60, 200}, {Instant{}, 400, 60, 74.6795}};
  EXPECT_NEAR(cap(seen).workers, std::sqrt(6 * 75.0), 1e-9);
  seen.full_pools[0].per_second = 260;
  EXPECT_NEAR(cap(seen).workers, 18.75, 1e-9) << "as much, but for chance";
}

// 64 keep four processors running: 400 brought less than 50, as they only made each other slower.
TEST(LargerPool, IsNoReasonAgainstAFewThatKeepTheProcessorsRunning) {
  Observation seen = event();
  seen.worker_limit = 50;
  put(seen, "MaxRequestWorkers", 50);
  saturate(seen);
  seen.load.pinned_per_second = 1050;
  seen.load.cpu_full_share = 0.16;
  seen.load.cpu_own_share = 0.8;
  seen.load.cpu_ready_share = 0;
  seen.load.cpu_seconds_per_request = 0.0034;
  seen.load.service_seconds = 0.0442;
  seen.full_pools = {{Instant{}, 400, 60, 875}};
  EXPECT_NEAR(cap(seen).workers, 64, 0.1) << cap(seen).formula;
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 75) << "50 are far fewer";
  EXPECT_EQ(change(recommend(with(seen, proposal)), "MaxRequestWorkers"), nullptr);
  seen.load.service_seconds = 0.2;
  EXPECT_NEAR(cap(seen).workers, 75, 1e-9) << "a process more, gently";
}

TEST(LargerPool, IsOfNoAccountWhereItBroughtAsMuch) {
  Observation seen = remembering();
  seen.full_pools[1].workers = 30;
  seen.full_pools[1].per_second = 180;
  EXPECT_TRUE(std::isinf(cap(seen).workers)) << "as much, but for chance";
  seen.full_pools[1].workers = 40;
  EXPECT_EQ(cap(seen).workers, 20) << "twice as many would be seen in the throughput";
  seen.full_pools[1].per_second = 250;
  EXPECT_TRUE(std::isinf(cap(seen).workers));
  seen.full_pools[1].per_second = 30;
  seen.full_pools[1].seconds = 10;
  EXPECT_TRUE(std::isinf(cap(seen).workers)) << "it was full for a moment";
  seen.full_pools.pop_back();
  EXPECT_TRUE(std::isinf(cap(seen).workers));
  EXPECT_GE(change(recommend(seen), "MaxRequestWorkers")->to, 30);
}

// 40 brought more, and 400 less: it is grown to where it was well, and no further.
TEST(LargerPool, IsGrownToWhereItBroughtMoreAndAStillLargerOneLess) {
  Observation seen = remembering();
  seen.full_pools.insert(seen.full_pools.begin() + 1, {Instant{}, 40, 60, 300});
  EXPECT_TRUE(std::isinf(cap(seen).workers));
  EXPECT_EQ(cap(seen).growth, 40);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 40);
  EXPECT_NE(change(proposal, "MaxRequestWorkers")->because.find("With 40 workers"),
            std::string::npos)
      << change(proposal, "MaxRequestWorkers")->because;
  seen.full_pools[1].per_second = 200;
  EXPECT_EQ(cap(seen).growth, 20) << "as much, but for chance";
}

// What was slow there was the memory, and a line through it would say nothing.
TEST(LargerPool, ThatMemoryDidNotHoldStopsGrowthAlone) {
  Observation seen = remembering();
  seen.load.calm_service_seconds = 0.01;
  EXPECT_LT(cap(seen).workers, 20);
  seen.host.memory_available = Bytes{2000 * kMb};
  EXPECT_EQ(cap(seen).workers, 20);
}

// 18 of 20 are busy, and end five times as many as all of 400 did.
TEST(LargerPool, StopsTheGrowthOfOneThatIsNearlyFull) {
  Observation seen = remembering();
  seen.load.pinned_share = 0;
  seen.load.busy = flat(18);
  seen.load.completed_per_second = 150;
  EXPECT_TRUE(std::isinf(cap(seen).workers));
  EXPECT_EQ(cap(seen).growth, 20);
  seen.full_pools.insert(seen.full_pools.begin() + 1, {Instant{}, 40, 60, 300});
  EXPECT_EQ(cap(seen).growth, 20) << "300 were asked for then, and 150 are now";
  const Proposal proposal = recommend(seen);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr);
  ASSERT_NE(finding(proposal, "larger-pool-brought-less"), nullptr);
  EXPECT_EQ(finding(proposal, "larger-pool-brought-less")->evidence[0].metric,
            "throughput, not all workers busy");
  seen.full_pools.clear();
  EXPECT_NE(change(recommend(seen), "MaxRequestWorkers"), nullptr);
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

TEST(SmallerPool, IsGoneBackToHalfTheWay) {
  Observation seen = grown();
  seen.full_pools = {{Instant{}, 400, 60, 307}};
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 800)
      << "as many as 411 would be, if throughput fell in proportion, and 1600";
  EXPECT_NE(finding(proposal, "smaller-pool-brought-more"), nullptr);
  seen.full_pools[0].per_second = 110;
  EXPECT_TRUE(std::isinf(cap(seen).workers)) << "other requests may be heavier";
}

TEST(SmallerPool, IsGoneBackToWhereItIsHalfAsLarge) {
  Observation seen = grown();
  seen.full_pools = {{Instant{}, 900, 60, 307}};
  EXPECT_EQ(cap(seen).workers, 900);
}

TEST(SmallerPool, IsOfOtherRequestsWhereTheseTakeAsLongInACalm) {
  Observation seen = grown();
  seen.full_pools = {{Instant{}, 400, 60, 307}};
  seen.load.pinned_per_second = 200;
  seen.load.calm_service_seconds = 7;
  EXPECT_TRUE(std::isinf(cap(seen).workers));
  EXPECT_EQ(finding(recommend(seen), "smaller-pool-brought-more"), nullptr);
}

// 100 of 100 in a second each, and beyond them 1 % longer for each that waits.
TEST(SmallerPool, AndTwoLargerOnesSayWhereTheKneeIs) {
  Observation seen = grown();
  seen.worker_limit = 200;
  put(seen, "MaxRequestWorkers", 200);
  saturate(seen);
  seen.load.pinned_per_second = 50;
  seen.full_pools = {{Instant{}, 80, 60, 80}, {Instant{}, 400, 60, 25}};
  EXPECT_NEAR(cap(seen).workers, 100, 1e-6);
}

// 400 took 1.3 s for each, but more come than they ended, and the last in their queue waited for 13
// s.
TEST(SmallerPool, ThatLetItsClientsWaitTooLongIsNotSmallEnough) {
  Observation seen = grown();
  seen.full_pools = {{Instant{}, 400, 60, 300}};
  seen.load.arrived_per_second = 320;
  put(seen, "ListenBacklog", 4000);
  seen.load.queue = flat(4000);
  ASSERT_EQ(advise::Facts(seen, Policy{}).in_line(), advise::InLine::No);
  EXPECT_EQ(cap(seen).workers, 800) << "half of these";
  seen.load.arrived_per_second = 600;
  EXPECT_NE(cap(seen).formula.find("X = 4 x 300 a second"), std::string::npos) << cap(seen).formula;
  seen.load.service_cv2 = 0.02;
  seen.load.pinned_share = 1;
  EXPECT_LT(cap(seen).workers, 400) << "where these stand in line as well, all of the way";
}

// 400 took 20 s for a request, which nobody waits for.
TEST(SmallerPool, ThatAnsweredNobodyInTimeIsNotSmallEnough) {
  Observation seen = grown();
  seen.load.pinned_per_second = 4.8;
  seen.full_pools = {{Instant{}, 400, 60, 19.4}};
  EXPECT_EQ(cap(seen).workers, 0.5 * static_cast<double>(seen.worker_limit)) << "a step";
  seen.worker_limit = 400;
  put(seen, "MaxRequestWorkers", 400);
  seen.load.pinned_per_second = 19.4;
  seen.full_pools = {{Instant{}, 1600, 60, 4.8}};
  EXPECT_LE(cap(seen).workers, 400) << "and never back towards the larger one";
}

// 87 served 413 a second while 169 others waited for idle clients; all 256 serve 318 now. Of 131
// the line would be as long as their time of a request allows; half the way there are 183, and
// twice 87 are fewer.
TEST(SmallerPool, MayBeThoseThatServedWhileTheOthersWaited) {
  Observation seen = remembering();
  seen.worker_limit = 256;
  put(seen, "MaxRequestWorkers", 256);
  saturate(seen);
  seen.load.pinned_per_second = 318;
  seen.load.calm_service_seconds = 0;
  seen.full_pools.clear();
  EXPECT_TRUE(std::isinf(cap(seen).workers));
  seen.served = {Instant{}, 87, 60, 413};
  EXPECT_NEAR(cap(seen).workers, 174, 1e-9) << cap(seen).formula;
  const Proposal proposal = recommend(seen);
  ASSERT_NE(finding(proposal, "smaller-pool-brought-more"), nullptr) << proposal.verdict;
  EXPECT_EQ(finding(proposal, "smaller-pool-brought-more")->claim.find("With 87 workers busy, 413"),
            0U)
      << finding(proposal, "smaller-pool-brought-more")->claim;
  seen.served->per_second = 350;
  EXPECT_TRUE(std::isinf(cap(seen).workers)) << "a tenth more is chance";
  seen.served = {Instant{}, 87, 19, 413};
  EXPECT_TRUE(std::isinf(cap(seen).workers)) << "for a moment";
  seen.served = {Instant{}, 240, 60, 413};
  EXPECT_TRUE(std::isinf(cap(seen).workers)) << "nearly as many";
}

}  // namespace
}  // namespace mpm
