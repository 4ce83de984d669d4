// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/fallback.h"

#include <gtest/gtest.h>

namespace mpm {
namespace {

// A source that a test switches on and off.
class Scripted final : public ScoreboardSource {
 public:
  struct Script {
    std::optional<Error> error;
    int reads = 0;
  };
  Scripted(SourceKind kind, Script& script) : kind_(kind), script_(script) {}
  SourceKind kind() const override { return kind_; }
  Result<Scoreboard> read() override {
    ++script_.reads;
    if (script_.error) return fail(*script_.error);
    Scoreboard board;
    board.source = kind_;
    return board;
  }

 private:
  SourceKind kind_;
  Script& script_;
};

class Fallback : public ::testing::Test {
 protected:
  Fallback() {
    std::vector<std::unique_ptr<ScoreboardSource>> sources;
    sources.push_back(std::make_unique<Scripted>(SourceKind::SharedMemory, memory_));
    sources.push_back(std::make_unique<Scripted>(SourceKind::ScoreboardFile, file_));
    sources.push_back(std::make_unique<Scripted>(SourceKind::ModStatus, page_));
    source_ = std::make_unique<FallbackSource>(std::move(sources));
  }
  Scripted::Script memory_, file_, page_;
  std::unique_ptr<FallbackSource> source_;
};

TEST_F(Fallback, TakesTheBestThatWorks) {
  EXPECT_TRUE(source_->statuses().empty());
  EXPECT_EQ(source_->read()->source, SourceKind::SharedMemory);
  EXPECT_EQ(page_.reads, 0);
  ASSERT_EQ(source_->statuses().size(), 1U);
  EXPECT_TRUE(source_->statuses()[0].in_use);
}

TEST_F(Fallback, SaysWhyTheBetterOnesAreNotUsed) {
  memory_.error = Error{Error::Kind::Denied, "no permission"};
  file_.error = Error{Error::Kind::Malformed, "no file"};
  EXPECT_EQ(source_->read()->source, SourceKind::ModStatus);
  const auto statuses = source_->statuses();
  ASSERT_EQ(statuses.size(), 3U);
  EXPECT_EQ(statuses[0].why, "no permission");
  EXPECT_EQ(statuses[1].why, "no file");
  EXPECT_TRUE(statuses[2].in_use);
  EXPECT_EQ(statuses[2].why, "");
}

TEST_F(Fallback, TriesABetterOneAgainNowAndThen) {
  memory_.error = Error{Error::Kind::Denied, "no permission"};
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(source_->read()->source, SourceKind::ScoreboardFile);
  EXPECT_EQ(memory_.reads, 1);
  memory_.error.reset();
  int reads = 0;
  while (source_->read()->source != SourceKind::SharedMemory && ++reads < 100) {
  }
  EXPECT_LT(reads, 100);
}

TEST_F(Fallback, GoesDownAtOnceWhenTheOneInUseFails) {
  EXPECT_EQ(source_->read()->source, SourceKind::SharedMemory);
  memory_.error = Error{Error::Kind::Malformed, "torn"};
  EXPECT_EQ(source_->read()->source, SourceKind::ScoreboardFile);
}

TEST_F(Fallback, AServerThatIsGoneIsNotLookedForOnItsPort) {
  memory_.error = Error{Error::Kind::NotFound, "ended"};
  const auto read = source_->read();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, Error::Kind::NotFound);
  EXPECT_EQ(page_.reads, 0);
}

TEST_F(Fallback, WhenNoneWorksTheBestOnesErrorIsTold) {
  memory_.error = Error{Error::Kind::Denied, "no permission"};
  file_.error = page_.error = Error{Error::Kind::TimedOut, "no answer"};
  EXPECT_EQ(source_->read().error().what, "no permission");
  EXPECT_EQ(source_->statuses().size(), 3U);
}

}  // namespace
}  // namespace mpm
