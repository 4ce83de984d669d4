// SPDX-License-Identifier: Apache-2.0
//
// Changes under a clock that somebody sets, by hours, forward and back, in each phase: the watch
// takes as long as it was to, and what is kept or taken back is so as with a good clock.
#include <atomic>

#include <gmock/gmock.h>

#include "agent/service/agent.h"
#include "cli/load.h"
#include "tests/agent/apply/swap_tree.h"
#include "tests/live/either_httpd.h"
#include "tests/live/server.h"
#include "tests/support/bytes_of.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;

// Safe from any thread.
class SetClock final : public Clock {
 public:
  void set_by(std::chrono::milliseconds by) { by_ += by.count(); }
  Instant now() const override { return clock_.now() + std::chrono::milliseconds(by_.load()); }
  std::chrono::steady_clock::time_point mono() const override { return clock_.mono(); }
  bool sleep_until(std::chrono::steady_clock::time_point when, std::stop_token stop) override {
    return clock_.sleep_until(when, std::move(stop));
  }

 private:
  SystemClock clock_;
  std::atomic<std::int64_t> by_{0};
};

class ChangeUnderAClockThatIsSet : public testing::Test {
 protected:
  ChangeUnderAClockThatIsSet() : server_(options()) {
    AgentOptions options;
    options.ephemeral = true;
    options.interval = 200ms;
    options.state = state_ / "state";
    auto agent = Agent::start(options, clock_);
    if (agent) agent_ = std::move(*agent);
  }

  static HttpdOptions options() {
    return either_httpd(Mpm::Event,
                        "StartServers 4\nThreadsPerChild 4\nMinSpareThreads 4\n"
                        "MaxSpareThreads 16\nMaxRequestWorkers 16\n");
  }

  ChangeRecord change(std::int64_t id) {
    const auto record = agent_->change(id);
    EXPECT_TRUE(record) << record.error().what;
    return record ? *record : ChangeRecord();
  }
  bool reaches(std::int64_t id, Phase phase) {
    return wait_for([&] { return change(id).steps.back().phase >= phase; }, 120s);
  }
  std::int64_t begin(const char* workers, double watch) {
    ChangeRequest request;
    request.question.target = std::to_string(server_.pid());
    request.question.wishes = {{"MaxRequestWorkers", workers}};
    request.watch_seconds = watch;
    const auto begun = agent_->change_begin(request);
    EXPECT_TRUE(begun) << begun.error().what;
    return begun ? begun->id : 0;
  }

  SetClock clock_;
  const PrivateHttpd server_;
  const TempDir state_;
  std::unique_ptr<Agent> agent_;
};

TEST_F(ChangeUnderAClockThatIsSet, IsWatchedForAsLongAsItWasTo) {
  ASSERT_TRUE(agent_);
  Load load({.port = server_.port(),
             .path = kApache ? "/lab?sleep=20" : "/work?sleep=20ms",
             .per_second = 40,
             .span = 240s});
  const std::int64_t id = begin("12", 20);
  ASSERT_TRUE(reaches(id, Phase::Verified));
  const auto from = std::chrono::steady_clock::now();
  clock_.set_by(5h);
  EXPECT_TRUE(wait_for([&] { return change(id).watch && change(id).watch->seconds > 5; }, 20s));
  clock_.set_by(-9h);
  EXPECT_TRUE(reaches(id, Phase::Kept));
  const auto took = std::chrono::steady_clock::now() - from;
  load.stop();
  const ChangeRecord record = change(id);
  EXPECT_EQ(record.steps.back().phase, Phase::Kept) << record.steps.back().detail;
  EXPECT_GT(took, 15s);
  EXPECT_LT(took, 40s);
  ASSERT_TRUE(record.watch);
  EXPECT_NEAR(record.watch->seconds, 20, 3);
}

TEST_F(ChangeUnderAClockThatIsSet, ThatHarmsIsStillTakenBack) {
  ASSERT_TRUE(agent_);
  const std::string before = bytes_of(server_.extra_conf());
  Load load({.port = server_.port(),
             .path = kApache ? "/lab?sleep=50" : "/work?sleep=50ms",
             .per_second = 120,
             .span = 240s});
  const std::int64_t id = begin("4", 60);
  ASSERT_TRUE(reaches(id, Phase::BackedUp));
  clock_.set_by(-30h);
  EXPECT_TRUE(reaches(id, Phase::Kept));
  load.stop();
  const ChangeRecord record = change(id);
  EXPECT_EQ(record.steps.back().phase, Phase::Undone) << record.steps.back().detail;
  EXPECT_EQ(bytes_of(server_.extra_conf()), before);
}

TEST_F(ChangeUnderAClockThatIsSet, IsStillTheNewestOne) {
  ASSERT_TRUE(agent_);
  const std::int64_t first = begin("12", 0);
  ASSERT_TRUE(reaches(first, Phase::Kept));
  clock_.set_by(-30h);
  const std::int64_t second = begin("8", 0);
  ASSERT_TRUE(reaches(second, Phase::Kept));
  const auto list = agent_->changes(2);
  ASSERT_TRUE(list);
  EXPECT_EQ(list->changes.front().id, second);
  UndoRequest undo;
  undo.watch_seconds = 0;
  const auto back = agent_->change_undo(undo);
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_EQ(back->undoes, second);
  ASSERT_TRUE(reaches(back->id, Phase::Kept));
  EXPECT_NE(bytes_of(server_.extra_conf()).find("MaxRequestWorkers 12"), std::string::npos);
}

}  // namespace
}  // namespace mpm
