// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/recommend.h"

#include <set>

#include <gtest/gtest.h>

#include "agent/advise/rules.h"
#include "tests/agent/advise/proposal_parts.h"

namespace mpm {
namespace {

TEST(Recommend, NothingForAServerThatIsWell) {
  for (const Observation& seen : {event(), prefork()}) {
    const Proposal proposal = recommend(seen);
    EXPECT_EQ(proposal.grade, "A") << proposal.verdict;
    EXPECT_TRUE(proposal.changes.empty());
    EXPECT_EQ(proposal.block, "");
    EXPECT_NE(proposal.verdict.find("nothing to do"), std::string::npos) << proposal.verdict;
  }
}

TEST(Recommend, MoreWorkersWhereAllWereBusy) {
  Observation seen = event();
  saturate(seen);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(finding(proposal, "workers-exhausted"), nullptr);
  const Change* workers = change(proposal, "MaxRequestWorkers");
  ASSERT_NE(workers, nullptr);
  EXPECT_EQ(workers->from, 150);
  EXPECT_GE(workers->to, 225);
  EXPECT_EQ(workers->to % 25, 0);
  EXPECT_EQ(proposal.restart, RestartClass::StopStart) << "beyond what the running parent allows";
  EXPECT_NE(proposal.block.find("<IfModule mpm_event_module>"), std::string::npos);
  EXPECT_EQ(proposal.confidence, Confidence::Low) << "the limit hid the demand";
}

TEST(Recommend, S14_TheAnswerIsTheSameWhenItWasTaken) {
  Observation seen = prefork();
  seen.load.busy = flat(130);
  const Proposal first = recommend(seen);
  ASSERT_NE(change(first, "MaxRequestWorkers"), nullptr) << first.verdict;
  EXPECT_TRUE(recommend(with(seen, first)).changes.empty());
}

TEST(Recommend, S14_TwiceTheLoadDoesNotHalveIt) {
  Observation calm = prefork();
  calm.load.busy = flat(40);
  Observation busy = prefork();
  busy.load.busy = flat(80);
  // The server grew by 500 MB, and so much less is available.
  busy.memory->server_pss += Bytes{500 * kMb};
  busy.host.memory_available -= Bytes{500 * kMb};
  EXPECT_EQ(recommend(calm).memory->workers_that_fit, recommend(busy).memory->workers_that_fit);
}

TEST(Recommend, S20_MemoryHoldsWholeProcesses) {
  const Proposal proposal = recommend(event());
  ASSERT_TRUE(proposal.memory);
  EXPECT_GT(proposal.memory->workers_that_fit, 0);
  EXPECT_EQ(proposal.memory->workers_that_fit % 25, 0);
}

TEST(Recommend, MemoryBoundsWhatDemandWants) {
  Observation seen = prefork();
  saturate(seen);
  seen.host.memory_available = Bytes{4000 * kMb};
  const Proposal proposal = recommend(seen);
  const Change* workers = change(proposal, "MaxRequestWorkers");
  ASSERT_NE(workers, nullptr) << proposal.verdict;
  // (4060 * 0.9 - 10) / 18
  EXPECT_EQ(workers->to, 202);
  EXPECT_NE(workers->because.find("memory"), std::string::npos) << workers->because;
}

TEST(Recommend, S13_LowersWhatACgroupCannotHold) {
  Observation seen = prefork();
  seen.host.limits = {{"/box", "memory.max", Bytes{1000 * kMb}, Bytes{60 * kMb}, {}, {}}};
  const Proposal proposal = recommend(seen);
  ASSERT_NE(finding(proposal, "memory-overcommitted"), nullptr);
  const Change* workers = change(proposal, "MaxRequestWorkers");
  ASSERT_NE(workers, nullptr);
  EXPECT_EQ(workers->to, 49);
  EXPECT_EQ(proposal.grade, "F");
  EXPECT_EQ(proposal.restart, RestartClass::Graceful);
}

TEST(Recommend, S06b_NoNumberFromChildrenThatServedNothing) {
  Observation seen = prefork();
  saturate(seen);
  seen.memory->requests_per_child = 0;
  const Proposal proposal = recommend(seen);
  EXPECT_NE(finding(proposal, "memory-not-warm"), nullptr);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr);
  EXPECT_FALSE(proposal.memory);
  EXPECT_EQ(proposal.confidence, Confidence::Low);
}

TEST(Recommend, TooLittleDataIsSaidAndGivesNoNumber) {
  Observation seen = event();
  saturate(seen);
  seen.samples = 5;
  const Proposal proposal = recommend(seen);
  EXPECT_NE(finding(proposal, "not-enough-data"), nullptr);
  EXPECT_TRUE(proposal.changes.empty());
  EXPECT_EQ(proposal.grade, "-");
  EXPECT_EQ(proposal.confidence, Confidence::None);
}

TEST(Recommend, S26_IdleClientsAreNoReasonForMoreWorkers) {
  Observation seen = prefork();
  seen.load.busy = flat(10);
  seen.load.keepalive = flat(140);
  seen.load.pinned_share = 0.9;
  const Proposal proposal = recommend(seen);
  EXPECT_NE(finding(proposal, "keepalive-holds-workers"), nullptr);
  EXPECT_EQ(finding(proposal, "workers-exhausted"), nullptr);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr);
  ASSERT_NE(change(proposal, "KeepAliveTimeout"), nullptr);
  EXPECT_EQ(change(proposal, "KeepAliveTimeout")->to, 2);
  EXPECT_EQ(proposal.block, "KeepAliveTimeout 2\n") << "it stands outside the MPM's block";
}

