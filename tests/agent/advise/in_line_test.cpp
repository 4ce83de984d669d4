// SPDX-License-Identifier: Apache-2.0
//
// Requests that stand in line for something behind httpd: how that is told from the times that they
// take, and how many workers it leaves.
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "agent/advise/cap.h"
#include "agent/advise/recommend.h"
#include "tests/agent/advise/proposal_parts.h"

namespace mpm {
namespace {

// 400 workers, always busy, end 20 requests a second, and the processors have time.
Observation lined_up() {
  Observation seen = event();
  seen.worker_limit = 400;
  put(seen, "MaxRequestWorkers", 400);
  put(seen, "ServerLimit", 32);
  saturate(seen);
  seen.load.pinned_share = 1;
  seen.load.completed_per_second = 100;
  seen.load.pinned_per_second = 20;
  seen.load.service_seconds = 0.9;
  seen.load.overflows = 100;
  return seen;
}

advise::Cap cap_of(const Observation& seen) {
  const Policy policy;
  return advise::cap_of(advise::Facts(seen, policy));
}
double cap(const Observation& seen) {
  return cap_of(seen).workers;
}

TEST(InLine, AreRequestsThatAllTakeAsLong) {
  Observation seen = lined_up();
  seen.load.service_cv2 = 0.04;
  EXPECT_NEAR(cap(seen), 200, 1e-9) << "half of them";
  EXPECT_NE(cap_of(seen).formula.find("at most half of 400"), std::string::npos)
      << cap_of(seen).formula;
  const Proposal proposal = recommend(seen);
  ASSERT_NE(finding(proposal, "backend-saturated"), nullptr);
  EXPECT_EQ(finding(proposal, "backend-saturated")->confidence, Confidence::Low);
  EXPECT_NE(finding(proposal, "backend-saturated")->claim.find("20.0 s, one as long as the other"),
            std::string::npos)
      << finding(proposal, "backend-saturated")->claim;
  seen.load.calm_service_seconds = 12;
  EXPECT_NEAR(cap(seen), 200, 1e-9) << "nobody waits for 12 s: it was no calm";
  seen.load.calm_service_seconds = 0;
  seen.load.service_cv2 = 1;
  EXPECT_TRUE(std::isinf(cap(seen))) << "each has a time of its own";
  seen.load.service_cv2 = 0;
  EXPECT_TRUE(std::isinf(cap(seen))) << "it is not known";
}

// By how much times differ in a line of 400 says how many are served behind it, if those that are
// served differ by 0.1 themselves.
TEST(InLine, LeavesAsManyAsAreServedBehindItAtMost) {
  Observation seen = lined_up();
  seen.load.service_cv2 = 0.01;
  EXPECT_NEAR(cap(seen), 400 * std::sqrt(0.1), 1e-9);
  EXPECT_EQ(cap_of(seen).formula, "400 x sqrt(0.01 / 0.1)");
  seen.load.service_cv2 = 0.003;
  EXPECT_NEAR(cap(seen), 100, 1e-9) << "a quarter of them a step";
  EXPECT_NE(cap_of(seen).formula.find("at least a quarter of 400"), std::string::npos)
      << cap_of(seen).formula;
  seen.load.service_cv2 = kLeastVariation;
  EXPECT_NEAR(cap(seen), 200, 1e-9) << "no more is told than that: it may be a timeout";
  EXPECT_EQ(cap_of(seen).formula, "half of 400");
}

// As many as all need when nobody waits: more of them only wait.
TEST(InLine, LeavesAsManyAsAllNeedThatCome) {
  Observation seen = lined_up();
  seen.load.calm_service_seconds = 1.25;
  seen.load.arrived_per_second = 100;
  EXPECT_NEAR(cap(seen), 1.15 * 100 * 1.25, 1e-9);
  EXPECT_NE(cap_of(seen).formula.find("1.15 x 100 arrivals a second x 1.2 s"), std::string::npos)
      << cap_of(seen).formula;
  seen.load.arrived_per_second = 20;
  EXPECT_NEAR(cap(seen), 100, 1e-9) << "a quarter of them a step";
  seen.load.arrived_per_second = 4000;
  EXPECT_NEAR(cap(seen), 200, 1e-9) << "half of them at most";
}

// Nobody was answered at any time that was seen, and yet each took 34 s while workers were idle and
// takes 148 s now: more workers would only stand in line.
TEST(InLine, IsSeenInACalmThatWasNone) {
  Observation seen = lined_up();
  seen.load.pinned_per_second = 2.7;
  seen.load.calm_service_seconds = 34;
  EXPECT_NEAR(cap(seen), 200, 1e-9);
  EXPECT_NE(finding(recommend(seen), "backend-saturated"), nullptr);
  seen.load.calm_service_seconds = 40;
  EXPECT_TRUE(std::isinf(cap(seen))) << "not four times as long, and nothing else is known";
}

// Each takes four seconds, and more connections are turned away than requests end.
TEST(InLine, IsBelievedWhereMostAreTurnedAway) {
  Observation seen = lined_up();
  seen.load.service_cv2 = 0.01;
  seen.load.pinned_per_second = seen.load.completed_per_second = 100;
  seen.load.overflows = static_cast<std::int64_t>(101 * seen.span_seconds);
  EXPECT_NEAR(cap(seen), 400 * std::sqrt(0.1), 1e-9);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(finding(proposal, "backend-saturated"), nullptr);
  EXPECT_NE(finding(proposal, "backend-saturated")->claim.find("most clients are turned away"),
            std::string::npos);
  seen.load.queue = flat(0);
  EXPECT_TRUE(std::isinf(cap(seen))) << "another server turned them away";
  seen.load.queue = flat(40);
  seen.load.overflows /= 2;
  EXPECT_TRUE(std::isinf(cap(seen))) << "most are served";
  seen.load.overflows *= 4;
  seen.load.service_cv2 = 1e-5;
  EXPECT_TRUE(std::isinf(cap(seen))) << "a timeout";
  seen.load.service_cv2 = 0.01;
  seen.load.pinned_per_second = 800;
  EXPECT_TRUE(std::isinf(cap(seen))) << "half a second may be its own";
}

// Each waits five seconds for somebody else, and more at once would wait as long.
TEST(InLine, IsNobodyWhereMoreBroughtMore) {
  Observation seen = lined_up();
  seen.load.service_cv2 = 0.01;
  seen.full_pools = {{Instant{}, 800, 60, 40}};
  EXPECT_TRUE(std::isinf(cap(seen)));
  seen.full_pools.clear();
  seen.load.pinned_per_second = 80;
  EXPECT_TRUE(std::isinf(cap(seen))) << "who comes is answered";
}

// A page that always takes 0.2 s, of a pool that is too small: who comes waits in the kernel for
// one of the workers, and these wait for nothing.
TEST(InLine, IsNobodyWhereClientsWaitForAWorkerAndNoWorkerWaits) {
  Observation seen = lined_up();
  seen.load.service_cv2 = 0.01;
  seen.load.pinned_per_second = 2000;
  seen.load.queue = flat(30000);
  EXPECT_TRUE(std::isinf(cap(seen)));
}

TEST(InLine, AreRequestsThatTakeMuchLongerThanInACalm) {
  Observation seen = lined_up();
  seen.load.pinned_share = 0.6;
  seen.load.calm_service_seconds = 1.25;
  EXPECT_NEAR(cap(seen), 200, 1e-9) << "half of them";
  EXPECT_NE(finding(recommend(seen), "backend-saturated"), nullptr);
  seen.load.calm_service_seconds = 8;
  EXPECT_TRUE(std::isinf(cap(seen)));
}

// Twenty seconds of a locked table in ten minutes.
TEST(InLine, IsNobodyInAStallThatPasses) {
  Observation seen = lined_up();
  seen.load.pinned_share = 0.033;
  seen.load.pinned_per_second = 2;
  seen.load.calm_service_seconds = 0.05;
  EXPECT_TRUE(std::isinf(cap(seen)));
}

}  // namespace
}  // namespace mpm
