// SPDX-License-Identifier: Apache-2.0
//
// php-fpm as the limit: workers that only wait for it are no reason for more of them, and a pool
// that is merely small, or of somebody else, is no reason against them.
#include "agent/advise/php_pool.h"

#include <gtest/gtest.h>

#include "agent/advise/recommend.h"
#include "tests/agent/advise/debian_event.h"
#include "tests/agent/advise/proposal_parts.h"

namespace mpm {
namespace {

// All 150 workers busy, most of them with waiting for five processes.
Observation waiting_for_php() {
  Observation seen = event();
  saturate(seen);
  PhpPool pool;
  pool.name = "www";
  pool.listen = "/run/php/php8.2-fpm.sock";
  pool.max_children = pool.children = 5;
  pool.waiting = 145;
  seen.php_pools = {pool};
  return seen;
}

TEST(PhpPool, WhatWaitsForItWantsNoWorkers) {
  const Proposal proposal = recommend(waiting_for_php());
  const Finding* full = finding(proposal, "php-pool-full");
  ASSERT_NE(full, nullptr);
  EXPECT_NE(full->claim.find("pool www may run 5 processes"), std::string::npos) << full->claim;
  EXPECT_NE(full->claim.find("145 requests wait at /run/php/php8.2-fpm.sock"), std::string::npos);
  EXPECT_NE(full->advice.find("Raise pm.max_children of the pool www"), std::string::npos);
  EXPECT_EQ(change(proposal, "MaxRequestWorkers"), nullptr);
  EXPECT_EQ(proposal.verdict.find("php-fpm is full"), 0U) << proposal.verdict;
}

TEST(PhpPool, WithoutAQueueTheWorkersAreBusyWithSomethingElse) {
  Observation seen = waiting_for_php();
  seen.php_pools[0].waiting = 0;
  const Proposal proposal = recommend(seen);
  EXPECT_EQ(finding(proposal, "php-pool-full"), nullptr);
  EXPECT_NE(change(proposal, "MaxRequestWorkers"), nullptr);
}

// Neither full nor empty.
TEST(PhpPool, AQueueThatCannotBeReadIsSaidToBeUnknown) {
  Observation seen = waiting_for_php();
  seen.php_pools[0].waiting.reset();
  const Proposal proposal = recommend(seen);
  EXPECT_EQ(finding(proposal, "php-pool-full"), nullptr);
  const Finding* unknown = finding(proposal, "php-queue-unknown");
  ASSERT_NE(unknown, nullptr);
  EXPECT_EQ(unknown->confidence, Confidence::Low);
  EXPECT_NE(unknown->claim.find("at /run/php/php8.2-fpm.sock for one of them is not known"),
            std::string::npos)
      << unknown->claim;
  EXPECT_NE(change(proposal, "MaxRequestWorkers"), nullptr);
  seen.php_pools[0].children = 4;
  EXPECT_EQ(finding(recommend(seen), "php-queue-unknown"), nullptr) << "it starts more";
  EXPECT_EQ(finding(recommend(waiting_for_php()), "php-queue-unknown"), nullptr);
}

TEST(PhpPool, AFewThatWaitForALargePoolAreChance) {
  Observation seen = waiting_for_php();
  seen.php_pools[0].max_children = seen.php_pools[0].children = 100;
  seen.php_pools[0].waiting = 24;
  EXPECT_EQ(advise::full_php_pool(seen), nullptr);
  seen.php_pools[0].waiting = 25;
  EXPECT_NE(advise::full_php_pool(seen), nullptr);
}

TEST(PhpPool, OneThatStillStartsProcessesIsNotFull) {
  Observation seen = waiting_for_php();
  seen.php_pools[0].children = 4;
  EXPECT_EQ(advise::full_php_pool(seen), nullptr);
}

TEST(PhpPool, AWindowThatWasMostlyCalmIsNotItsFault) {
  Observation seen = waiting_for_php();
  seen.load.busy.p50 = 5;
  EXPECT_EQ(advise::full_php_pool(seen), nullptr);
}

TEST(PhpPool, ASecondPoolIsLookedAtToo) {
  Observation seen = waiting_for_php();
  seen.php_pools.insert(seen.php_pools.begin(), PhpPool());
  ASSERT_NE(advise::full_php_pool(seen), nullptr);
  EXPECT_EQ(advise::full_php_pool(seen)->name, "www");
}

}  // namespace
}  // namespace mpm
