// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/fallback.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace mpm {
namespace {

// A source that works as long as the test says so.
struct Switch {
  bool works = true;
  std::string why = "off";
  Error::Kind failure = Error::Kind::Denied;
  int reads = 0;
};

class SwitchedSource final : public ScoreboardSource {
 public:
  SwitchedSource(SourceKind kind, Switch& state) : kind_(kind), state_(&state) {}
  SourceKind kind() const override { return kind_; }
  Result<Scoreboard> read() override {
    ++state_->reads;
    if (!state_->works) return fail(state_->failure, state_->why);
    Scoreboard board;
    board.source = kind_;
    return board;
  }

 private:
  SourceKind kind_;
  Switch* state_;
};

struct Three {
  Switch memory, file, page;
  FallbackSource source{all(), {.retry_after_reads = 3}};

  std::vector<std::unique_ptr<ScoreboardSource>> all() {
    std::vector<std::unique_ptr<ScoreboardSource>> sources;
    sources.push_back(std::make_unique<SwitchedSource>(SourceKind::SharedMemory, memory));
    sources.push_back(std::make_unique<SwitchedSource>(SourceKind::ScoreboardFile, file));
    sources.push_back(std::make_unique<SwitchedSource>(SourceKind::ModStatus, page));
    return sources;
  }
};

TEST(Fallback, TakesTheFirstThatWorks) {
  Three all;
  EXPECT_EQ(all.source.read()->source, SourceKind::SharedMemory);
  EXPECT_EQ(all.file.reads + all.page.reads, 0);
  const auto statuses = all.source.statuses();
  ASSERT_EQ(statuses.size(), 3U);
  EXPECT_TRUE(statuses[0].in_use);
  EXPECT_EQ(statuses[0].why, "");
  EXPECT_FALSE(statuses[1].in_use);
  EXPECT_EQ(statuses[2].why, "not needed: a better source works");
}

TEST(Fallback, SaysWhyABetterOneIsNotUsed) {
  Three all;
  all.memory = {.works = false, .why = "needs CAP_SYS_PTRACE"};
  all.file = {.works = false, .why = "no such file"};
  EXPECT_EQ(all.source.read()->source, SourceKind::ModStatus);
  EXPECT_EQ(all.source.kind(), SourceKind::ModStatus);
  const auto statuses = all.source.statuses();
  EXPECT_EQ(statuses[0].why, "needs CAP_SYS_PTRACE");
  EXPECT_EQ(statuses[1].why, "no such file");
  EXPECT_TRUE(statuses[2].in_use);
}

TEST(Fallback, StaysWithWhatWorksAndTriesTheBetterOnesNowAndThen) {
  Three all;
  all.memory.works = all.file.works = false;
  EXPECT_EQ(all.source.read()->source, SourceKind::ModStatus);
  all.memory.works = true;
  EXPECT_EQ(all.source.read()->source, SourceKind::ModStatus);
  EXPECT_EQ(all.source.read()->source, SourceKind::ModStatus);
  EXPECT_EQ(all.memory.reads, 1);
  EXPECT_EQ(all.source.read()->source, SourceKind::SharedMemory);
  EXPECT_TRUE(all.source.statuses()[0].in_use);
}

TEST(Fallback, GoesToTheNextWhenTheOneInUseFails) {
  Three all;
  EXPECT_TRUE(all.source.read());
  all.memory.works = false;
  EXPECT_EQ(all.source.read()->source, SourceKind::ScoreboardFile);
  all.file.works = false;
  EXPECT_EQ(all.source.read()->source, SourceKind::ModStatus);
}

TEST(Fallback, GoesToABetterOneAtOnceWhenTheOneInUseFails) {
  Three all;
  all.memory.works = all.file.works = false;
  EXPECT_TRUE(all.source.read());
  all.memory.works = true;
  all.page.works = false;
  EXPECT_EQ(all.source.read()->source, SourceKind::SharedMemory);
}

TEST(Fallback, TriesEachOnlyOnceInARead) {
  Three all;
  EXPECT_TRUE(all.source.read());
  all.memory.works = all.file.works = all.page.works = false;
  EXPECT_FALSE(all.source.read());
  EXPECT_EQ(all.memory.reads, 2);
  EXPECT_EQ(all.file.reads, 1);
  EXPECT_EQ(all.page.reads, 1);
}

TEST(Fallback, SaysWhatEachSaidWhenAllFail) {
  Three all;
  all.memory = {.works = false, .why = "gone", .failure = Error::Kind::NotFound};
  all.file = {.works = false, .why = "none"};
  all.page = {.works = false, .why = "refused", .failure = Error::Kind::Unreachable};
  const auto board = all.source.read();
  ASSERT_FALSE(board);
  EXPECT_EQ(board.error().kind, Error::Kind::NotFound);
  EXPECT_EQ(board.error().what, "gone; none; refused");
  for (const SourceStatus& status : all.source.statuses())
    EXPECT_FALSE(status.in_use);
  all.page.works = true;
  EXPECT_TRUE(all.source.read());
}

TEST(Fallback, OfNoSourceIsNotFound) {
  FallbackSource none({});
  EXPECT_EQ(none.read().error().kind, Error::Kind::NotFound);
  EXPECT_TRUE(none.statuses().empty());
}

}  // namespace
}  // namespace mpm