TEST(Recommend, S03_DeafProcessesWantRoomForConnectionsAndNotForWorkers) {
  Observation seen = event();
  seen.load.deaf_share = 0.5;
  seen.load.connections = flat(900);
  const Proposal proposal = recommend(seen);
  ASSERT_NE(finding(proposal, "connections-exhausted"), nullptr);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr);
  ASSERT_NE(change(proposal, "AsyncRequestWorkerFactor"), nullptr);
  // 900 * 1.5 connections, less the one that each of 150 workers has itself, over 120 idle ones.
  EXPECT_EQ(change(proposal, "AsyncRequestWorkerFactor")->to, 10);
  EXPECT_EQ(proposal.changes.size(), 1U);
}

// Neither a larger factor nor more processes make room: those that say nothing go sooner.
TEST(Recommend, S03_DeafProcessesThatNothingMakesRoomInKeepFewerConnections) {
  Observation seen = event();
  seen.worker_limit = 50;
  put(seen, "MaxRequestWorkers", 50);
  put(seen, "AsyncRequestWorkerFactor", 10);
  seen.load.deaf_share = 0.5;
  seen.load.busy = flat(15);
  seen.load.connections = flat(500);
  seen.crowd = {Instant{}, 300, 60, 100};
  const Proposal proposal = recommend(seen);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr) << "300 at once brought less";
  const Change* wait = change(proposal, "KeepAliveTimeout");
  ASSERT_NE(wait, nullptr) << proposal.verdict;
  EXPECT_EQ(wait->to, 3) << "5 s x (500 - 15) / (1.5 x 500 - 15)";
  EXPECT_NE(wait->because.find("Processes hold 500 connections"), std::string::npos)
      << wait->because;
  put(seen, "KeepAliveTimeout", 1);
  EXPECT_EQ(change(recommend(seen), "KeepAliveTimeout"), nullptr) << "the shortest";
  put(seen, "KeepAliveTimeout", 5);
  seen.load.deaf_share = 0.2;
  EXPECT_EQ(change(recommend(seen), "KeepAliveTimeout"), nullptr) << "now and then";
  seen.load.deaf_share = 0.5;
  put(seen, "AsyncRequestWorkerFactor", 2);
  EXPECT_EQ(change(recommend(seen), "KeepAliveTimeout"), nullptr) << "the factor makes room";
}

