// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/memory.h"

#include <gtest/gtest.h>

namespace mpm::advise {
namespace {

constexpr std::int64_t kMb = 1 << 20;

Observation host_with(std::int64_t available_mb, std::int64_t held_mb) {
  Observation seen;
  seen.host.memory_total = Bytes{4096 * kMb};
  seen.host.memory_available = Bytes{available_mb * kMb};
  seen.memory.emplace();
  seen.memory->children = 10;
  seen.memory->requests_per_child = 100;
  seen.memory->server_pss = Bytes{held_mb * kMb};
  seen.memory->shared_once = Bytes{20 * kMb};
  seen.memory->child_typical = Bytes{8 * kMb};
  seen.memory->child_large = Bytes{10 * kMb};
  seen.memory->child_peak = Bytes{30 * kMb};
  return seen;
}

MemoryLimit limit(const std::string& cgroup, const std::string& file, std::int64_t limit_mb,
                  std::int64_t current_mb, std::int64_t cache_mb = 0) {
  return {cgroup, file, Bytes{limit_mb * kMb}, Bytes{current_mb * kMb}, Bytes{cache_mb * kMb}, {}};
}

Bytes sum(const std::vector<MemoryTerm>& terms) {
  Bytes total;
  for (const MemoryTerm& term : terms)
    total += term.amount;
  return total;
}

TEST(Budget, S14_IsTheSameWhateverTheServerHoldsOfIt) {
  // The server grows by 500 MB and the host has 500 MB less: nothing has changed.
  EXPECT_EQ(memory_budget(host_with(2000, 100))->total, memory_budget(host_with(1500, 600))->total);
}

TEST(Budget, S13_TakesTheSmallestLimitOfEveryAncestor) {
  Observation seen = host_with(2000, 100);
  seen.host.limits = {limit("/pod/box", "memory.max", 1024, 150),
                      limit("/pod", "memory.max", 256, 180), limit("", "memory.max", 3000, 2000)};
  const auto budget = memory_budget(seen);
  // Of the 180 MB in /pod 100 are the server's own, so 80 are others'.
  EXPECT_EQ(budget->total, Bytes{(256 - 80) * kMb});
  EXPECT_NE(budget->bound.find("/pod"), std::string::npos);
  EXPECT_EQ(sum(budget->terms), budget->total);
}

TEST(Budget, CacheThatTheKernelWouldDropIsNotOthersUse) {
  Observation seen = host_with(2000, 100);
  seen.host.limits = {limit("/pod", "memory.max", 512, 400, 300)};
  EXPECT_EQ(memory_budget(seen)->total, Bytes{512 * kMb});
}

TEST(Budget, S13_MemoryHighBindsAsMaxDoes) {
  Observation seen = host_with(2000, 100);
  seen.host.limits = {limit("/pod", "memory.max", 512, 100),
                      limit("/pod", "memory.high", 300, 100)};
  EXPECT_EQ(memory_budget(seen)->total, Bytes{300 * kMb});
}

TEST(Budget, S23_CountsOtherServicesWithoutKnowingTheirNames) {
  const auto alone = memory_budget(host_with(3000, 100))->total;
  const auto beside = memory_budget(host_with(1000, 100))->total;
  EXPECT_EQ(alone - beside, Bytes{2000 * kMb});
}

TEST(Budget, IsUnknownWithoutAMeasurement) {
  Observation seen = host_with(2000, 100);
  seen.memory.reset();
  EXPECT_FALSE(memory_budget(seen));
}

TEST(Cost, S06b_OfChildrenThatServedNothingIsNotKnown) {
  Observation seen = host_with(2000, 100);
  EXPECT_TRUE(process_cost(seen, {}));
  seen.memory->requests_per_child = 1;
  EXPECT_FALSE(process_cost(seen, {}));
}

// Cold as they are they do not fit: what they cost is that much at least.
TEST(Cost, OfChildrenThatDoNotFitIsKnownBeforeTheyAreWarm) {
  Observation seen = host_with(10, 50);
  seen.memory->requests_per_child = 1;
  EXPECT_TRUE(process_cost(seen, {}));
  // Ten of 8 MB would fit beside what is shared, and not if all were as large as the first are.
  seen = host_with(50, 60);
  seen.memory->requests_per_child = 1;
  EXPECT_TRUE(process_cost(seen, {}));
  seen.memory->child_large = seen.memory->child_typical;
  EXPECT_FALSE(process_cost(seen, {}));
}

TEST(Cost, NeverShrinksFromTypicalToPeak) {
  Observation seen = host_with(2000, 100);
  seen.memory->child_peak = Bytes{1};
  seen.memory->child_large = Bytes{1};
  const auto cost = process_cost(seen, {});
  EXPECT_LE(cost->typical, cost->large);
  EXPECT_LE(cost->large, cost->peak);
}

TEST(Fit, IsThePartOfTheBudgetAfterWhatIsSharedOnce) {
  const Observation seen = host_with(900, 100);
  Policy policy;
  policy.memory_share = 0.5;
  // (1000 * 0.5 - 20) / 10
  EXPECT_EQ(processes_that_fit(*memory_budget(seen), *process_cost(seen, policy), policy).value,
            48);
  const Observation poor = host_with(0, 10);
  EXPECT_EQ(processes_that_fit(*memory_budget(poor), *process_cost(poor, policy), policy).value, 0);
}

Observation growing() {
  Observation seen = host_with(1000, 100);
  seen.memory->growth_per_request = 60000;
  seen.memory->growth_low = 59000;
  seen.memory->child_warm = Bytes{6 * kMb};
  return seen;
}

TEST(Growing, IsWhatThousandRequestsMakeADifferenceTo) {
  ASSERT_TRUE(growth_of(growing()));
  EXPECT_EQ(growth_of(growing())->warm, Bytes{6 * kMb});
  Observation seen = growing();
  seen.memory->growth_per_request = 1000;
  EXPECT_FALSE(growth_of(seen));
  seen = growing();
  seen.memory->growth_low = -1;
  EXPECT_FALSE(growth_of(seen)) << "it may be chance";
}

// A warm child is three fifths of what one may come to before it ends, however large they are now.
TEST(Growing, ChildrenAreCountedAtTheirEnd) {
  const Policy policy;
  const Cost cost = *process_cost(growing(), policy);
  EXPECT_EQ(cost.counted, Bytes{10 * kMb});
  EXPECT_EQ(process_cost(host_with(1000, 100), policy)->counted, Bytes{10 * kMb}) << "the large";
}

TEST(Growing, AllMayBeAtTheirEndTogether) {
  const Growth growth{Bytes{6 * kMb}, 60000};
  const Bytes room{600 * kMb};
  const std::int64_t life = life_of(growth, room, Processes{50}, Processes{50});
  EXPECT_LE(50 * (6 * kMb + 60000 * life), 600 * kMb);
  EXPECT_GT(50 * (6 * kMb + 60000 * (life + 1)), 600 * kMb);
  EXPECT_EQ(life_of(growth, room, Processes{100}, Processes{100}), 50)
      << "there is no room, and no life is shorter";
}

TEST(Growing, ThoseOfAllAgesAreHalfAsMuchGrown) {
  const Growth growth{Bytes{6 * kMb}, 60000};
  const Processes all{50};
  const std::int64_t together = life_of(growth, Bytes{600 * kMb}, all, all);
  const auto of_all_ages = [&](Bytes reserve) {
    return life_of_all_ages(growth, {Bytes{600 * kMb}, reserve}, all, all);
  };
  EXPECT_EQ(of_all_ages(Bytes{400 * kMb}), 2 * together);
  const std::int64_t life = of_all_ages(Bytes{100 * kMb});
  EXPECT_LE(50 * (6 * kMb + 60000 * life), 700 * kMb) << "if all were at their end";
  EXPECT_GT(50 * (6 * kMb + 60000 * (life + 1)), 700 * kMb);
  EXPECT_EQ(of_all_ages(Bytes{}), together);
}

TEST(Growing, ALifeOfWhichNobodyCountsTheEndIsANumber) {
  EXPECT_EQ(life_of({Bytes{kMb}, 1e-300}, Bytes{600 * kMb}, Processes{5}, Processes{5}),
            1'000'000'000'000'000);
  EXPECT_EQ(whole_bytes(1e300).value, 1'000'000'000'000'000'000);
  EXPECT_EQ(whole_bytes(-1).value, 0);
}

// The others come with a burst, and are no larger than warm.
TEST(Growing, ThoseThatLiveLongHaveTheRoomToGrow) {
  const Growth growth{Bytes{6 * kMb}, 60000};
  const std::int64_t life = life_of(growth, Bytes{600 * kMb}, Processes{50}, Processes{10});
  EXPECT_LE(50 * 6 * kMb + 10 * 60000 * life, 600 * kMb);
  EXPECT_GT(50 * 6 * kMb + 10 * 60000 * (life + 1), 600 * kMb);
}

// Of 6 MB, they grow by 50 x 60,000 bytes at least.
TEST(Growing, AsManyFitAsThoseThatHaveGrownLeaveRoomFor) {
  const Growth growth{Bytes{6 * kMb}, 60000};
  const Bytes grown = grown_at_least(growth);
  EXPECT_EQ(grown, Bytes{3000000});
  const Bytes each = Bytes{6 * kMb} + grown;
  EXPECT_EQ(growing_that_fit(growth, each * 10, Processes{20}), Processes{10}) << "all have grown";
  EXPECT_EQ(growing_that_fit(growth, each * 20 + Bytes{6 * kMb} * 30, Processes{20}),
            Processes{50});
  EXPECT_EQ(growing_that_fit(growth, Bytes{}, Processes{20}), Processes{0});
  EXPECT_EQ(growing_that_fit({Bytes{kMb}, 1e300}, each, Processes{20}), Processes{0});
  EXPECT_EQ(old_that_fit(growth, each * 20 + Bytes{6 * kMb} * 30, Processes{50}), Processes{20});
}

// None was seen fresh: the smallest of those that have grown is no warm child.
TEST(Growing, AWarmChildIsTheOneOnTheLineOfGrowth) {
  Observation seen = growing();
  seen.memory->child_fresh = Bytes{45 * kMb};
  EXPECT_EQ(growth_of(seen)->warm, Bytes{6 * kMb});
  seen.memory->child_warm = Bytes{};
  EXPECT_EQ(growth_of(seen)->warm, Bytes{45 * kMb});
}

// Clients wait for more of them than fit: each lives for half a minute of requests.
TEST(Growing, ChildrenMayLiveShorterWhereClientsWaitForThem) {
  Observation seen = growing();
  seen.load.pinned_share = 0.5;
  seen.load.calm_service_seconds = 0.5;
  const double a_request = *seen.memory->growth_per_request;
  EXPECT_EQ(process_cost(seen, Policy{})->counted,
            Bytes{6 * kMb + static_cast<std::int64_t>(60 * a_request)});
  seen.load.calm_service_seconds = 0.001;
  EXPECT_EQ(process_cost(seen, Policy{})->counted, Bytes{10 * kMb}) << "no shorter than usual";
}

TEST(Sum, S20_CountsProcessesAndTheirTermsAddUp) {
  const Observation seen = host_with(900, 100);
  const MemorySum result = memory_sum(*memory_budget(seen), *process_cost(seen, Policy{}),
                                      Processes{6}, Processes{12}, 150);
  EXPECT_EQ(sum(result.budget_terms), result.budget);
  EXPECT_EQ(sum(result.typical_terms), result.typical);
  EXPECT_EQ(sum(result.worst_terms), result.worst);
  EXPECT_EQ(result.typical, Bytes{(20 + 6 * 8) * kMb}) << "6 processes, not 150 workers";
  EXPECT_EQ(result.worst, Bytes{(20 + 12 * 30) * kMb});
}

TEST(InWords, ChoosesTheUnit) {
  EXPECT_EQ(in_words(Bytes{15309210}), "14.6 MB");
  EXPECT_EQ(in_words(Bytes{218 * kMb}), "218 MB");
  EXPECT_EQ(in_words(Bytes{3 * 1024 * kMb / 2}), "1.5 GB");
}

}  // namespace
}  // namespace mpm::advise
