// SPDX-License-Identifier: Apache-2.0
//
// The judge against servers that are simulated second by second (tests/support/stream.h): how
// often it is wrong, how long it takes, and what it says.
#include "agent/apply/judge.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/agent/apply/watched.h"

namespace mpm::apply {
namespace {

struct Server {
  std::string name;
  StreamSettings settings;
};

std::vector<Server> servers() {
  return {
      {"usual", {}},
      {"quiet", with([](StreamSettings& s) {
         s.service_noise = s.rate_noise = 0.02;
         s.rate = 1000;
       })},
      {"noise of a quarter", with([](StreamSettings& s) {
         s.service_noise = 0.25;
         s.correlation = 0.3;
       })},
      {"bursts", with([](StreamSettings& s) { s.bursts_per_minute = 2; })},
      {"rare bursts", with([](StreamSettings& s) { s.bursts_per_minute = 0.3; })},
      {"drift", with([](StreamSettings& s) {
         s.drift_per_hour = 1;
         s.slow_with_load = 1;
       })},
      {"slows with its load", with([](StreamSettings& s) {
         s.slow_with_load = 0.7;
         s.rate_noise = 0.4;
       })},
      {"fast", with([](StreamSettings& s) {
         s.rate = 500;
         s.service_seconds = 0.002;
       })},
      {"slow", with([](StreamSettings& s) {
         s.rate = 10;
         s.service_seconds = 0.9;
       })},
      {"clients that wait", with([](StreamSettings& s) { s.clients = 100; })},
      {"always full", with([](StreamSettings& s) {
         s.limit = 5;
         s.rate_noise = 0.2;
       })},
  };
}

TEST(Judge, OfAThousandChangesThatChangeNothingUndoesNone) {
  int undone = 0;
  int runs = 0;
  for (const Server& server : servers())
    for (std::uint32_t seed = 0; seed < 100; ++seed, ++runs) {
      const auto report = watched(server.settings, nothing, 7000 + seed);
      if (report.verdict == WatchVerdict::Undo) ++undone;
      EXPECT_NE(report.verdict, WatchVerdict::Undecided) << server.name << " " << seed;
      EXPECT_LE(report.seconds, 301);
    }
  EXPECT_GE(runs, 1000);
  EXPECT_EQ(undone, 0);
}

TEST(Judge, UndoesInAMinuteWhatDoublesTheTimeOfRequests) {
  for (const Server& server : servers()) {
    int in_time = 0;
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
      const auto report = watched(server.settings, twice_as_slow, 500 + seed);
      if (report.verdict == WatchVerdict::Undo && report.seconds <= 60) ++in_time;
    }
    EXPECT_GE(in_time, 19) << server.name;
  }
}

TEST(Judge, WithNoiseThatLastsTakesLongerAndIsSeldomWrong) {
  const StreamSettings server = with([](StreamSettings& s) {
    s.service_noise = 0.2;
    s.correlation = 0.97;
  });
  int undone_of_nothing = 0;
  int undone = 0;
  for (std::uint32_t seed = 0; seed < 150; ++seed) {
    if (watched(server, nothing, seed).verdict == WatchVerdict::Undo) ++undone_of_nothing;
    if (watched(server, twice_as_slow, seed).verdict == WatchVerdict::Undo) ++undone;
  }
  EXPECT_LE(undone_of_nothing, 2) << "it cannot be told from a change";
  EXPECT_GE(undone, 100);
}

TEST(Judge, SaysWhatItUndoesFor) {
  const auto report = watched({}, twice_as_slow, 1);
  ASSERT_EQ(report.verdict, WatchVerdict::Undo);
  ASSERT_FALSE(report.evidence.empty());
  const VerdictEvidence& cause = report.evidence.front();
  EXPECT_TRUE(cause.condemns);
  EXPECT_GT(cause.after, 1.5 * cause.before);
  EXPECT_EQ(cause.unit, "seconds");
  EXPECT_NE(report.sentence.find("times as long as before at like load"), std::string::npos)
      << report.sentence;
}

TEST(Judge, UndoesALimitFarTooLowInAMinute) {
  const Edit far_too_low = [](StreamSettings& server) { server.limit = 2; };
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    for (const double clients : {0.0, 60.0}) {
      const auto report =
          watched(with([&](StreamSettings& s) { s.clients = clients; }), far_too_low, seed);
      EXPECT_EQ(report.verdict, WatchVerdict::Undo) << seed;
      EXPECT_LE(report.seconds, 40) << seed;
      EXPECT_EQ(report.evidence.front().measure, "saturation") << report.sentence;
    }
  }
}