// Of 150 workers 75 have something to do; those that are idle cannot hold all the others.
TEST(Recommend, S03_MoreConnectionsThanIdleWorkersHoldWantProcesses) {
  Observation seen = event();
  seen.load.deaf_share = 0.5;
  seen.load.busy = flat(75);
  seen.load.connections = flat(700);
  const Proposal proposal = recommend(seen);
  EXPECT_EQ(change(proposal, "AsyncRequestWorkerFactor"), nullptr);
  ASSERT_NE(change(proposal, "MaxRequestWorkers"), nullptr);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers")->to, 400) << "(1.5 x 700 + 2 x 75) / 3";
}

// 733 connections and half as many more, beside 250 busy workers, want 17 processes where 16 are.
TEST(Recommend, OneProcessMoreForConnectionsIsNoReasonToRestart) {
  Observation seen = event();
  seen.worker_limit = 400;
  put(seen, "MaxRequestWorkers", 400);
  put(seen, "ServerLimit", 64);
  put(seen, "AsyncRequestWorkerFactor", 4);
  seen.load.busy = flat(250);
  seen.load.deaf_share = 0.5;
  seen.load.connections = flat(733);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr);
  seen.load.connections = flat(1083);
  ASSERT_NE(change(recommend(seen), "MaxRequestWorkers"), nullptr);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers")->to, 525);
}

TEST(Recommend, FullProcessorsWantNoWorkers) {
  Observation seen = event();
  saturate(seen);
  seen.load.cpu_busy_share = 0.97;
  const Proposal proposal = recommend(seen);
  EXPECT_NE(finding(proposal, "cpu-saturated"), nullptr);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr);
}

TEST(Recommend, S10_AReloadNeedsSlots) {
  Observation seen = event();
  for (SettingObservation& setting : seen.settings)
    if (setting.directive == "ServerLimit") setting.effective = 6;
  const Proposal proposal = recommend(seen);
  EXPECT_NE(finding(proposal, "server-limit-without-slack"), nullptr);
  ASSERT_NE(change(proposal, "ServerLimit"), nullptr);
  EXPECT_EQ(change(proposal, "ServerLimit")->to, 12);
  EXPECT_EQ(proposal.restart, RestartClass::StopStart);
}

TEST(Recommend, BurstsWantSpares) {
  Observation seen = prefork();
  seen.load.busy = {60, 30, 100, 20, 80, 90, 95};
  seen.load.ramping_share = 0.2;
  seen.load.queue = flat(10);
  const Proposal proposal = recommend(seen);
  EXPECT_NE(finding(proposal, "ramp-limited"), nullptr);
  ASSERT_NE(change(proposal, "MinSpareServers"), nullptr);
  EXPECT_GT(change(proposal, "MinSpareServers")->to, 70);
  EXPECT_GT(change(proposal, "MaxSpareServers")->to, change(proposal, "MinSpareServers")->to);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr);
}

// Warm children of 12 MB grow by 60 KiB a request.
Observation growing() {
  Observation seen = prefork();
  seen.memory->growth_per_request = 60.0 * 1024;
  seen.memory->growth_low = 58.0 * 1024;
  seen.memory->growth_pairs = 100;
  seen.memory->child_warm = Bytes{12 * kMb};
  return seen;
}

TEST(Recommend, ChildrenThatGrowAreReplacedInTime) {
  Observation seen = growing();
  const Proposal proposal = recommend(seen);
  EXPECT_NE(finding(proposal, "children-grow"), nullptr);
  const Change* life = change(proposal, "MaxConnectionsPerChild");
  ASSERT_NE(life, nullptr);
  // 150 warm ones of 12 MB, and 2 x 24 and the idle ones that live until they are large, by 60 KiB
  // for a request.
  const Change* spare = change(proposal, "MaxSpareServers");
  ASSERT_NE(spare, nullptr);
  const double room = (6060 * 0.9 - 10 - 150 * 12) / static_cast<double>(2 * 24 + spare->to);
  EXPECT_NEAR(static_cast<double>(life->to), room * 1024 / 60, 2);
  // It is the same when they have grown as far as they now may.
  seen.memory->child_typical = Bytes{20 * kMb};
  seen.memory->child_large = Bytes{30 * kMb};
  EXPECT_TRUE(recommend(with(seen, proposal)).changes.empty());
}

