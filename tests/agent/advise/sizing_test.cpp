// SPDX-License-Identifier: Apache-2.0
//
// The arithmetic of spares and of keep-alive, each by itself and as the proposal uses it.
#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/advise/demand.h"
#include "agent/advise/recommend.h"
#include "agent/advise/reuse.h"
#include "agent/advise/spares.h"
#include "tests/agent/advise/proposal_parts.h"

namespace mpm {
namespace {

using advise::reuse_of;
using advise::spares_for;
using advise::started_after;
using testing::AllOf;
using testing::HasSubstr;

// As measured on httpd 2.4: 5, 6, 8, 12, 20, 36, 68, 100, 132 processes second by second.
TEST(Spares, HttpdStartsProcessesFasterUpTo32ASecond) {
  const std::vector<std::int64_t> seen{0, 1, 3, 7, 15, 31, 63, 95, 127};
  for (std::size_t ticks = 0; ticks < seen.size(); ++ticks)
    EXPECT_EQ(started_after(static_cast<std::int64_t>(ticks)), seen[ticks]);
}

TEST(Spares, AreForTheJumpThatHttpdFollowsLeast) {
  // 310 within three seconds, by when three processes of 25 have been started.
  const advise::Spares spares = spares_for({100, 200, 310, 310, 310}, 25, 25);
  EXPECT_EQ(spares.worst.workers, 310);
  EXPECT_EQ(spares.worst.seconds, 3);
  EXPECT_EQ(spares.started, 75);
  EXPECT_DOUBLE_EQ(spares.wanted, 1.15 * 310 - 75 + 10);
}

TEST(Spares, ARiseThatHttpdCanFollowWantsFew) {
  std::vector<double> slow;
  for (int second = 1; second <= 10; ++second)
    slow.push_back(second);
  EXPECT_NEAR(spares_for(slow, 0, 25).wanted, 1.15, 1e-9);
}

TEST(Spares, OfAProposalNameTheJump) {
  Observation seen = event();
  seen.worker_limit = 800;
  put(seen, "MaxRequestWorkers", 800);
  put(seen, "ServerLimit", 64);
  seen.load.busy = {60, 60, 400, 25, 200, 330, 340};
  seen.load.rises = {100, 200, 310, 310, 310, 310, 310, 310, 310, 310};
  seen.load.ramping_share = 0.2;
  const Proposal proposal = recommend(seen);
  const Change* least = change(proposal, "MinSpareThreads");
  ASSERT_NE(least, nullptr);
  EXPECT_EQ(least->to, 292);
  EXPECT_NE(least->because.find("310 workers within 3 s, and httpd adds 75"), std::string::npos)
      << least->because;
  EXPECT_EQ(least->formula, "1.15 x 310 - 75 + 2 x sqrt(25 usually busy) = 292, at most 800");
  EXPECT_TRUE(change(recommend(with(seen, proposal)), "MinSpareThreads") == nullptr);
}

// Ramping, by 23 workers within two seconds, although never more than 6 were asked for: what rose
// was the time of the requests.
TEST(Spares, AreNotForRequestsThatTakeLonger) {
  Observation seen = prefork();
  seen.load.busy = {60, 5, 12, 4, 12, 14, 15};
  seen.load.rises = {22, 23, 23, 23, 23, 23, 23, 23, 23, 23};
  seen.load.ramping_share = 0.06;
  seen.load.offered = {60, 4.8, 1, 4.8, 5.7, 6.1, 6.1};
  const Proposal proposal = recommend(seen);
  EXPECT_NE(finding(proposal, "ramp-limited"), nullptr);
  EXPECT_EQ(change(proposal, "MinSpareServers"), nullptr);
  seen.load.offered.max = 20;
  EXPECT_NE(change(recommend(seen), "MinSpareServers"), nullptr);
}

TEST(Apart, AStartLeavesThoseThatBearTheLoadWhenItsChildrenEnd) {
  using advise::Apart;
  EXPECT_EQ((Apart{.running = 28, .usual = 10}).wanted(), 10);
  EXPECT_EQ((Apart{.running = 28, .usual = 10}).most(), 18);
  EXPECT_EQ((Apart{.running = 17, .usual = 17}).wanted(), 9) << "half, where all are busy";
  EXPECT_EQ((Apart{.running = 1, .usual = 1}).most(), 1);
  EXPECT_EQ((Apart{.running = 31, .usual = 1}).lowered(), 8) << "however few are busy";
  EXPECT_EQ((Apart{.running = 28, .usual = 10}).lowered(), 10);
}

// All 60 were started at once and end after 500 connections, in turn: every three hundred seconds.
Observation ending_together() {
  Observation seen = prefork();
  seen.load.busy = {60, 20, 3, 20, 25, 27, 27};
  seen.load.arrived_per_second = 100;
  for (const auto& [directive, value] :
       {std::pair("MaxConnectionsPerChild", 500), std::pair("StartServers", 60),
        std::pair("MinSpareServers", 40), std::pair("MaxSpareServers", 60)})
    put(seen, directive, value);
  return seen;
}

TEST(Apart, ChildrenThatEndTogetherAreStartedApart) {
  const Observation seen = ending_together();
  const Proposal proposal = recommend(seen);
  const Finding* found = finding(proposal, "children-end-together");
  ASSERT_NE(found, nullptr);
  EXPECT_NE(found->claim.find("after 500 connections"), std::string::npos) << found->claim;
  const Change* start = change(proposal, "StartServers");
  ASSERT_NE(start, nullptr);
  EXPECT_EQ(start->to, 20);
  EXPECT_EQ(change(proposal, "MinSpareServers"), nullptr) << "twice those that are busy";
  const Proposal again = recommend(with(seen, proposal));
  EXPECT_TRUE(again.changes.empty());
  EXPECT_EQ(finding(again, "children-end-together"), nullptr);
}

TEST(Apart, OthersAreKeptForChildrenThatEndTogether) {
  Observation seen = ending_together();
  put(seen, "StartServers", 5);
  put(seen, "MinSpareServers", 5);
  put(seen, "MaxSpareServers", 10);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(finding(proposal, "children-end-together"), nullptr);
  ASSERT_NE(change(proposal, "MinSpareServers"), nullptr);
  EXPECT_EQ(change(proposal, "MinSpareServers")->to, 40);
  EXPECT_EQ(change(proposal, "MaxSpareServers")->to, 48);
  EXPECT_EQ(change(proposal, "StartServers")->to, 20) << "5 cannot begin with the usual load";
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
}

// A directive that two rules change says both, and its value is the last one's.
TEST(Apart, OthersThatARiseWantsTooHaveBothReasons) {
  Observation seen = ending_together();
  put(seen, "MinSpareServers", 5);
  put(seen, "MaxSpareServers", 10);
  seen.load.rises = {10, 10, 10, 10, 10};
  seen.load.ramping_share = 0.2;
  const Proposal proposal = recommend(seen);
  const Change* least = change(proposal, "MinSpareServers");
  ASSERT_NE(least, nullptr);
  EXPECT_EQ(least->to, 40);
  EXPECT_THAT(least->because, AllOf(HasSubstr("can rise by 10 workers"),
                                    HasSubstr("were started together end together")));
  EXPECT_EQ(least->formula,
            "1.15 x 10 - 0 + 2 x sqrt(20 usually busy) = 20, at most 150; 2 x 20 usually busy, at "
            "most 150");
  const Change* most = change(proposal, "MaxSpareServers");
  ASSERT_NE(most, nullptr);
  EXPECT_EQ(most->to, 48);
  EXPECT_EQ(most->formula, "MinSpareServers 40 + 5 + half of what the busy workers vary by, 3")
      << "one reason is said once, with the last numbers";
}

// Warm ones of 12 MB grow by 200 KiB a request, and each lives for 50 of them at least.
TEST(Apart, OthersThatGrowAreKeptAsFarAsMemoryHoldsThem) {
  constexpr std::int64_t kUsable = 2400 * kMb;
  Observation seen = ending_together();
  put(seen, "MinSpareServers", 5);
  put(seen, "MaxSpareServers", 10);
  seen.memory->child_warm = Bytes{12 * kMb};
  seen.memory->growth_per_request = 200.0 * 1024;
  seen.memory->growth_low = 190.0 * 1024;
  seen.host.memory_available =
      Bytes{(kUsable + seen.memory->shared_once.value) * 10 / 9 + 1} - seen.memory->server_pss;
  const Proposal proposal = recommend(seen);
  const Change* least = change(proposal, "MinSpareServers");
  ASSERT_NE(least, nullptr);
  EXPECT_LT(least->to, 40) << "twice those that are busy";
  EXPECT_THAT(least->formula, HasSubstr("that memory holds when they have grown"));
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr);
  const std::int64_t warm = 12 * kMb * change(proposal, "MaxRequestWorkers")->to;
  const double served = 2 * (1.1 * 27 + 2);
  const auto filled = [&](std::int64_t idle) {
    return static_cast<double>(warm) + (served + static_cast<double>(idle)) * 50 * 200 * 1024;
  };
  ASSERT_NE(change(proposal, "MaxSpareServers"), nullptr);
  const std::int64_t most_idle = change(proposal, "MaxSpareServers")->to;
  EXPECT_LE(filled(most_idle), kUsable);
  EXPECT_GT(filled(most_idle + 2), kUsable);
  EXPECT_EQ(change(recommend(with(seen, proposal)), "MinSpareServers"), nullptr);
}

// Each of their connections brings four requests, of 60 KiB, as long as it is kept.
TEST(Growing, EndAfterAQuarterOfTheConnectionsThatBringFourRequests) {
  Observation seen = prefork();
  seen.memory->child_warm = Bytes{12 * kMb};
  seen.memory->growth_per_request = 60.0 * 1024;
  seen.memory->growth_low = 58.0 * 1024;
  const auto life = [](const Observation& of) {
    const Proposal proposal = recommend(of);
    const Change* found = change(proposal, "MaxConnectionsPerChild");
    return found == nullptr ? Change{} : *found;
  };
  const Change untold = life(seen);
  EXPECT_THAT(untold.because, HasSubstr("each taken for one request"));
  seen.load.requests_per_connection = 4;
  const Change told = life(seen);
  EXPECT_NEAR(static_cast<double>(told.to), static_cast<double>(untold.to) / 4, 1);
  EXPECT_THAT(told.formula, HasSubstr("; / 4.0 requests a connection"));
  put(seen, "KeepAliveTimeout", 0);
  EXPECT_EQ(life(seen).to, untold.to) << "none is kept";
}

// More than these would not fit when those that are old by then have grown: what is said to be
// short of memory is cured.
TEST(Growing, NoMoreAreLeftThanFitWhenSomeHaveGrown) {
  Observation seen = prefork();
  seen.memory->child_warm = Bytes{12 * kMb};
  seen.memory->growth_per_request = 400.0 * 1024;
  seen.memory->growth_low = 390.0 * 1024;
  put(seen, "MaxConnectionsPerChild", 50);
  seen.host.memory_available = Bytes{2400 * kMb} - seen.memory->server_pss;
  const Proposal proposal = recommend(seen);
  ASSERT_NE(finding(proposal, "memory-overcommitted"), nullptr) << proposal.verdict;
  const Change* workers = change(proposal, "MaxRequestWorkers");
  ASSERT_NE(workers, nullptr);
  EXPECT_THAT(workers->formula, HasSubstr(" x 19.5 MB grown) / 12.0 MB x 1 = "));
  const Proposal again = recommend(with(seen, proposal));
  EXPECT_TRUE(again.changes.empty());
  EXPECT_EQ(finding(again, "memory-overcommitted"), nullptr);
}

// Nor where they live for hours, and event's have no turns.
TEST(Apart, NothingIsDoneForChildrenThatDoNotEndTogether) {
  Observation seen = ending_together();
  put(seen, "MaxConnectionsPerChild", 20000);
  EXPECT_TRUE(recommend(seen).changes.empty());
  Observation other = event();
  other.load.arrived_per_second = 1000;
  put(other, "MaxConnectionsPerChild", 500);
  EXPECT_EQ(finding(recommend(other), "children-end-together"), nullptr);
}

// All that may run are wanted, but not all of them at once.
TEST(Apart, AFullPoolOfGrowingChildrenIsNotStartedAtOnce) {
  Observation seen = ending_together();
  saturate(seen);
  seen.host.memory_available = Bytes{0};
  put(seen, "StartServers", 5);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(change(proposal, "MinSpareServers"), nullptr) << proposal.verdict;
  const std::int64_t workers = change(proposal, "MinSpareServers")->to;
  ASSERT_NE(change(proposal, "StartServers"), nullptr);
  EXPECT_EQ(change(proposal, "StartServers")->to, (workers + 1) / 2);
}

// Waits as they stand when clients come again after an exponential time of mean `think`, half of
// them never, and the server waits `timeout` seconds.
std::vector<std::int64_t> waits(double think, double timeout) {
  std::vector<std::int64_t> counts(kWaitingAges.size() + 1);
  for (double age = 0.005; age < timeout; age += 0.01) {
    const auto at = std::ranges::upper_bound(kWaitingAges, age) - kWaitingAges.begin();
    counts[static_cast<std::size_t>(at)] += std::llround(500 + 500 * std::exp(-age / think));
  }
  return counts;
}

TEST(Reuse, ClientsThatComeAgainAtOnceNeedAShortWait) {
  const auto reuse = reuse_of(waits(0.3, 15), 15);
  ASSERT_TRUE(reuse);
  EXPECT_EQ(reuse->timeout, 1);
  EXPECT_GE(reuse->kept, 0.85);
  EXPECT_NEAR(reuse->freed, 14.0 / 15, 0.05);
}

TEST(Reuse, ClientsThatThinkNeedALongerOne) {
  const auto reuse = reuse_of(waits(1.5, 30), 30);
  ASSERT_TRUE(reuse);
  EXPECT_GE(reuse->timeout, 3);
  EXPECT_LE(reuse->timeout, 5);
  EXPECT_GE(reuse->kept, 0.85);
}

TEST(Reuse, ClientsThatNeverComeNeedNone) {
  std::vector<std::int64_t> counts{500, 500, 1000, 1000, 2000, 5000, 5000, 0};
  const auto reuse = reuse_of(counts, 15);
  ASSERT_TRUE(reuse);
  EXPECT_EQ(reuse->timeout, 1);
}

TEST(Reuse, OfAFewWaitsIsNotSaid) {
  EXPECT_FALSE(reuse_of({}, 15));
  EXPECT_FALSE(reuse_of({50, 10, 5, 3, 2, 1, 1, 0}, 15));
}

TEST(Reuse, WhereNothingShorterKeepsItNothingIsSaid) {
  EXPECT_FALSE(reuse_of(waits(20, 5), 5)) << "nearly all come late";
}

TEST(Recommend, S26_TheWaitIsAsLongAsMostClientsNeed) {
  Observation seen = prefork();
  seen.load.busy = flat(10);
  seen.load.keepalive = flat(140);
  seen.load.pinned_share = 0.9;
  put(seen, "KeepAliveTimeout", 30);
  seen.load.waiting_by_age = waits(1.5, 30);
  const Proposal proposal = recommend(seen);
  const Change* wait = change(proposal, "KeepAliveTimeout");
  ASSERT_NE(wait, nullptr);
  EXPECT_EQ(wait->to, reuse_of(seen.load.waiting_by_age, 30)->timeout);
  EXPECT_NE(wait->because.find("do so within"), std::string::npos) << wait->because;
}

// All are busy, 4 with a request, and the kernel turns clients away.
Observation kept_out() {
  Observation seen = prefork();
  seen.load.busy = flat(4);
  seen.load.keepalive = flat(146);
  seen.load.pinned_share = 0.9;
  seen.load.service_seconds = 0.02;
  seen.load.arrived_per_second = 40;
  seen.load.overflows = 500;
  return seen;
}

// 40 requests a second and as many that are hidden keep 80 workers waiting for a second, of 143.
TEST(Waits, AreAsShortAsThoseWhoAreTurnedAwayNeedThem) {
  const Proposal proposal = recommend(kept_out());
  const Change* wait = change(proposal, "KeepAliveTimeout");
  ASSERT_NE(wait, nullptr) << proposal.verdict;
  EXPECT_EQ(wait->to, 1);
  EXPECT_NE(wait->because.find("turned clients away 500 times"), std::string::npos)
      << wait->because;
}

TEST(Waits, EndAtOnceWhereNoSecondOfThemFits) {
  Observation seen = kept_out();
  seen.load.arrived_per_second = 300;
  ASSERT_NE(change(recommend(seen), "KeepAliveTimeout"), nullptr);
  EXPECT_EQ(change(recommend(seen), "KeepAliveTimeout")->to, 0);
  put(seen, "KeepAliveTimeout", 1);
  ASSERT_NE(change(recommend(seen), "KeepAliveTimeout"), nullptr);
  EXPECT_EQ(change(recommend(seen), "KeepAliveTimeout")->to, 0);
  put(seen, "KeepAliveTimeout", 0);
  EXPECT_EQ(change(recommend(seen), "KeepAliveTimeout"), nullptr);
}

// 9 are needed, and 150 could serve when none waits any more.
TEST(Waits, ThatEndAtOnceLetNoCrowdThrough) {
  Observation seen = kept_out();
  seen.load.arrived_per_second = 300;
  const double needed = advise::demand_of(seen).workers;
  const Proposal proposal = recommend(seen);
  const Change* workers = change(proposal, "MaxRequestWorkers");
  ASSERT_NE(workers, nullptr) << proposal.verdict;
  EXPECT_NEAR(static_cast<double>(workers->to), 1.5 * needed, 0.5);
  EXPECT_LT(workers->to, 50);
  EXPECT_EQ(workers->because.find("At most 4 requests were served at once"), 0U)
      << workers->because;
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
  seen.load.arrived_per_second = 40;
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr) << "most still wait, a second";
}

