// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/top.h"

#include <string>

#include <gmock/gmock.h>

namespace mpm {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kNowUs = 1'795'000'010'000'000;
constexpr Instant kNow{std::chrono::milliseconds(kNowUs / 1000)};

struct Slot {
  char letter = 'W';
  std::string vhost{};
  std::string client{};
  std::uint64_t accesses = 0;
  std::uint64_t bytes = 0;
  double age = 1;
  std::string request = "GET / HTTP/1.1";
};

// One process with these slots.
WorkersLook look(const std::vector<Slot>& slots, Instant at = kNow) {
  WorkersLook look;
  look.at = at;
  look.board.processes.emplace_back().pid = 100;
  for (const Slot& slot : slots) {
    WorkerScore score;
    score.state = *worker_state(slot.letter);
    score.accesses = slot.accesses;
    score.bytes = slot.bytes;
    score.start_us = kNowUs - static_cast<std::int64_t>(slot.age * 1e6);
    RequestText text;
    text.thread = static_cast<std::int32_t>(look.texts.size());
    text.score = score;
    text.vhost = slot.vhost;
    text.client = slot.client;
    text.request = slot.request;
    look.board.processes[0].workers.push_back(score);
    look.texts.push_back(text);
  }
  return look;
}

TEST(Top, CountsTheWorkersOfEachVhostAndClient) {
  const Top top = top_of(nullptr,
                         look({{.vhost = "a:80", .client = "1", .age = 2},
                               {.vhost = "b:80", .client = "1", .age = 4},
                               {.vhost = "b:80", .client = "2", .age = 8},
                               {.letter = '_', .vhost = "c:80", .client = "3"}}),
                         10);
  ASSERT_EQ(top.vhosts.foremost.size(), 2U);
  EXPECT_EQ(top.vhosts.names, 2);
  EXPECT_EQ(top.vhosts.foremost[0].name, "b:80");
  EXPECT_EQ(top.vhosts.foremost[0].busy, 2);
  EXPECT_DOUBLE_EQ(*top.vhosts.foremost[0].mean_age_seconds, 6);
  EXPECT_FALSE(top.vhosts.foremost[0].requests_per_second);
  EXPECT_FALSE(top.span_seconds);
  EXPECT_EQ(top.clients.foremost[0].name, "1");
  EXPECT_EQ(top.clients.foremost[0].busy, 2);
  EXPECT_EQ(top.vhosts.others.busy, 0);
}

TEST(Top, PutsDownWhatASlotServedToWhomItNames) {
  const WorkersLook before = look({{.vhost = "old:80", .accesses = 10, .bytes = 100},
                                   {.vhost = "b:80", .accesses = 5},
                                   {.letter = 'R', .vhost = "c:80", .accesses = 1}},
                                  kNow - milliseconds(2000));
  const WorkersLook now = look({{.letter = '_', .vhost = "a:80", .accesses = 16, .bytes = 1100},
                                {.vhost = "b:80", .accesses = 5},
                                {.letter = 'R', .vhost = "base:80", .accesses = 3, .request = ""}});
  const Top top = top_of(&before, now, 10);
  EXPECT_DOUBLE_EQ(*top.span_seconds, 2);
  std::vector<std::string> names;
  for (const Holder& holder : top.vhosts.foremost)
    names.push_back(holder.name);
  EXPECT_THAT(names, testing::ElementsAre("b:80", "base:80", "a:80", "c:80"))
      << "those with workers first";
  EXPECT_DOUBLE_EQ(*top.vhosts.foremost[0].requests_per_second, 0);
  EXPECT_DOUBLE_EQ(*top.vhosts.foremost[2].requests_per_second, 3);
  EXPECT_DOUBLE_EQ(*top.vhosts.foremost[2].bytes_per_second, 500);
  EXPECT_DOUBLE_EQ(*top.vhosts.foremost[3].requests_per_second, 1)
      << "the one before it read again";
}

TEST(Top, HasNoRatesAcrossARestartNorBelowZero) {
  WorkersLook before = look({{.vhost = "a:80", .accesses = 10}}, kNow - milliseconds(1000));
  const WorkersLook now = look({{.vhost = "a:80", .accesses = 4}});
  EXPECT_DOUBLE_EQ(*top_of(&before, now, 10).vhosts.foremost[0].requests_per_second, 0);
  before.board.restarted = kNow - milliseconds(500);
  EXPECT_FALSE(top_of(&before, now, 10).span_seconds);
  before.board.restarted = now.board.restarted;
  before.at = now.at;
  EXPECT_FALSE(top_of(&before, now, 10).span_seconds);
}

TEST(Top, AddsUpTheRestAndThoseWithoutAName) {
  std::vector<Slot> slots{{.letter = 'R', .request = ""}};
  for (int i = 0; i < 200; ++i)
    slots.push_back({.vhost = "v", .client = std::to_string(1000 + i)});
  const Top top = top_of(nullptr, look(slots), 3);
  EXPECT_EQ(top.clients.names, 200);
  ASSERT_EQ(top.clients.foremost.size(), 3U);
  EXPECT_EQ(top.clients.foremost[0].name, "1000") << "equals by name";
  EXPECT_EQ(top.clients.others.busy, 198);
  EXPECT_EQ(top.clients.others.name, "");
  EXPECT_EQ(top.oldest.size(), 3U);
}

TEST(Top, NamesTheOldestRequestsFirst) {
  const Top top = top_of(nullptr,
                         look({{.client = "young", .age = 1},
                               {.client = "old", .age = 90},
                               {.letter = 'K', .client = "idle", .age = 900},
                               {.client = "middle", .age = 30}}),
                         2);
  ASSERT_EQ(top.oldest.size(), 2U);
  EXPECT_EQ(top.oldest[0].client, "old");
  EXPECT_EQ(top.oldest[1].client, "middle");
}

TEST(Top, S08_AnEndedThreadOfWorkerHoldsNothing) {
  WorkersLook now = look({{.letter = 'G', .vhost = "a:80"}});
  EXPECT_EQ(top_of(nullptr, now, 5).vhosts.names, 1);
  now.board.mpm = Mpm::Worker;
  EXPECT_EQ(top_of(nullptr, now, 5).vhosts.names, 0);
}

class Earlier : public testing::Test {
 protected:
  // The look that one at this time is held against, in milliseconds; -1 when there is none.
  std::int64_t against(std::int64_t at_ms) {
    auto now = std::make_shared<WorkersLook>();
    now->at = Instant(milliseconds(at_ms));
    const auto found = looks_.against(now);
    return found ? found->at.time_since_epoch().count() : -1;
  }
  EarlierLooks looks_;
};

TEST_F(Earlier, IsASecondAgoOrMoreHoweverOftenOneLooks) {
  EXPECT_EQ(against(100'000), -1);
  EXPECT_EQ(against(100'100), -1) << "too short to be a rate";
  EXPECT_EQ(against(100'250), 100'000);
  std::int64_t last = 0;
  for (std::int64_t at = 101'000; at < 110'000; at += 100) {
    last = against(at);
    EXPECT_GE(at - last, 1000) << at;
    EXPECT_LE(at - last, 2000) << at;
  }
}

TEST_F(Earlier, IsTheLookBeforeForWhoLooksOnceASecondOrLess) {
  EXPECT_EQ(against(100'000), -1);
  EXPECT_EQ(against(101'000), 100'000);
  EXPECT_EQ(against(102'000), 101'000);
  EXPECT_EQ(against(107'000), 102'000);
}

TEST_F(Earlier, IsForgottenWhenNobodyLookedForLongOrTheClockWasSetBack) {
  EXPECT_EQ(against(100'000), -1);
  EXPECT_EQ(against(101'000), 100'000);
  EXPECT_EQ(against(120'000), -1);
  EXPECT_EQ(against(60'000), -1);
  EXPECT_EQ(against(61'000), 60'000);
}

}  // namespace
}  // namespace mpm