// 89 prefork children of 12 MB grow by 21 KiB a request, and 1,100 requests come a second: if all
// were to fit at their end together, ten would end a second.
TEST(Recommend, ChildrenThatGrowAndEndOneAfterTheOtherLiveLonger) {
  constexpr double kBudget = 1400;  // MB
  Observation seen = growing();
  seen.worker_limit = 89;
  put(seen, "MaxRequestWorkers", 89);
  saturate(seen);
  seen.memory->growth_per_request = 21.0 * 1024;
  seen.memory->growth_low = 20.0 * 1024;
  seen.memory->child_typical = seen.memory->child_large = Bytes{13 * kMb};
  seen.host.memory_available = Bytes{1400 * kMb} - seen.memory->server_pss;
  const auto life = [&] {
    const Proposal proposal = recommend(seen);
    const Change* found = change(proposal, "MaxConnectionsPerChild");
    return found == nullptr ? 0 : found->to;
  };
  const auto all_after = [](std::int64_t requests) {
    return 89 * (12 + 21.0 / 1024 * static_cast<double>(requests));
  };
  seen.load.arrived_per_second = 1;
  const std::int64_t together = life();
  EXPECT_LE(all_after(together), 0.9 * kBudget);
  EXPECT_GT(all_after(together) + 10, 0.9 * kBudget - 3) << "10 are shared";
  seen.load.arrived_per_second = 1100;
  const std::int64_t longer = life();
  EXPECT_GT(longer, together + together / 2);
  EXPECT_LE(all_after(longer / 2), 0.9 * kBudget) << "of all ages";
  EXPECT_LE(all_after(longer), kBudget) << "and if all were at their end";
  put(seen, "MaxConnectionsPerChild", longer);
  EXPECT_EQ(life(), 0);
  seen.load.arrived_per_second = 1;
  EXPECT_EQ(life(), 0) << "it need not be taken back in a calm";
}

// What is shown of them is what the sum is made of.
TEST(Recommend, ChildrenThatGrowAndEndAreCountedAsTheyAreThen) {
  Observation seen = growing();
  seen.load.pinned_share = 0.5;
  seen.host.memory_available = Bytes{3000 * kMb};
  put(seen, "MaxConnectionsPerChild", 1000);
  const Proposal proposal = recommend(seen);
  const Finding* found = finding(proposal, "memory-overcommitted");
  ASSERT_NE(found, nullptr);
  ASSERT_EQ(found->evidence.size(), 3U);
  const double warm = found->evidence[1].value;
  const double grown = found->evidence[2].value;
  EXPECT_EQ(warm, 12 * kMb);
  EXPECT_EQ(grown, 60.0 * 1024 * 1000);
  EXPECT_NEAR(found->evidence[0].value, 150 * (warm + grown), 20.0 * kMb) << "and what is shared";
}

TEST(Recommend, TheKernelsCapOnTheBacklogIsSaid) {
  Observation seen = event();
  seen.host.somaxconn = 128;
  const Proposal proposal = recommend(seen);
  EXPECT_NE(finding(proposal, "backlog-capped"), nullptr);
  EXPECT_EQ(proposal.grade, "A") << "a note is no grade";
}

TEST(Rules, HaveNamesAndQuestionsOfTheirOwn) {
  std::set<std::string_view> ids;
  for (const advise::Rule& rule : advise::rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_EQ(rule.question.back(), '?');
  }
  EXPECT_GE(ids.size(), 12U);
}

}  // namespace
}  // namespace mpm
