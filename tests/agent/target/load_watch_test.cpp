// SPDX-License-Identifier: Apache-2.0
//
// The look after a load, over a server that is told what to look like and a clock of the test's.
#include "agent/target/load_watch.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/target/port_probe.h"
#include "tests/support/raw_server.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

// Time passes in its sleeps alone.
class JumpingClock final : public Clock {
 public:
  Instant now() const override { return Instant(passed()); }
  std::chrono::steady_clock::time_point mono() const override { return mono_; }
  bool sleep_until(std::chrono::steady_clock::time_point when, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    mono_ = std::max(mono_, when);
    return true;
  }
  std::chrono::milliseconds passed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(mono_.time_since_epoch());
  }

 private:
  std::chrono::steady_clock::time_point mono_{};
};

ServerEvidence server(std::int32_t generation) {
  ServerEvidence evidence;
  evidence.pid = 100;
  evidence.alive = true;
  BoardFacts board;
  board.generation = generation;
  board.processes = 1;
  board.workers = 25;
  board.idle = 25;
  evidence.board = board;
  evidence.answers = true;
  return evidence;
}
ServerEvidence gone() {
  ServerEvidence evidence;
  evidence.pid = 100;
  return evidence;
}

class WatchingALoad : public testing::Test, public ServerEyes {
 protected:
  WatchingALoad() { watch_.before = server(1); }
  ServerEvidence look() override {
    ++looks_;
    return story_(clock_.passed());
  }
  LoadSight seen(std::function<ServerEvidence(std::chrono::milliseconds)> story) {
    story_ = std::move(story);
    return watch_load(watch_, *this, clock_);
  }

  JumpingClock clock_;
  LoadWatch watch_;
  std::function<ServerEvidence(std::chrono::milliseconds)> story_;
  int looks_ = 0;
};

TEST_F(WatchingALoad, EndsAsSoonAsTheLoadIsSeen) {
  const LoadSight sight = seen([](auto passed) { return server(passed < 700ms ? 1 : 2); });
  EXPECT_EQ(sight.end, LoadEnd::TookEffect);
  EXPECT_EQ(clock_.passed(), 800ms);
  EXPECT_EQ(looks_, 5);
}

TEST_F(WatchingALoad, WaitsForWorkersAndAnswers) {
  const LoadSight sight = seen([](auto passed) {
    ServerEvidence evidence = server(2);
    if (passed < 1s) evidence.board->workers = 0;
    evidence.answers = passed >= 2s;
    return evidence;
  });
  EXPECT_EQ(sight.end, LoadEnd::TookEffect);
  EXPECT_EQ(clock_.passed(), 2s);
}

TEST_F(WatchingALoad, ThatTimesOutIsNeitherFailedNorDone) {
  const LoadSight sight = seen([](auto) { return server(1); });
  EXPECT_EQ(sight.end, LoadEnd::TimedOut);
  EXPECT_EQ(clock_.passed(), watch_.deadline);
  EXPECT_THAT(sight.sentence, HasSubstr("After 30 s it is not seen"));
}

TEST_F(WatchingALoad, OfADeafServerTimesOutAndSaysSo) {
  const LoadSight sight = seen([](auto) {
    ServerEvidence evidence = server(2);
    evidence.answers = false;
    return evidence;
  });
  EXPECT_EQ(sight.end, LoadEnd::TimedOut);
  EXPECT_THAT(sight.sentence, HasSubstr("Not every port of it answers"));
}

// A deaf server has idle workers; this one answers as soon as it can.
TEST_F(WatchingALoad, OfAFullServerCountsThoughItDoesNotAnswer) {
  const LoadSight sight = seen([](auto) {
    ServerEvidence full = server(2);
    full.board->idle = 0;
    full.answers = false;
    return full;
  });
  EXPECT_EQ(sight.end, LoadEnd::TookEffect);
  EXPECT_EQ(clock_.passed(), watch_.full);
  EXPECT_THAT(sight.sentence, HasSubstr("Every worker is busy"));
}

TEST_F(WatchingALoad, OfAServerThatIsGoneWaitsForWhoeverStartsItAgain) {
  const LoadSight ended = seen([](auto) { return gone(); });
  EXPECT_EQ(ended.end, LoadEnd::Gone);
  EXPECT_EQ(clock_.passed(), watch_.absence);
}

TEST_F(WatchingALoad, FollowsAParentThatIsReplaced) {
  const LoadSight sight = seen([](auto passed) {
    if (passed < 1s) return gone();
    ServerEvidence evidence = server(0);
    evidence.pid = 200;
    return evidence;
  });
  EXPECT_EQ(sight.end, LoadEnd::TookEffect);
  EXPECT_TRUE(sight.effect.replaced);
  EXPECT_EQ(sight.after.pid, 200);
}

TEST_F(WatchingALoad, EndsAtAValueThatIsNotInForce) {
  watch_.changes = {{"ServerLimit", std::int64_t{16}, std::int64_t{32}}};
  const LoadSight sight = seen([](auto) { return server(2); });
  EXPECT_EQ(sight.end, LoadEnd::NotInForce);
  EXPECT_THAT(sight.sentence, HasSubstr("ServerLimit 32"));
}

TEST_F(WatchingALoad, IsGivenUpWhenItIsToldTo) {
  std::stop_source stop;
  stop.request_stop();
  watch_.stop = stop.get_token();
  EXPECT_EQ(seen([](auto) { return server(1); }).end, LoadEnd::Stopped);
}

TEST_F(WatchingALoad, ReadsTheLogSinceTheLoad) {
  const TempDir dir;
  dir.write("log", "[x] [core:error] [pid 1] AH00001: before\n");
  auto mark = mark_log(dir / "log");
  ASSERT_TRUE(mark);
  dir.write("log",
            "[x] [core:error] [pid 1] AH00001: before\n"
            "[y] [core:crit] [pid 1] AH00002: since\n");
  watch_.log = &*mark;
  const LoadSight sight = seen([](auto) { return gone(); });
  ASSERT_THAT(sight.log, SizeIs(1));
  EXPECT_THAT(sight.sentence, HasSubstr("AH00002: since"));
}

TEST(PortProbe, TakesAnyByteForAnAnswer) {
  const test::RawServer server(test::answers(400, "plain HTTP"));
  EXPECT_TRUE(port_answers({"127.0.0.1", server.port()}, 5s));
  EXPECT_TRUE(port_answers({"0.0.0.0", server.port()}, 5s));
}

TEST(PortProbe, TellsADeafPortFromOneThatAnswers) {
  const test::RawServer server(test::silence());
  EXPECT_FALSE(port_answers({"127.0.0.1", server.port()}, 200ms));
  EXPECT_FALSE(port_answers({"127.0.0.1", test::closed_port()}, 5s));
  EXPECT_FALSE(port_answers({"no address", 80}, 5s));
}

}  // namespace
}  // namespace mpm
