// SPDX-License-Identifier: Apache-2.0
#include "agent/service/admitting.h"

#include <gtest/gtest.h>

#include "tests/support/samples.h"

namespace mpm {
namespace {

Target server() {
  Target target;
  target.pid = 4711;
  target.binary = "/usr/sbin/apache2";
  target.config_file = "/etc/apache2/apache2.conf";
  return target;
}

ChangeRecord record(std::int64_t id, Phase phase, std::int64_t from, std::int64_t to) {
  ChangeRecord change;
  change.id = id;
  change.target = server();
  DirectiveChange directive;
  directive.directive = "MaxRequestWorkers";
  directive.from_effective = from;
  directive.to_effective = to;
  change.plan.directives = {directive};
  change.steps = {{kNoon, Phase::Planned, ""}, {kNoon + std::chrono::seconds(id), phase, ""}};
  return change;
}

TEST(PastChanges, AreOfTheServerAndTheOldestFirst) {
  ChangeRecord other = record(3, Phase::Kept, 1, 2);
  other.target.config_file = "/etc/apache2-intern/apache2.conf";
  ChangeRecord restarted = record(2, Phase::Undone, 200, 400);
  restarted.target.pid = 1;
  restarted.shortened = true;
  const auto past =
      past_changes(std::vector{other, restarted, record(1, Phase::Kept, 100, 200)}, server());
  ASSERT_EQ(past.size(), 2U);
  EXPECT_EQ(past[0].to, 200);
  EXPECT_EQ(past[0].at, kNoon + std::chrono::seconds(1));
  EXPECT_EQ(past[0].verdict, WatchVerdict::Keep);
  EXPECT_FALSE(past[0].shortened);
  EXPECT_EQ(past[1].verdict, WatchVerdict::Undo);
  EXPECT_TRUE(past[1].shortened);
}

TEST(PastChanges, LeaveOutWhatTouchedNothing) {
  EXPECT_TRUE(past_changes(std::vector{record(1, Phase::Abandoned, 1, 2)}, server()).empty());
}

TEST(PastChanges, CountWhatAPersonTookBackAsUndone) {
  ChangeRecord back = record(2, Phase::Kept, 200, 100);
  back.undoes = 1;
  const auto past = past_changes(std::vector{back, record(1, Phase::Kept, 100, 200)}, server());
  ASSERT_EQ(past.size(), 1U);
  EXPECT_EQ(past[0].verdict, WatchVerdict::Undo);
}

// The back-off is from then, however long it had been kept.
TEST(PastChanges, AreUndoneWhenThePersonDidIt) {
  ChangeRecord back = record(9000, Phase::Kept, 200, 100);
  back.undoes = 1;
  ChangeRecord between = record(5, Phase::Kept, 3, 4);
  between.plan.directives[0].directive = "StartServers";
  const auto past =
      past_changes(std::vector{back, between, record(1, Phase::Kept, 100, 200)}, server());
  ASSERT_EQ(past.size(), 2U);
  EXPECT_EQ(past[0].directive, "StartServers");
  EXPECT_EQ(past[1].at, kNoon + std::chrono::seconds(9000));
  EXPECT_EQ(past[1].verdict, WatchVerdict::Undo);
}

TEST(PastChanges, AreInForceAgainWhenWhatTookThemBackWasTakenBack) {
  ChangeRecord back = record(2, Phase::Kept, 200, 100);
  back.undoes = 1;
  ChangeRecord again = record(3, Phase::Kept, 100, 200);
  again.undoes = 2;
  const auto past =
      past_changes(std::vector{again, back, record(1, Phase::Kept, 100, 200)}, server());
  ASSERT_EQ(past.size(), 1U);
  EXPECT_EQ(past[0].verdict, WatchVerdict::Keep);
}

TEST(PastChanges, AreUndecidedWhileTheyAreUnderWay) {
  const auto past = past_changes(std::vector{record(1, Phase::Verified, 100, 200)}, server());
  ASSERT_EQ(past.size(), 1U);
  EXPECT_EQ(past[0].verdict, WatchVerdict::Undecided);
}

TEST(PastChanges, LeaveOutValuesThatAreNoNumbers) {
  ChangeRecord change = record(1, Phase::Kept, 100, 200);
  change.plan.directives[0].to_effective = std::string("On");
  EXPECT_TRUE(past_changes(std::vector{change}, server()).empty());
}

}  // namespace
}  // namespace mpm
