// SPDX-License-Identifier: Apache-2.0
#include "agent/history/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "agent/apply/machine.h"
#include "schema/codec/json.h"
#include "schema/codec/names.h"
#include "tests/support/child.h"
#include "tests/support/filled.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using testing::HasSubstr;

constexpr Instant kNoon{std::chrono::milliseconds{1700000000000}};

ChangeRecord change() {
  ChangeRecord value;
  value.at = kNoon;
  value.target.pid = 4711;
  value.target.arguments = {"apache2", "-k", "start"};
  value.plan.pid = 4711;
  DirectiveChange directive;
  directive.directive = "MaxRequestWorkers";
  directive.from = "150";
  directive.to = "400";
  value.plan.directives = {directive};
  value.plan.files = {{"/etc/apache2/apache2.conf", FileAction::Rewrite, "-a\n+b\n"}};
  value.because = "workers were exhausted";
  value.undoes = 3;
  value.watch_seconds = 12.5;
  value.asked_by = "alice";
  return value;
}

TEST(Journal, GivesBackAChangeAsItWasBegun) {
  const TempDir dir;
  auto journal = Journal::open(dir / "state");
  ASSERT_TRUE(journal) << journal.error().what;
  const auto id = journal->begin(change(), "how to start it");
  ASSERT_TRUE(id) << id.error().what;
  ASSERT_TRUE(journal->set_backup(*id, "/backups/1"));
  ASSERT_TRUE(journal->enter(*id, {kNoon + std::chrono::seconds(1), Phase::BackedUp, "saved"}));
  ChangeRecord expected = change();
  expected.id = *id;
  expected.backup = "/backups/1";
  expected.steps = {{kNoon, Phase::Planned, ""},
                    {kNoon + std::chrono::seconds(1), Phase::BackedUp, "saved"}};
  // By another hand, as after a crash.
  auto again = Journal::open(dir / "state");
  ASSERT_TRUE(again);
  const auto found = again->find(*id);
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(to_json(*found), to_json(expected));
  EXPECT_EQ(again->launch(*id).value_or(""), "how to start it");
}

TEST(Journal, SaysWhichChangesAreOpenInEveryPhase) {
  const TempDir dir;
  auto journal = Journal::open(dir.path());
  ASSERT_TRUE(journal);
  std::vector<std::int64_t> expected;
  for (std::size_t i = 0; i < kPhases; ++i) {
    const auto id = journal->begin(change(), "");
    ASSERT_TRUE(id);
    const auto phase = static_cast<Phase>(i);
    ASSERT_TRUE(journal->enter(*id, {kNoon, phase, ""}));
    if (!has_ended(phase)) expected.push_back(*id);
  }
  const auto open = journal->open_changes();
  ASSERT_TRUE(open) << open.error().what;
  std::vector<std::int64_t> ids;
  for (const ChangeRecord& each : *open)
    ids.push_back(each.id);
  EXPECT_EQ(ids, expected);
  const auto newest = journal->newest(2);
  ASSERT_TRUE(newest);
  ASSERT_EQ(newest->size(), 2U);
  EXPECT_GT(newest->front().id, newest->back().id);
}

TEST(Journal, IsForItsOwnerAlone) {
  const TempDir dir;
  ASSERT_TRUE(Journal::open(dir / "a/b"));
  for (const char* name : {"a", "a/b", "a/b/changes.db"}) {
    struct stat status {};
    ASSERT_EQ(::stat((dir / name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 0077U, 0U) << name;
  }
}

TEST(Journal, SaysThatThereIsNoSuchChange) {
  const TempDir dir;
  auto journal = Journal::open(dir.path());
  ASSERT_TRUE(journal);
  const auto found = journal->find(7);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Error::Kind::NotFound);
  EXPECT_THAT(found.error().what, HasSubstr("no change 7"));
}

TEST(Journal, SummarisesAChangeInItsDirectives) {
  ChangeRecord value = change();
  value.id = 5;
  value.steps = {{kNoon, Phase::Kept, ""}};
  value.plan.mpm_before = Mpm::Event;
  value.plan.mpm_after = Mpm::Worker;
  const ChangeSummary summary = summary_of(value);
  EXPECT_EQ(summary.what, "event to worker, MaxRequestWorkers 150 to 400");
  EXPECT_EQ(summary.phase, Phase::Kept);
  EXPECT_EQ(summary.undoes, 3);
}

// Root would start whatever program such a journal names.
TEST(Journal, IsNotReadFromADirectoryThatOthersMayWrite) {
  const TempDir dir;
  ASSERT_TRUE(Journal::open(dir / "state"));
  ASSERT_EQ(::chmod((dir / "state").c_str(), 0777), 0);
  const auto open = Journal::open(dir / "state");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().kind, Error::Kind::Denied);
  EXPECT_FALSE(ChangeLock::take(dir / "state"));
  ASSERT_EQ(::chmod((dir / "state").c_str(), 0700), 0);
  EXPECT_TRUE(Journal::open(dir / "state"));
}

TEST(ChangeLock, IsOneProcessesAtATime) {
  const TempDir dir;
  auto lock = ChangeLock::take(dir.path());
  ASSERT_TRUE(lock) << lock.error().what;
  const auto second = ChangeLock::take(dir.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, Error::Kind::Conflict);
  EXPECT_THAT(second.error().what, HasSubstr(std::to_string(::getpid())));
  lock = fail(Error{});
  EXPECT_TRUE(ChangeLock::take(dir.path()));
}

}  // namespace
}  // namespace mpm
