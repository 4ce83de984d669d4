// SPDX-License-Identifier: Apache-2.0
//
// The agent as its unit runs it: as a user of its own, with the unit's capabilities and no others.
// It sees of root's server what root sees; with one less, what that one is for is missing. Of a
// server that is not root's it reads no file that the server could not.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/live/mpmctl.h"
#include "tests/live/unit_rights.h"
#include "tests/support/child.h"
#include "tests/support/loopback.h"
#include "tests/support/private_httpd.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

TEST(Rights, OfTheUnitAreEnoughForAllThatRootSees) {
  const PrivateHttpd httpd;
  // As a distribution's own files may be, for root alone.
  std::filesystem::permissions(httpd.extra_conf(), std::filesystem::perms(0600));
  const UnitsAgent agent(capabilities_of_unit());
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
  EXPECT_NE(limit_of(without_reading), 75);
  const UnitsAgent without_mapping({"sys_ptrace", "dac_read_search"});
  EXPECT_EQ(limit_of(without_mapping), 75);
  const Json status = without_mapping.ask("status", httpd.target())["targets"][0];
  EXPECT_EQ(status["source"], "shared-memory") << "copied and not mapped";
}

TEST(Rights, WithoutThemItSeesWhatAStatusPageSays) {
  const PrivateHttpd httpd;
  const UnitsAgent agent({});
  const Json status = agent.ask("status", httpd.url())["targets"][0];
  EXPECT_EQ(status["source"], "mod_status") << status.dump(2);
  EXPECT_FALSE(status["losses"].empty());
}

// A server that somebody who is not root runs, with a limit of 75 in a file of its own.
class SomebodysHttpd {
 public:
  SomebodysHttpd() {
    std::filesystem::permissions(dir_.path(), std::filesystem::perms(0755));
    std::filesystem::create_directory(dir_ / "run");
    EXPECT_EQ(::chown((dir_ / "run").c_str(), kSomebody, kSomebody), 0);
    dir_.write("limit.conf", "MaxRequestWorkers 75\n");
    dir_.write("httpd.conf",
               fmt::format("ServerRoot {0}\nServerName localhost\nListen 127.0.0.1:{1}\n"
                           "PidFile run/pid\nErrorLog run/error.log\nDefaultRuntimeDir run\n"
                           "LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n"
                           "LoadModule authz_core_module "
                           "/usr/lib/apache2/modules/mod_authz_core.so\n"
                           "Include {0}/limit.conf\n",
                           dir_.path(), free_port()));
    httpd_.emplace(std::vector<std::string>{
        "setpriv", fmt::format("--reuid={}", kSomebody), fmt::format("--regid={}", kSomebody),
        "--clear-groups", "/usr/sbin/apache2", "-D", "FOREGROUND", "-f", dir_ / "httpd.conf"});
    EXPECT_TRUE(wait_for([&] { return std::filesystem::exists(dir_ / "run/pid"); }));
  }
  std::string target() const { return std::to_string(httpd_->pid()); }
  std::string limit_conf() const { return dir_ / "limit.conf"; }

 private:
  static constexpr int kSomebody = 65533;
  const TempDir dir_;
  std::optional<Background> httpd_;
};

TEST(Rights, OfTheUnitReadNothingForWhoIsNotRoot) {
  const SomebodysHttpd httpd;
  const auto limit = [&] {
    const UnitsAgent agent(capabilities_of_unit());
    return agent.ask("status", httpd.target())["targets"][0]["workers"]["limit"];
  };
  EXPECT_EQ(limit(), 75);
  // Root's alone, so that the server would not get it either, whatever it calls its configuration.
  std::filesystem::permissions(httpd.limit_conf(), std::filesystem::perms(0600));
  EXPECT_NE(limit(), 75);
  // The agent's own, as its history and tokens are.
  ASSERT_EQ(::chown(httpd.limit_conf().c_str(), kNobody, kNobody), 0);
  EXPECT_NE(limit(), 75);
}

}  // namespace
}  // namespace mpm