// After the change `left` workers are left for requests; idle clients hold the others of `limit`.
WatchReport held_by_idle_clients(const StreamSettings& server, std::int64_t left,
                                 std::uint32_t seed) {
  Stream stream(server, seed);
  const auto before = stream.next(kBefore);
  stream.settings.limit = left;
  Judge judge(before, before.back().at);
  for (int second = 0; second < 300; ++second) {
    Sample sample = stream.next();
    sample.worker_limit = server.limit;
    sample.tally.busy = server.limit - sample.tally.idle;
    sample.tally.keepalive = sample.tally.busy - sample.tally.writing;
    judge.see(sample);
  }
  return judge.report();
}

TEST(Judge, UndoesWhatFillsTheServerWithIdleClients) {
  const StreamSettings server = with([](StreamSettings& s) {
    s.limit = 30;
    s.service_seconds = 0.1;
  });
  int in_time = 0;
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const auto report = held_by_idle_clients(server, 8, seed);
    if (report.verdict == WatchVerdict::Undo && report.seconds <= 60) ++in_time;
  }
  EXPECT_GE(in_time, 19);
}

TEST(Judge, UndoesAtTheEndWhatKeepsTheServerFull) {
  const StreamSettings server = with([](StreamSettings& s) {
    s.service_noise = 0.4;
    s.correlation = 0.9;
  });
  Stream stream(server, 1);
  const auto before = stream.next(kBefore);
  Judge judge(before, before.back().at);
  for (int second = 0; second < 310; ++second) {
    Sample sample = stream.next();
    sample.tally.keepalive = sample.tally.idle;
    sample.tally.busy += sample.tally.idle;
    sample.tally.idle = 0;
    sample.listeners = {listener(1, 100)};  // too little to prove a longer wait by
    judge.see(sample);
  }
  const WatchReport& report = judge.report();
  EXPECT_EQ(report.verdict, WatchVerdict::Undo);
  EXPECT_GE(report.seconds, 300) << report.sentence;
  EXPECT_NE(report.sentence.find("the load was no higher"), std::string::npos) << report.sentence;
}

TEST(Judge, DoesNotUndoMoreWorkersThanTheProcessorsCanUse) {
  const StreamSettings server = with([](StreamSettings& s) {
    s.limit = 5;
    s.clients = 40;
    s.think_seconds = 0.1;
  });
  const Edit more = [](StreamSettings& s) {
    s.limit *= 2;
    s.service_seconds *= 2;  // they share the processors
  };
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const auto report = watched(server, more, seed);
    EXPECT_EQ(report.verdict, WatchVerdict::Keep) << report.sentence;
  }
}

TEST(Judge, DoesNotBlameTheChangeForALoadThatDoubled) {
  const Edit doubled = [](StreamSettings& server) {
    server.rate *= 2;
    server.clients *= 2;
  };
  for (const std::int64_t limit : {256, 14, 11, 8})
    for (const double clients : {0.0, 100.0})
      for (std::uint32_t seed = 0; seed < 20; ++seed) {
        const auto report = watched(with([&](StreamSettings& s) {
                                      s.limit = limit;
                                      s.clients = clients;
                                    }),
                                    doubled, seed);
        EXPECT_EQ(report.verdict, WatchVerdict::Keep)
            << limit << " " << clients << " " << seed << " " << report.sentence;
      }
}

TEST(Judge, DoesNotBlameTheChangeForWhatALoadNeverSeenDoes) {
  const StreamSettings server = with([](StreamSettings& s) { s.slow_with_load = 1; });
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    // Twice the load: each request takes twice as long for want of processors.
    const auto report = watched(
        server,
        [](StreamSettings& s) {
          s.rate *= 2;
          s.service_seconds *= 2;
        },
        seed);
    EXPECT_EQ(report.verdict, WatchVerdict::Keep) << seed << " " << report.sentence;
  }
}

TEST(Judge, HoldsALoadAgainstThatLoad) {
  // By day 160 requests a second that take 80 ms, by night 40 that take 20; the change is made
  // at night, and the day breaks.
  const auto by_day = [](StreamSettings& s, bool day) {
    s.rate = day ? 160 : 40;
    s.service_seconds = day ? 0.08 : 0.02;
  };
  for (std::uint32_t seed = 0; seed < 20; ++seed)
    for (const double slower : {1.0, 2.0}) {
      Stream stream({}, seed);
      std::vector<Sample> before;
      for (const bool day : {true, false, false}) {
        by_day(stream.settings, day);
        for (Sample& sample : stream.next(100))
          before.push_back(std::move(sample));
      }
      by_day(stream.settings, true);
      stream.settings.service_seconds *= slower;
      Judge judge(before, before.back().at);
      for (int second = 0; second < 300; ++second)
        judge.see(stream.next());
      EXPECT_EQ(judge.report().verdict, slower > 1 ? WatchVerdict::Undo : WatchVerdict::Keep)
          << seed << " " << judge.report().sentence;
    }
}

