// SPDX-License-Identifier: Apache-2.0
//
// What the requests wait for: whose work fills the processors, and whether something behind httpd
// is full. A wrong answer here costs a server: more workers make full processors slower, and a busy
// neighbour is no reason to keep the workers few.
#include <gtest/gtest.h>

#include "agent/advise/facts.h"
#include "agent/advise/recommend.h"
#include "tests/agent/advise/debian_event.h"
#include "tests/agent/advise/proposal_parts.h"

namespace mpm {
namespace {

using advise::Facts;
using advise::Processors;

// Full processors, and all workers busy.
Observation pressed() {
  Observation seen = event();
  saturate(seen);
  seen.load.cpu_busy_share = 0.97;
  return seen;
}

Processors processors(const Observation& seen) {
  const Policy policy;
  return Facts(seen, policy).processors();
}

TEST(Bottleneck, ABusyNeighbourIsNoReasonAgainstWorkers) {
  Observation seen = pressed();
  seen.load.cpu_own_share = 0.04;
  seen.load.cpu_ready_share = 0.06;
  seen.load.cpu_wait_share = 0.5;
  EXPECT_EQ(processors(seen), Processors::Others);
  const Proposal proposal = recommend(seen);
  EXPECT_EQ(finding(proposal, "cpu-saturated"), nullptr);
  const Finding* taken = finding(proposal, "processors-taken-by-others");
  ASSERT_NE(taken, nullptr);
  EXPECT_EQ(taken->severity, Severity::Note);
  EXPECT_NE(taken->claim.find("workers waited 50 % of their runnable time"), std::string::npos)
      << taken->claim;
  EXPECT_NE(change(proposal, "MaxRequestWorkers"), nullptr) << proposal.verdict;
}

TEST(Bottleneck, RequestsThatBurnWantNoWorkers) {
  Observation seen = pressed();
  seen.load.cpu_own_share = 0.6;
  seen.load.cpu_ready_share = 0.9;
  seen.load.cpu_wait_share = 0.38;
  EXPECT_EQ(processors(seen), Processors::Ours);
  const Proposal proposal = recommend(seen);
  const Finding* full = finding(proposal, "cpu-saturated");
  ASSERT_NE(full, nullptr);
  EXPECT_NE(full->claim.find("workers waited 38 % of their runnable time"), std::string::npos)
      << full->claim;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr);
  EXPECT_EQ(finding(proposal, "processors-taken-by-others"), nullptr);
}

// As many workers as processors never wait for one, and more would.
TEST(Bottleneck, AServerThatUsesAllItsProcessorsWantsNoWorkers) {
  Observation seen = pressed();
  seen.load.cpu_own_share = 0.95;
  seen.load.cpu_ready_share = 0.45;
  seen.load.cpu_wait_share = 0;
  EXPECT_EQ(processors(seen), Processors::Ours);
  EXPECT_EQ(change(recommend(seen), "MaxRequestWorkers"), nullptr);
}

// A cpuset of one processor of four, or a quota: the host is calm.
TEST(Bottleneck, AQuotaThatIsUsedUpCountsAsFullProcessors) {
  Observation seen = pressed();
  seen.load.cpu_busy_share = 0.3;
  seen.load.cpu_throttled_share = 0.6;
  seen.load.cpu_own_share = 0.7;
  seen.load.cpu_ready_share = 0.8;
  seen.load.cpu_wait_share = 0.1;
  const Proposal proposal = recommend(seen);
  const Finding* full = finding(proposal, "cpu-saturated");
  ASSERT_NE(full, nullptr);
  EXPECT_NE(full->claim.find("quota"), std::string::npos) << full->claim;
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr);
}

TEST(Bottleneck, WhatCannotBeToldIsSaidWithLittleConfidence) {
  Observation seen = pressed();
  seen.span_seconds = 7200;
  EXPECT_EQ(processors(seen), Processors::Untold);
  const Proposal proposal = recommend(seen);
  const Finding* full = finding(proposal, "cpu-saturated");
  ASSERT_NE(full, nullptr);
  EXPECT_EQ(full->confidence, Confidence::Low);
  EXPECT_EQ(proposal.confidence, Confidence::Low);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr);
}

TEST(Bottleneck, CalmProcessorsAreNobodys) {
  Observation seen = event();
  seen.load.cpu_ready_share = 0.9;
  EXPECT_EQ(processors(seen), Processors::Free) << "busy with little is not full";
}

TEST(Bottleneck, WhatIsFullBehindHttpdWantsNoWorkers) {
  Observation seen = event();
  saturate(seen);
  seen.load.plateau = {16, 180, 190, 30, 0, 150, 185};
  const Proposal proposal = recommend(seen);
  const Finding* full = finding(proposal, "backend-saturated");
  ASSERT_NE(full, nullptr);
  EXPECT_NE(full->claim.find("With 16 requests at once the server finished 180 a second, and with "
                             "150 185: a request took 89 ms and then 811 ms"),
            std::string::npos)
      << full->claim;
  EXPECT_NE(full->advice.find("pm.max_children"), std::string::npos);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr);
}

TEST(Bottleneck, AThroughputThatFullProcessorsHoldDownIsNoBackends) {
  Observation seen = pressed();
  seen.load.plateau = {16, 180, 190, 30, 0, 150, 185};
  seen.load.cpu_own_share = 0.9;
  EXPECT_EQ(finding(recommend(seen), "backend-saturated"), nullptr);
}

}  // namespace
}  // namespace mpm
