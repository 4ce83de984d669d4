// SPDX-License-Identifier: Apache-2.0
#include "agent/apply/inverse.h"

#include <gtest/gtest.h>

namespace mpm::apply {
namespace {

DirectiveChange set(const char* directive, std::optional<std::string> from,
                    std::optional<std::string> to) {
  DirectiveChange change;
  change.directive = directive;
  change.from = std::move(from);
  change.to = std::move(to);
  return change;
}

EditPlan plan_of(std::vector<DirectiveChange> directives) {
  EditPlan plan;
  plan.mpm_before = plan.mpm_after = Mpm::Event;
  plan.directives = std::move(directives);
  return plan;
}

const EditPlan kChange =
    plan_of({set("MaxRequestWorkers", "16", "12"), set("StartServers", std::nullopt, "2")});

TEST(Departure, IsNoneWhereTheValuesAreAsTheChangeLeftThem) {
  EXPECT_FALSE(departure(kChange, plan_of({set("MaxRequestWorkers", "12", "16"),
                                           set("StartServers", "2", std::nullopt)})));
  EXPECT_FALSE(departure(kChange, plan_of({}))) << "it is as before the change already";
}

TEST(Departure, IsAValueThatSomebodySetSince) {
  const auto found = departure(kChange, plan_of({set("StartServers", "2", std::nullopt),
                                                 set("MaxRequestWorkers", "8", "16")}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->directive, "MaxRequestWorkers");
  EXPECT_EQ(found->left, "12");
  EXPECT_EQ(found->now, "8");
}

TEST(Departure, IsAValueThatSomebodyTookAway) {
  const auto found = departure(kChange, plan_of({set("MaxRequestWorkers", std::nullopt, "16")}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->now, "not written");
}

TEST(Departure, IsAnotherMpmThanTheChangeSwitchedTo) {
  EditPlan change = plan_of({});
  change.mpm_after = Mpm::Worker;
  EditPlan back = plan_of({});
  back.mpm_before = Mpm::Worker;
  EXPECT_FALSE(departure(change, back));
  back.mpm_before = Mpm::Prefork;
  const auto found = departure(change, back);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->directive, "MPM");
  EXPECT_EQ(found->left, "worker");
  EXPECT_EQ(found->now, "prefork");
}

}  // namespace
}  // namespace mpm::apply