TEST(Judge, DoesNotUndoForOneBadMoment) {
  for (const int before_seconds : {36, kBefore})
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
      Stream stream({}, seed);
      const auto before = stream.next(before_seconds);
      Judge judge(before, before.back().at);
      for (int second = 0; second < 300; ++second) {
        stream.settings.service_seconds = second >= 6 && second < 14 ? 1 : 0.05;
        judge.see(stream.next());
      }
      EXPECT_EQ(judge.report().verdict, WatchVerdict::Keep) << judge.report().sentence;
    }
}

TEST(Judge, ComparesWithHalfAMinuteWhenThereIsNoMore) {
  const StreamSettings server = with([](StreamSettings& s) { s.rate = 400; });
  int undone_of_nothing = 0;
  int in_time = 0;
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    if (watched(server, nothing, seed, 36).verdict == WatchVerdict::Undo) ++undone_of_nothing;
    const auto report = watched(server, twice_as_slow, seed, 36);
    if (report.verdict == WatchVerdict::Undo && report.seconds <= 60) ++in_time;
  }
  EXPECT_EQ(undone_of_nothing, 0);
  EXPECT_GE(in_time, 95);
}

TEST(Judge, SaysThatTheLoadWasHigher) {
  const auto report = watched(
      {}, [](StreamSettings& server) { server.rate *= 2; }, 3);
  EXPECT_GE(report.seconds, 300);
  EXPECT_GT(report.passed_over, report.compared);
  EXPECT_NE(report.sentence.find("the load was higher than any before"), std::string::npos)
      << report.sentence;
}

TEST(Judge, DoesNotKeepEarlyWhenTheLoadHalved) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const auto report = watched(
        with([](StreamSettings& s) {
          s.service_noise = s.rate_noise = 0.02;
          s.rate = 1000;
        }),
        [](StreamSettings& server) { server.rate /= 2; }, seed);
    EXPECT_EQ(report.verdict, WatchVerdict::Keep);
    EXPECT_GE(report.seconds, 300);
    EXPECT_NE(report.sentence.find("at full load the change is not proven"), std::string::npos)
        << report.sentence;
  }
}

TEST(Judge, KeepsEarlyWhatIsCertainlyHarmless) {
  const auto report = watched(servers()[1].settings, nothing, 5);
  EXPECT_EQ(report.verdict, WatchVerdict::Keep);
  EXPECT_GE(report.seconds, 60);
  EXPECT_LT(report.seconds, 120);
}

TEST(Judge, KeepsWhatMakesItFaster) {
  const auto report = watched(
      {}, [](StreamSettings& server) { server.service_seconds /= 2; }, 6);
  EXPECT_EQ(report.verdict, WatchVerdict::Keep);
  EXPECT_LT(report.seconds, 120);
  EXPECT_LT(measure(report, "response")->after, 0.7 * measure(report, "response")->before);
}

// As a scoreboard is without ExtendedStatus: who is busy, and not what was done.
Sample uncounted(Sample sample) {
  sample.accesses = 0;
  sample.work = {};
  return sample;
}

TEST(Judge, NamesExtendedStatusWhereItKeepsItFromComparing) {
  Stream stream({}, 7);
  std::vector<Sample> before;
  for (int second = 0; second < kBefore; ++second)
    before.push_back(uncounted(stream.next()));
  stream.reload();
  Judge judge(before, before.back().at);
  for (int second = 0; second < 400; ++second)
    judge.see(uncounted(stream.next()));
  EXPECT_EQ(judge.report().verdict, WatchVerdict::Keep);
  EXPECT_NE(judge.report().sentence.find("ExtendedStatus"), std::string::npos)
      << judge.report().sentence;
  EXPECT_EQ(watched({}, nothing, 7).sentence.find("ExtendedStatus"), std::string::npos);
}

// A queue, and no request that is counted: a full server that nobody counts, or one that hangs.
TEST(Judge, TakesAServerThatCountsNothingForNoSilentOne) {
  Stream stream({}, 7);
  std::vector<Sample> before;
  for (int second = 0; second < kBefore; ++second)
    before.push_back(uncounted(stream.next()));
  stream.reload();
  Judge judge(before, before.back().at);
  for (int second = 0; second < 120; ++second) {
    Sample sample = uncounted(stream.next());
    sample.listeners = {listener(512, 20)};
    judge.see(sample);
  }
  EXPECT_NE(judge.report().verdict, WatchVerdict::Undo) << judge.report().sentence;
}

}  // namespace
}  // namespace mpm::apply
