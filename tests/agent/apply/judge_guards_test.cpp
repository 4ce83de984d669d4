// SPDX-License-Identifier: Apache-2.0
//
// What the judge decides without statistics: memory, silence, too little to say, and not to watch.
#include <string>

#include <gtest/gtest.h>

#include "agent/apply/judge.h"
#include "tests/agent/apply/watched.h"

namespace mpm::apply {
namespace {

TEST(Judge, UndoesAtOnceWhenTheMemoryRunsOut) {
  Stream stream({}, 8);
  const auto before = stream.next(kBefore);
  stream.reload();
  Judge judge(before, before.back().at);
  judge.see(stream.next());
  EXPECT_EQ(judge.report().verdict, WatchVerdict::Undecided);
  stream.settings.memory_free = 0.04;
  judge.see(stream.next());
  EXPECT_EQ(judge.report().verdict, WatchVerdict::Undecided) << "one reading is no state";
  const auto& report = judge.see(stream.next());
  EXPECT_EQ(report.verdict, WatchVerdict::Undo);
  EXPECT_EQ(report.evidence.front().measure, "memory");
  EXPECT_NE(report.sentence.find("The host has 4.0 % of its memory left"), std::string::npos)
      << report.sentence;
}

TEST(Judge, DoesNotBlameTheChangeForAHostThatWasShortOfMemory) {
  StreamSettings server;
  server.memory_free = 0.04;
  EXPECT_EQ(watched(server, nothing, 9).verdict, WatchVerdict::Keep);
  EXPECT_EQ(watched(
                server, [](StreamSettings& s) { s.memory_free = 0.01; }, 9)
                .verdict,
            WatchVerdict::Undo);
}

TEST(Judge, UndoesAtOnceWhenTheControlGroupIsFull) {
  Stream stream({}, 10);
  const auto before = stream.next(kBefore);
  Judge judge(before, before.back().at);
  for (int second = 0; second < 2; ++second) {
    Sample sample = stream.next();
    // Page cache that the kernel drops first is none of the memory that is used.
    sample.host.limits = {{"/a", "memory.max", Bytes{1000}, Bytes{990}, Bytes{500}, Bytes{490}},
                          {"", "memory.high", Bytes{1000}, Bytes{990}, Bytes{10}, Bytes{980}}};
    judge.see(sample);
  }
  EXPECT_EQ(judge.report().verdict, WatchVerdict::Undo);
  EXPECT_NE(judge.report().sentence.find("control group has 2.0 %"), std::string::npos)
      << judge.report().sentence;
}

TEST(Judge, UndoesAServerThatAnswersNobody) {
  Stream stream({}, 11);
  const auto before = stream.next(kBefore);
  Judge judge(before, before.back().at);
  for (int second = 0; second < 60; ++second) {
    Sample sample = stream.next();
    sample.accesses = before.back().accesses;
    sample.listeners = {listener(40, 40)};
    judge.see(sample);
  }
  EXPECT_EQ(judge.report().verdict, WatchVerdict::Undo);
  EXPECT_EQ(judge.report().evidence.front().measure, "silence") << judge.report().sentence;
  EXPECT_LT(judge.report().seconds, 30);
}

TEST(Judge, OfTooLittleTrafficSaysSo) {
  StreamSettings server;
  server.rate = 0.2;
  const auto report = watched(server, nothing, 12);
  EXPECT_EQ(report.verdict, WatchVerdict::Keep);
  EXPECT_GE(report.seconds, 300);
  EXPECT_NE(report.sentence.find("Too little was seen before the change"), std::string::npos)
      << report.sentence;

  const auto later = watched(
      {}, [](StreamSettings& s) { s.rate = 0.2; }, 12);
  EXPECT_EQ(later.verdict, WatchVerdict::Keep);
  EXPECT_NE(later.sentence.find("too few requests to compare"), std::string::npos)
      << later.sentence;
}

TEST(Judge, DoesNotTakeTheReloadForTheChange) {
  Stream stream({}, 13);
  const auto before = stream.next(kBefore);
  stream.reload();
  Judge judge(before, before.back().at);
  for (int second = 0; second < 5; ++second)
    EXPECT_FALSE(judge.see(stream.next()).settled) << second;
  EXPECT_NE(judge.report().sentence.find("still settling"), std::string::npos);
  for (int second = 0; second < 16; ++second)
    judge.see(stream.next());
  EXPECT_TRUE(judge.report().settled);
}

TEST(Judge, KeepsAtOnceWhatNobodyWantsWatched) {
  JudgePolicy policy;
  policy.most_seconds = 0;
  const Judge judge({}, kNoon, policy);
  EXPECT_EQ(judge.report().verdict, WatchVerdict::Keep);
  EXPECT_EQ(judge.report().sentence, "The change was not watched, as was asked for.");
}

TEST(Judge, ChangesItsMindAboutNothing) {
  Stream stream({}, 14);
  const auto before = stream.next(kBefore);
  stream.settings.memory_free = 0.01;
  Judge judge(before, before.back().at);
  judge.see(stream.next());
  judge.see(stream.next());
  ASSERT_EQ(judge.report().verdict, WatchVerdict::Undo);
  const double when = judge.report().seconds;
  stream.settings.memory_free = 0.5;
  for (int second = 0; second < 400; ++second)
    judge.see(stream.next());
  EXPECT_EQ(judge.report().verdict, WatchVerdict::Undo);
  EXPECT_EQ(judge.report().seconds, when);
}

}  // namespace
}  // namespace mpm::apply
