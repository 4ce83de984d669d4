// SPDX-License-Identifier: Apache-2.0
//
// Laws of the engine over observations of any server and load. Each law is tried on a thousand of
// them; RC_PARAMS="max_success=100000" asks for more.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "agent/advise/cap.h"
#include "agent/advise/facts.h"
#include "agent/advise/recommend.h"
#include "agent/apache/constraints.h"
#include "tests/agent/advise/proposal_parts.h"

namespace mpm {
namespace {

class RecommendProperty : public testing::Test {
 protected:
  static void SetUpTestSuite() { ::setenv("RC_PARAMS", "max_success=1000", /*overwrite=*/0); }
};

Observation worker() {
  Observation seen = event();
  seen.mpm = Mpm::Worker;
  std::erase_if(seen.settings, [](const SettingObservation& setting) {
    return setting.directive == "AsyncRequestWorkerFactor";
  });
  return seen;
}

double share() {
  return *rc::gen::inRange(0, 101) / 100.0;
}
double up_to(int most) {
  return static_cast<double>(*rc::gen::inRange(0, most));
}
bool perhaps() {
  return *rc::gen::arbitrary<bool>();
}

void add_load(Observation& seen) {
  LoadObservation& load = seen.load;
  const double busy = std::min(up_to(1000), static_cast<double>(seen.worker_limit));
  load.busy = {60, busy * 0.7, 10, busy * 0.6, busy * 0.9, busy, busy};
  load.keepalive = flat(up_to(50));
  load.queue = flat(up_to(600));
  load.connections = flat(up_to(3000));
  load.pinned_share = share();
  load.ramping_share = share();
  load.deaf_share = seen.mpm == Mpm::Event ? share() : 0;
  load.overflows = *rc::gen::inRange(0, 100);
  load.arrived_per_second = up_to(5000);
  load.service_seconds = up_to(2000) / 1000;
  if (perhaps()) load.calm_service_seconds = load.service_seconds * share();
  load.offered = flat(up_to(3000));
  if (perhaps()) {
    load.rises = *rc::gen::container<std::vector<double>>(
        10, rc::gen::map(rc::gen::inRange(0, 500), [](int rise) { return double{1.0 * rise}; }));
    std::ranges::sort(load.rises);
  }
  if (perhaps())
    load.waiting_by_age = *rc::gen::container<std::vector<std::int64_t>>(
        kWaitingAges.size() + 1, rc::gen::inRange<std::int64_t>(0, 500));
  if (perhaps()) load.requests_per_connection = 1 + up_to(20);
  if (perhaps()) seen.past = {Instant{}, up_to(1000), up_to(3600), 150, 300};
  load.pinned_per_second = up_to(500);
  if (perhaps())
    seen.full_pools = {{Instant{}, *rc::gen::inRange(1, 1500), up_to(100), up_to(500)}};
  if (perhaps()) seen.crowd = {Instant{}, *rc::gen::inRange(1, 1500), up_to(100), up_to(500)};
  if (perhaps()) seen.served = {Instant{}, *rc::gen::inRange(1, 1500), up_to(100), up_to(500)};
  if (*rc::gen::inRange(0, 5) == 0)
    load.plateau = {up_to(50),        1 + up_to(500), 1 + up_to(500), 50 + up_to(50), up_to(800),
                    100 + up_to(300), up_to(500),     up_to(60),      up_to(500)};
}

void add_processors(Observation& seen) {
  seen.load.cpu_busy_share = share();
  seen.load.cpu_full_share = share() * share();
  seen.load.cpu_seconds_per_request = share() / 10;
  seen.load.cpu_throttled_share = share() / 2;
  if (perhaps()) seen.load.cpu_own_share = share();
  if (!seen.load.cpu_own_share || perhaps()) return;
  seen.load.cpu_ready_share = share();
  seen.load.cpu_wait_share = share();
}

void add_memory(Observation& seen) {
  seen.host.memory_available = Bytes{*rc::gen::inRange(0, 8000) * kMb};
  if (perhaps())
    seen.host.limits = {{"/box",
                         "memory.max",
                         Bytes{*rc::gen::inRange(64, 8000) * kMb},
                         Bytes{*rc::gen::inRange(60, 4000) * kMb},
                         {},
                         {}}};
  MemoryObservation& memory = *seen.memory;
  memory.child_typical = Bytes{*rc::gen::inRange(1, 100) * kMb};
  memory.child_large = memory.child_typical * 2;
  memory.child_peak = memory.child_typical * *rc::gen::inRange(2, 5);
  if (!perhaps()) return;
  memory.growth_per_request = up_to(200000);
  memory.growth_low = *memory.growth_per_request * 0.9;
  memory.child_warm = memory.child_typical / 2;
}

// Beside a case that fails.
void say(const Proposal& proposal) {
  for (const Change& entry : proposal.changes)
    RC_LOG() << entry.directive << ' ' << entry.from << " -> " << entry.to << ": " << entry.because
             << ' ' << entry.formula << '\n';
}

// Any server and load, within reason.
Observation anything() {
  Observation seen = *rc::gen::element(event(), worker(), prefork());
  const std::int64_t processes = *rc::gen::inRange(1, 40);
  seen.worker_limit = processes * (seen.mpm == Mpm::Prefork ? 1 : 25);
  put(seen, "MaxRequestWorkers", seen.worker_limit);
  // As httpd has it in force: no more than may run.
  put(seen, "StartServers", std::min<std::int64_t>(seen.mpm == Mpm::Prefork ? 5 : 2, processes));
  put(seen, "KeepAliveTimeout", *rc::gen::inRange(1, 60));
  add_load(seen);
  add_processors(seen);
  add_memory(seen);
  return seen;
}

std::int64_t workers_after(const Observation& seen) {
  const Proposal proposal = recommend(seen);
  const Change* entry = change(proposal, "MaxRequestWorkers");
  return entry != nullptr ? entry->to : seen.worker_limit;
}

TEST_F(RecommendProperty, TheSameInputGivesTheSameAnswer) {
  EXPECT_TRUE(rc::check([] {
    const Observation seen = anything();
    const Proposal a = recommend(seen);
    const Proposal b = recommend(seen);
    RC_ASSERT(a.block == b.block);
    RC_ASSERT(a.verdict == b.verdict);
  }));
}

EffectiveNumbers in_force(const Observation& seen) {
  std::vector<WrittenNumber> written;
  for (const SettingObservation& setting : seen.settings)
    written.push_back({setting.directive, setting.effective});
  return effective_numbers(*seen.mpm, written);
}

// Nothing of what is proposed, and nothing else because of it.
TEST_F(RecommendProperty, HttpdWouldCorrectNothingOfIt) {
  EXPECT_TRUE(rc::check([] {
    const Observation seen = anything();
    const Proposal proposal = recommend(seen);
    const EffectiveNumbers before = in_force(seen);
    const EffectiveNumbers after = in_force(with(seen, proposal));
    for (std::size_t i = 0; i < after.numbers.size(); ++i) {
      const bool proposed = change(proposal, after.numbers[i].directive) != nullptr;
      RC_ASSERT(after.numbers[i].remarks.empty() ||
                (!proposed && !before.numbers[i].remarks.empty()));
    }
  }));
}

// Neither more than it holds, nor fewer than that when it has to be fewer, but for one process.
TEST_F(RecommendProperty, NoMoreWorkersThanTheMemoryHolds) {
  EXPECT_TRUE(rc::check([] {
    const Observation seen = anything();
    const Proposal proposal = recommend(seen);
    const Change* workers = change(proposal, "MaxRequestWorkers");
    if (workers == nullptr) return;
    RC_ASSERT(proposal.memory.has_value());
    const std::int64_t one = seen.mpm == Mpm::Prefork ? 1 : 25;
    RC_ASSERT(workers->to <= std::max(one, proposal.memory->workers_that_fit));
    const bool slower = finding(proposal, "cpu-saturated") ||
                        finding(proposal, "backend-saturated") ||
                        finding(proposal, "larger-pool-brought-less") ||
                        finding(proposal, "smaller-pool-brought-more");
    if (workers->to < workers->from && !slower)
      RC_ASSERT(workers->to + one > proposal.memory->workers_that_fit);
  }));
}

TEST_F(RecommendProperty, EverySumAddsUp) {
  EXPECT_TRUE(rc::check([] {
    const Proposal proposal = recommend(anything());
    if (!proposal.memory) return;
    const auto sum = [](const std::vector<MemoryTerm>& terms) {
      Bytes total;
      for (const MemoryTerm& term : terms)
        total += term.amount;
      return total;
    };
    RC_ASSERT(sum(proposal.memory->typical_terms) == proposal.memory->typical);
    RC_ASSERT(sum(proposal.memory->worst_terms) == proposal.memory->worst);
    RC_ASSERT(proposal.memory->typical <= proposal.memory->worst);
  }));
}

TEST_F(RecommendProperty, MoreLoadNeverWantsFewerWorkers) {
  EXPECT_TRUE(rc::check([] {
    Observation seen = anything();
    seen.load.pinned_share = 0.5;
    const std::int64_t less = workers_after(seen);
    seen.load.arrived_per_second *= 1.5;
    seen.load.offered = flat(1.5 * seen.load.offered.p99);
    RC_ASSERT(less <= workers_after(seen));
  }));
}

TEST_F(RecommendProperty, MoreMemoryNeverWantsFewerWorkers) {
  EXPECT_TRUE(rc::check([] {
    Observation seen = anything();
    // What is slow is put down to the memory, while that fails.
    seen.load.plateau.reset();
    seen.load.pinned_per_second = 0;
    seen.load.cpu_seconds_per_request = 0;
    const std::int64_t less = workers_after(seen);
    seen.host.memory_available += Bytes{*rc::gen::inRange(0, 4000) * kMb};
    for (MemoryLimit& limit : seen.host.limits)
      limit.limit += Bytes{*rc::gen::inRange(0, 4000) * kMb};
    RC_ASSERT(less <= workers_after(seen));
  }));
}

// The same work is a smaller share of more processors.
TEST_F(RecommendProperty, MoreProcessorsNeverWantFewerWorkers) {
  EXPECT_TRUE(rc::check([] {
    Observation seen = anything();
    // A throughput that does not grow is held against the processors that are there.
    seen.load.plateau.reset();
    seen.load.pinned_per_second = 0;
    const std::int64_t less = workers_after(seen);
    const double rest = share();
    seen.load.cpu_busy_share *= rest;
    seen.load.cpu_full_share *= rest;
    seen.load.cpu_throttled_share *= rest;
    if (seen.load.cpu_own_share) *seen.load.cpu_own_share *= rest;
    if (seen.load.cpu_ready_share) *seen.load.cpu_ready_share *= rest;
    RC_ASSERT(less <= workers_after(seen));
  }));
}

// All workers are busy, requests take a known time in a calm, and another pool was full as well.
Observation remembering() {
  Observation seen = anything();
  LoadObservation& load = seen.load;
  load.pinned_share = 1;
  load.pinned_per_second = 1 + up_to(500);
  load.keepalive = flat(0);
  load.queue = flat(up_to(20000));
  load.overflows = 100;
  load.calm_service_seconds =
      share() * static_cast<double>(seen.worker_limit) / load.pinned_per_second;
  seen.full_pools = {{Instant{}, *rc::gen::inRange(1, 1500), 60, 1 + up_to(2000)}};
  return seen;
}

// Whatever another pool brought: those that serve what ends now are kept, but for half a process.
TEST_F(RecommendProperty, APoolThatIsRememberedTakesNobodysWorker) {
  int tried = 0;
  EXPECT_TRUE(rc::check([&] {
    const Observation seen = remembering();
    const Proposal proposal = recommend(seen);
    const Change* workers = change(proposal, "MaxRequestWorkers");
    if (workers == nullptr) return;
    const auto& rules = workers->rules;
    if (std::ranges::find(rules, advise::kLargerPool) == rules.end() &&
        std::ranges::find(rules, advise::kSmallerPool) == rules.end())
      return;
    ++tried;
    const Policy policy;
    const advise::Facts facts(seen, policy);
    const double serve = seen.load.pinned_per_second * facts.calm_seconds();
    const double half = static_cast<double>(facts.per_process()) / 2 + 1;
    const auto to = static_cast<double>(workers->to);
    RC_LOG() << workers->formula;
    RC_ASSERT(to + half >= std::min(serve, static_cast<double>(seen.worker_limit)));
  }));
  EXPECT_GT(tried, 20);
}

// But gently, by no more than three tenths, or a process beside the others.
TEST_F(RecommendProperty, NoPoolGrowsTowardsALargerOneThatBroughtLess) {
  EXPECT_TRUE(rc::check([] {
    Observation seen = anything();
    seen.load.completed_per_second = seen.load.pinned_per_second;
    seen.full_pools = {{Instant{}, 2 * seen.worker_limit + *rc::gen::inRange(0, 500),
                        20 + up_to(99), 0.85 * seen.load.pinned_per_second * share()}};
    if (seen.full_pools[0].per_second == 0) return;
    const Proposal proposal = recommend(seen);
    say(proposal);
    const std::int64_t process = seen.worker_limit > 25 ? 25 : 0;
    RC_ASSERT(workers_after(seen) <=
              std::max(seen.worker_limit * 13 / 10, seen.worker_limit + process));
  }));
}

TEST_F(RecommendProperty, NothingFollowsFromTooLittle) {
  EXPECT_TRUE(rc::check([] {
    Observation seen = anything();
    if (perhaps())
      seen.samples = *rc::gen::inRange(0, 10);
    else
      seen.span_seconds = 7.9 * share();
    const Proposal proposal = recommend(seen);
    RC_ASSERT(proposal.changes.empty());
    RC_ASSERT(proposal.grade == "-");
    RC_ASSERT(proposal.confidence == Confidence::None);
    RC_ASSERT(!proposal.memory.has_value());
  }));
}

// A load that was seen whole, and the proposal in force: the answer is a fixed point.
TEST_F(RecommendProperty, WhatWasTakenIsNotProposedAgain) {
  EXPECT_TRUE(rc::check([] {
    Observation seen = anything();
    seen.load.pinned_share = 0;
    seen.load.deaf_share = 0;
    // What the processors are busy with changes with the memory,
    if (advise::Facts(seen, Policy{}).memory_fails()) seen.load.cpu_seconds_per_request = 0;
    // what waits for idle clients changes with KeepAliveTimeout, and is another observation.
    seen.load.keepalive = flat(0);
    const Proposal first = recommend(seen);
    const Proposal second = recommend(with(seen, first));
    say(first);
    say(second);
    RC_ASSERT(second.changes.empty());
  }));
}

// MaxConnectionsPerChild 0 is a child that lives for ever.
bool goes_up(const Change& change) {
  if (change.directive == "MaxConnectionsPerChild" && change.from == 0) return false;
  return change.to > change.from;
}

// Spares that are all of a pool become fewer with it, and so do processes. Connections that are
// kept no more bring a request each, and a child lives for more of them.
bool follows(const Change& made, const Proposal& of, const Observation& seen) {
  const Change* wait = change(of, "KeepAliveTimeout");
  if (made.directive == "MaxConnectionsPerChild") return goes_up(made) && wait && wait->to == 0;
  const bool idle = made.directive.find("Spare") != std::string::npos;
  return (idle || made.directive == "StartServers") && made.to < made.from &&
         workers_after(seen) < seen.worker_limit;
}

// Whatever else is seen, no round takes back what the round before it did.
TEST_F(RecommendProperty, NoDirectiveGoesBackAndForth) {
  EXPECT_TRUE(rc::check([] {
    Observation seen = anything();
    seen.full_pools.clear();
    seen.crowd.reset();
    seen.served.reset();
    const Proposal first = recommend(seen);
    Observation next = with(seen, first);
    // The next look knows of these workers, and that what was done was right: those that came bring
    // as much as the others, those that went brought nothing.
    const auto grown = static_cast<double>(next.worker_limit - seen.worker_limit);
    // Of those before some waited for idle clients, and served nothing.
    const double before =
        std::max(1.0, static_cast<double>(seen.worker_limit) - seen.load.keepalive.mean);
    // A hair more: what takes as long as before must not seem longer by rounding.
    next.load.pinned_per_second *= (1 + std::max(0.0, grown) / before) * (1 + 1e-12);
    if (grown != 0)
      next.full_pools = {{Instant{}, seen.worker_limit, 100, seen.load.pinned_per_second}};
    const Proposal second = recommend(next);
    say(first);
    say(second);
    for (const Change& taken : first.changes) {
      const Change* after = change(second, taken.directive);
      if (after == nullptr || follows(*after, second, next)) continue;
      RC_LOG() << taken.directive << ": " << taken.from << ", " << taken.to << ", " << after->to;
      RC_ASSERT(goes_up(taken) == goes_up(*after));
    }
  }));
}

TEST_F(RecommendProperty, EveryNumberIsReckonedAndReasoned) {
  EXPECT_TRUE(rc::check([] {
    const Proposal proposal = recommend(anything());
    for (const Finding& entry : proposal.findings) {
      RC_ASSERT(!entry.formula.empty());
      RC_ASSERT(entry.claim.back() == '.');
    }
    for (const Change& entry : proposal.changes) {
      RC_ASSERT(!entry.formula.empty());
      RC_ASSERT(entry.because.back() == '.');
      RC_ASSERT(entry.to != entry.from);
    }
  }));
}

}  // namespace
}  // namespace mpm
