// SPDX-License-Identifier: Apache-2.0
//
// Where memory holds fewer workers than are wanted: what becomes of waits, queue and spares.
#include <cmath>

#include <gtest/gtest.h>

#include "agent/advise/cap.h"
#include "agent/advise/facts.h"
#include "agent/advise/recommend.h"
#include "tests/agent/advise/proposal_parts.h"

namespace mpm {
namespace {

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
  EXPECT_EQ(change(recommend(seen), "ListenBacklog")->to, 103) << "511, as the workers are fewer";
  seen.load.calm_service_seconds = 0.1;
  const Proposal proposal = recommend(seen);
  ASSERT_NE(finding(proposal, "memory-overcommitted"), nullptr);
  const Change* backlog = change(proposal, "ListenBacklog");
  ASSERT_NE(backlog, nullptr) << proposal.verdict;
  EXPECT_EQ(backlog->to, (5 * change(proposal, "MaxRequestWorkers")->to + 1) / 2);
}

// Paged, each request takes so long that hardly any worker has come to wait for the next one.
TEST(ShortMemory, LeavesNoRoomForWaitsThatItHides) {
  Observation seen = waiting();
  seen.load.busy = flat(148);
  seen.load.keepalive = flat(2);
  seen.host.memory_available = Bytes{3000 * kMb};
  EXPECT_EQ(change(recommend(seen), "KeepAliveTimeout"), nullptr);
  seen.memory->child_large = Bytes{60 * kMb};
  ASSERT_NE(finding(recommend(seen), "memory-overcommitted"), nullptr);
  ASSERT_NE(change(recommend(seen), "KeepAliveTimeout"), nullptr);
  EXPECT_EQ(change(recommend(seen), "KeepAliveTimeout")->to, 0);
}

// All were never busy; of as many as fit they will be.
TEST(ShortMemory, LeavesNoRoomForWaitsOfAPoolThatWasNotFull) {
  Observation seen = prefork();
  seen.load.busy = flat(40);
  seen.load.keepalive = flat(60);
  seen.load.arrived_per_second = 20;
  seen.host.memory_available = Bytes{1440 * kMb};
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 74);
  ASSERT_NE(change(proposal, "KeepAliveTimeout"), nullptr);
  EXPECT_EQ(change(proposal, "KeepAliveTimeout")->to, 1) << "28 of 60 for a second each";
}

// Memory holds those that there are and not those that are wanted. A second for all of them is more
// than there is room for, and some have it.
TEST(ShortMemory, SaysWhyAWaitIsLongerThanFits) {
  Observation seen = waiting();
  seen.host.memory_available = Bytes{2750 * kMb};
  EXPECT_FALSE(advise::Facts(seen, Policy{}).memory_fails());
  const Proposal proposal = recommend(seen);
  const Change* wait = change(proposal, "KeepAliveTimeout");
  ASSERT_NE(wait, nullptr);
  EXPECT_EQ(wait->to, 1);
  EXPECT_NE(wait->formula.find("; 1 at least"), std::string::npos) << wait->formula;
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

// 256 children of 15 MB are paged, 68 would fit, and it was with 10 at once already that no more of
// those who came were served.
TEST(ShortMemory, HidesNoBackendThatWasFullBefore) {
  Observation seen = prefork();
  seen.worker_limit = 256;
  put(seen, "MaxRequestWorkers", 256);
  saturate(seen);
  seen.memory->children = 256;
  seen.memory->child_typical = seen.memory->child_large = Bytes{15 * kMb};
  seen.memory->server_pss = Bytes{1000 * kMb};
  seen.host.memory_available = Bytes{150 * kMb};
  seen.load.plateau = {10, 173, 173, 10, 199, 256, 3, 7};
  const auto cap = [](const Observation& observed) {
    const Policy policy;
    const advise::Facts facts(observed, policy);
    EXPECT_TRUE(facts.paged());
    return advise::cap_of(facts).workers;
  };
  EXPECT_NEAR(cap(seen), 1.15 * 7 + 1, 1e-9);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers")->to, 9);
  const auto is_unknown = [&](const Observation& observed) { return std::isinf(cap(observed)); };
  Observation other = seen;
  other.load.plateau->onset_arrivals = 175;
  EXPECT_TRUE(is_unknown(other)) << "all who came were served until the memory was full";
  other = seen;
  other.load.plateau->end_workers = 60;
  EXPECT_TRUE(is_unknown(other)) << "with 60 no more fit than just so";
  other = seen;
  other.load.keepalive = flat(60);
  EXPECT_TRUE(is_unknown(other)) << "these fill memory and serve nothing";
}

}  // namespace
}  // namespace mpm
