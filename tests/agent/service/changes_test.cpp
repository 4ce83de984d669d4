// SPDX-License-Identifier: Apache-2.0
//
// The changes of a host as an agent finds them: a journal that cannot be read, and a change that
// cannot be taken back, stop other changes and nothing else.
#include "agent/service/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/history/journal.h"
#include "agent/service/agent.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using testing::HasSubstr;

// Does nothing, successfully.
class Idle final : public apply::Hands {
 public:
  Result<std::string> take(apply::Effect, const ChangeRecord&, const std::stop_token&) override {
    return "";
  }
};

std::unique_ptr<apply::Hands> idle(const ChangeRecord&, const std::string&) {
  return std::make_unique<Idle>();
}

class ChangesOfAHost : public testing::Test {
 protected:
  ChangesOfAHost() {
    dir_.write("proc/stat", "cpu 1 1 1 1 1 1 1 1\ncpu0 1\nbtime 1700000000\n");
    dir_.write("proc/self/mountinfo", "");
    options_.ephemeral = true;
    options_.state = state();
    options_.proc_root = dir_ / "proc";
    options_.tell = [this](const std::string& sentence) { told_ += sentence; };
  }

  std::string state() const { return dir_ / "state"; }

  // A change that an agent left in the phase Planned, and what else is done to its journal.
  void leave_one_open(const std::string& sql = "") {
    auto journal = Journal::open(state());
    ASSERT_TRUE(journal && journal->begin(ChangeRecord(), ""));
    if (sql.empty()) return;
    auto database = Database::open(state() + "/changes.db", Durability::Every);
    ASSERT_TRUE(database && database->execute(sql));
  }

  TempDir dir_;
  AgentOptions options_;
  std::string told_;
  SystemClock clock_;
};

TEST_F(ChangesOfAHost, AreTakenBackWhenTheyWereLeftOpen) {
  leave_one_open();
  Changes changes(state(), clock_);
  ASSERT_TRUE(changes.recover(idle));
  EXPECT_EQ(changes.find(1)->steps.back().phase, Phase::Abandoned);
  EXPECT_TRUE(changes.begin(ChangeRecord(), "", idle));
}

TEST_F(ChangesOfAHost, DoNotBeginWhileOneIsOpenAndCannotBeTakenBack) {
  leave_one_open("UPDATE step SET phase = 'of-a-newer-program'");
  Changes changes(state(), clock_);
  EXPECT_FALSE(changes.recover(idle));
  const auto begun = changes.begin(ChangeRecord(), "", idle);
  ASSERT_FALSE(begun);
  EXPECT_THAT(begun.error().what, HasSubstr("of-a-newer-program"));
}

// Left open since this agent began, by another that was killed.
TEST_F(ChangesOfAHost, DoNotBeginUponOneThatNobodyHasTakenBackYet) {
  Changes changes(state(), clock_);
  ASSERT_TRUE(changes.recover(idle));
  leave_one_open();
  const auto begun = changes.begin(ChangeRecord(), "", idle);
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().kind, Error::Kind::Conflict);
  EXPECT_THAT(begun.error().what, HasSubstr("Change 1 was left open"));
}

TEST_F(ChangesOfAHost, LetAnAgentLookAtServersWhoeverWroteTheJournal) {
  leave_one_open("PRAGMA user_version = 99");
  const auto newer = Agent::start(options_, clock_);
  ASSERT_TRUE(newer) << newer.error().what;
  EXPECT_TRUE((*newer)->targets());
  EXPECT_THAT(told_, HasSubstr("version 99"));
  EXPECT_FALSE((*newer)->changes(1));
}

TEST_F(ChangesOfAHost, LetAnAgentLookAtServersWhenTheJournalIsDamaged) {
  leave_one_open();
  dir_.write("state/changes.db", std::string(4096, 'x'));
  const auto agent = Agent::start(options_, clock_);
  ASSERT_TRUE(agent) << agent.error().what;
  EXPECT_TRUE((*agent)->targets());
  EXPECT_THAT(told_, HasSubstr("changes.db"));
}

TEST_F(ChangesOfAHost, AreToldOfBeforeOneIsTakenBack) {
  leave_one_open();
  ASSERT_TRUE(Agent::start(options_, clock_));
  EXPECT_THAT(told_, HasSubstr("Change 1 was left open"));
}

}  // namespace
}  // namespace mpm