TEST(Waits, KeepTheReuseWhereNobodyIsTurnedAway) {
  Observation seen = kept_out();
  seen.load.arrived_per_second = 300;
  seen.load.overflows = 0;
  ASSERT_NE(change(recommend(seen), "KeepAliveTimeout"), nullptr);
  EXPECT_EQ(change(recommend(seen), "KeepAliveTimeout")->to, 2);
}

TEST(Demand, ThatTheLimitHidIsBounded) {
  Observation seen = event();
  saturate(seen);
  seen.load.arrived_per_second = 1000;
  seen.load.service_seconds = 0.2;
  seen.load.offered = {60, 200, 100, 200, 240, 260, 270};
  const advise::Demand demand = advise::demand_of(seen);
  EXPECT_TRUE(demand.censored);
  EXPECT_EQ(demand.low, 200) << "what arrived on average";
  EXPECT_NEAR(demand.workers, 260 + 3 * std::sqrt(1.2 * 260) + 2, 1e-9) << "at the peak";
  EXPECT_NEAR(demand.high, 1.5 * demand.workers, 1e-9);
}

TEST(Demand, ThatWasSeenLiesBetweenItsPeaks) {
  Observation seen = event();
  seen.load.busy = {60, 40, 100, 40, 55, 60, 90};
  const advise::Demand demand = advise::demand_of(seen);
  EXPECT_EQ(demand.low, 60);
  EXPECT_NEAR(demand.workers, 68, 1e-9);
  EXPECT_NEAR(demand.high, 101, 1e-9);
}

}  // namespace
}  // namespace mpm
