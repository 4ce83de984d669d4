// SPDX-License-Identifier: Apache-2.0
//
// The ladder and the brakes of child maintenance, against what httpd 2.4.71 was seen to do: after a
// step of load prefork had 5, 6, 8, 12, 20, 36, 68, 100 .. 256 children a second after the other,
// event and worker 3, 4, 6, 10, 16; one child a second went, and under event without room in the
// scoreboard one in two seconds.
#include "agent/apache/maintenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mpm::apache {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr SlotView kFree{.some_dead = true, .all_gone = true, .dead = true};

Pool prefork_pool() {
  return {.mpm = Mpm::Prefork,
          .server_limit = 256,
          .thread_limit = 1,
          .threads_per_child = 1,
          .max_request_workers = 256,
          .max_children = 256,
          .start_servers = 5,
          .min_spare = 5,
          .max_spare = 10};
}

Pool event_pool(std::int32_t server_limit) {
  return {.mpm = Mpm::Event,
          .server_limit = server_limit,
          .thread_limit = 64,
          .threads_per_child = 25,
          .max_request_workers = 400,
          .max_children = 16,
          .start_servers = 3,
          .min_spare = 75,
          .max_spare = 250};
}

SlotView live(std::int32_t idle, std::int32_t busy) {
  return {.occupied = true, .current = true, .idle = idle, .active = idle + busy};
}

// A server whose every worker is busy, second by second: how many children it has.
std::vector<std::int32_t> climb(const Pool& pool, std::int32_t seconds, Pace pace = {}) {
  std::vector<SlotView> slots(static_cast<std::size_t>(pool.server_limit), kFree);
  std::int32_t children = pool.start_servers;
  std::vector<std::int32_t> seen{children};
  for (std::int32_t second = 0; second < seconds; ++second) {
    for (std::int32_t i = 0; i < children; ++i)
      slots[static_cast<std::size_t>(i)] = live(0, pool.threads_per_child);
    const Upkeep upkeep = maintain(pool, slots, children, {children, children}, pace);
    pace = upkeep.pace;
    children += static_cast<std::int32_t>(upkeep.start.size());
    seen.push_back(children);
  }
  return seen;
}

TEST(Maintenance, PreforkClimbsAsHttpdDoes) {
  EXPECT_THAT(climb(prefork_pool(), 12),
              ElementsAre(5, 6, 8, 12, 20, 36, 68, 100, 132, 164, 196, 228, 256));
}

TEST(Maintenance, EventAndWorkerClimbAsHttpdDoes) {
  EXPECT_THAT(climb(event_pool(16), 5), ElementsAre(3, 4, 6, 10, 16, 16));
  Pool worker = event_pool(16);
  worker.mpm = Mpm::Worker;
  EXPECT_THAT(climb(worker, 5), ElementsAre(3, 4, 6, 10, 16, 16));
}

TEST(Maintenance, AfterAGracefulRestartItDoublesOnlyAfterTenSeconds) {
  EXPECT_THAT(climb(prefork_pool(), 14, {.rate = 1, .hold_off = kHoldOff}),
              ElementsAre(5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 22, 30));
}

TEST(Maintenance, EndsOneChildASecond) {
  const Pool pool = prefork_pool();
  std::vector<SlotView> slots(256, kFree);
  for (std::size_t i = 0; i < 30; ++i)
    slots[i] = live(1, 0);
  const Upkeep upkeep = maintain(pool, slots, 30, {30, 30}, {.rate = 8});
  EXPECT_TRUE(upkeep.end_one);
  EXPECT_THAT(upkeep.start, IsEmpty());
  EXPECT_EQ(upkeep.pace.rate, 1);
}

TEST(Maintenance, EventWithoutRoomWaitsUntilTheLastOneIsGone) {
  const auto ends = [](std::int32_t server_limit, std::int32_t total) {
    std::vector<SlotView> slots(static_cast<std::size_t>(server_limit), kFree);
    for (std::size_t i = 0; i < 16; ++i)
      slots[i] = live(25, 0);
    return maintain(event_pool(server_limit), slots, 16, {total, 15}, {}).end_one;
  };
  EXPECT_FALSE(ends(16, 16));
  EXPECT_TRUE(ends(16, 15));
  EXPECT_TRUE(ends(40, 16));
}

TEST(Maintenance, TheRateFallsBackAsSoonAsThereIsEnough) {
  std::vector<SlotView> slots(16, kFree);
  for (std::size_t i = 0; i < 4; ++i)
    slots[i] = live(25, 0);
  EXPECT_EQ(maintain(event_pool(16), slots, 4, {4, 4}, {.rate = 16}).pace.rate, 1);
}

