// SPDX-License-Identifier: Apache-2.0
//
// The agent as its unit runs it: as a user of its own, with the unit's capabilities and no others.
// It sees of root's server what root sees; with one less, what that one is for is missing.
#include <filesystem>

#include <gmock/gmock.h>

#include "tests/live/mpmctl.h"
#include "tests/live/unit_rights.h"
#include "tests/support/private_httpd.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

TEST(Rights, OfTheUnitAreEnoughForAllThatRootSees) {
  const PrivateHttpd httpd;
  // As a distribution's own files may be, for root alone.
  std::filesystem::permissions(httpd.extra_conf(), std::filesystem::perms(0600));
  const UnitsAgent agent(capabilities_of_unit());
  ASSERT_TRUE(wait_for([&] { return agent.is_there(); }));
  const Json status = agent.ask("status", httpd.target())["targets"][0];
  EXPECT_EQ(status["source"], "shared-memory") << status.dump(2);
  EXPECT_GT(status["memory"]["unique_bytes"], 0);
  EXPECT_TRUE(status["losses"].empty()) << status["losses"].dump(2);
  EXPECT_FALSE(status["listeners"].empty());
}

TEST(Rights, OfTheUnitAreEachForWhatItsCommentSays) {
  const PrivateHttpd httpd({.directives = "MaxRequestWorkers 75\n"});
  std::filesystem::permissions(httpd.extra_conf(), std::filesystem::perms(0600));
  const auto limit_of = [&](const UnitsAgent& agent) {
    return agent.ask("status", httpd.target())["targets"][0]["workers"]["limit"];
  };
  const UnitsAgent without_reading({"sys_ptrace", "checkpoint_restore"});
  ASSERT_TRUE(wait_for([&] { return without_reading.is_there(); }));
  EXPECT_NE(limit_of(without_reading), 75);
  const UnitsAgent without_mapping({"sys_ptrace", "dac_read_search"});
  ASSERT_TRUE(wait_for([&] { return without_mapping.is_there(); }));
  EXPECT_EQ(limit_of(without_mapping), 75);
  const Json status = without_mapping.ask("status", httpd.target())["targets"][0];
  EXPECT_EQ(status["source"], "shared-memory") << "copied and not mapped";
}

TEST(Rights, WithoutThemItSeesWhatAStatusPageSays) {
  const PrivateHttpd httpd;
  const UnitsAgent agent({});
  ASSERT_TRUE(wait_for([&] { return agent.is_there(); }));
  const Json status = agent.ask("status", httpd.url())["targets"][0];
  EXPECT_EQ(status["source"], "mod_status") << status.dump(2);
  EXPECT_FALSE(status["losses"].empty());
}

}  // namespace
}  // namespace mpm