TEST(Maintenance, EventDoesNotCountWhatDoesNotAccept) {
  std::vector<SlotView> slots(16, kFree);
  for (std::size_t i = 0; i < 4; ++i)
    slots[i] = live(25, 0);
  slots[0].not_accepting = true;
  slots[1].quiescing = true;
  slots[2].current = false;
  const Upkeep upkeep = maintain(event_pool(16), slots, 4, {4, 3}, {});
  EXPECT_EQ(upkeep.idle, 25);
  EXPECT_THAT(upkeep.start, ElementsAre(4));
}

TEST(Maintenance, TellsTheLimitFromAFullScoreboard) {
  std::vector<SlotView> slots(16, live(0, 25));
  EXPECT_EQ(maintain(event_pool(16), slots, 16, {16, 16}, {}).shortage, Shortage::AtLimit);
  slots[0] = live(10, 15);
  EXPECT_EQ(maintain(event_pool(16), slots, 16, {16, 16}, {}).shortage, Shortage::NearLimit);
  for (std::size_t i = 0; i < 8; ++i)
    slots[i] = {.occupied = true, .quiescing = true, .idle = 0, .active = 0};
  EXPECT_EQ(maintain(event_pool(16), slots, 16, {16, 8}, {}).shortage, Shortage::ScoreboardFull);
}

TEST(Maintenance, WorkerTakesASlotWhoseThreadsAreGoneBeforeOneThatStillHasSome) {
  Pool pool = event_pool(16);
  pool.mpm = Mpm::Worker;
  std::vector<SlotView> slots(16, live(0, 25));
  slots[2] = {.occupied = true, .quiescing = true, .some_dead = true, .all_gone = false};
  slots[9] = {.occupied = true, .quiescing = true, .some_dead = true, .all_gone = true};
  EXPECT_THAT(maintain(pool, slots, 16, {16, 14}, {.rate = 2}).start, ElementsAre(9, 2));
}

// worker_run, prefork_run: none of the buckets may be without an idle child.
TEST(Maintenance, SeveralBucketsRaiseTheLeastAndTheSpare) {
  Pool prefork = prefork_pool();
  prefork.start_servers = prefork.min_spare = 1;
  prefork.max_spare = 2;
  prefork = with_buckets(prefork, 4);
  EXPECT_EQ(prefork.start_servers, 4);
  EXPECT_EQ(prefork.min_spare, 4);
  EXPECT_EQ(prefork.max_spare, 8);
  Pool event = event_pool(16);
  event.max_children = 2;
  event = with_buckets(event, 4);
  EXPECT_EQ(event.max_children, 4);
  EXPECT_EQ(event.start_servers, 4);
  EXPECT_EQ(event.min_spare, 25 * 3 + 4);
  EXPECT_EQ(event.max_spare, 250);
  EXPECT_EQ(with_buckets(event_pool(16), 1).min_spare, 75);
}

TEST(Maintenance, EachBucketCountsItsOwnSlots) {
  for (const Mpm mpm : {Mpm::Worker, Mpm::Event}) {
    Pool pool = event_pool(16);
    pool.mpm = mpm;
    std::vector<SlotView> slots(16, kFree);
    for (const std::size_t slot : {0U, 2U, 4U, 6U, 8U, 10U})
      slots[slot] = live(25, 0);
    slots[1] = live(0, 25);
    // The even ones have 150 idle threads of 250 / 2, the odd ones none of 75 / 2.
    const Upkeep even = maintain(pool, slots, 11, {7, 7}, {}, {0, 2});
    EXPECT_TRUE(even.end_one);
    EXPECT_EQ(even.idle, 150);
    const Upkeep odd = maintain(pool, slots, 11, {7, 7}, {.rate = 2}, {1, 2});
    EXPECT_EQ(odd.idle, 0);
    EXPECT_THAT(odd.start, ElementsAre(3, 5));
    EXPECT_EQ(maintain(pool, slots, 11, {7, 7}, {.rate = 16}, {1, 2}).pace.rate, 16);
  }
}

TEST(Maintenance, WinntHasOneChild) {
  Pool pool;
  pool.mpm = Mpm::Winnt;
  pool.server_limit = 1;
  const auto starts = [&](const SlotView& slot) {
    return maintain(pool, std::span(&slot, 1), 1, {}, {}).start;
  };
  EXPECT_THAT(starts(live(64, 0)), IsEmpty());
  EXPECT_THAT(starts(kFree), ElementsAre(0));
  EXPECT_THAT(starts({.occupied = true, .quiescing = true}), ElementsAre(0));
}

}  // namespace
}  // namespace mpm::apache
