// SPDX-License-Identifier: Apache-2.0
//
// What the driver decides before it touches a server: its command lines, and who keeps it running.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/base/clock.h"
#include "agent/base/file.h"
#include "agent/target/process_place.h"
#include "agent/target/server_command.h"
#include "agent/target/server_driver.h"
#include "agent/target/supervisor.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

TEST(ServerCommand, ChecksWithWhatNamesTheConfigurationAlone) {
  const Words started{"apache2", "-d",          "/srv",       "-DBIG", "-k",
                      "start",   "-D",          "FOREGROUND", "-C",    "Define A",
                      "-c",      "Listen 8080", "-X",         "-f",    "x.conf"};
  EXPECT_THAT(check_arguments("/usr/sbin/apache2", started),
              ElementsAre("/usr/sbin/apache2", "-d", "/srv", "-f", "x.conf", "-D", "BIG", "-C",
                          "Define A", "-c", "Listen 8080", "-t"));
  EXPECT_THAT(check_arguments("/usr/sbin/apache2", Words{}),
              ElementsAre("/usr/sbin/apache2", "-t"));
}

TEST(ServerCommand, StartsWithTheServersOwnWords) {
  const Words started{"/usr/sbin/apache2", "-k", "graceful", "-e", "debug", "-DBIG"};
  EXPECT_THAT(start_arguments("/opt/httpd", started),
              ElementsAre("/opt/httpd", "-e", "debug", "-DBIG", "-k", "start"));
  const Words joined{"/usr/sbin/apache2", "-kstart", "-f", "x"};
  EXPECT_THAT(start_arguments("/opt/httpd", joined),
              ElementsAre("/opt/httpd", "-f", "x", "-k", "start"));
}

TEST(ServerCommand, KnowsAServerThatStaysInTheForeground) {
  EXPECT_TRUE(stays_in_foreground(Words{"httpd", "-DFOREGROUND"}));
  EXPECT_TRUE(stays_in_foreground(Words{"httpd", "-D", "NO_DETACH"}));
  EXPECT_TRUE(stays_in_foreground(Words{"httpd", "-X"}));
  EXPECT_FALSE(stays_in_foreground(Words{"httpd", "-D", "BIG", "-k", "start"}));
}

TEST(Supervisor, ReadsWhatSystemdSays) {
  const UnitFacts facts = parse_unit("MainPID=4711\nCanReload=yes\n");
  EXPECT_EQ(facts.main_pid, 4711);
  EXPECT_TRUE(facts.can_reload);
  EXPECT_EQ(parse_unit("").main_pid, 0);
  EXPECT_FALSE(parse_unit("CanReload=no\nMainPID=").can_reload);
}

// A host with systemd: a process tree, and a systemctl that writes down what it is asked.
class SystemdHost : public testing::Test {
 protected:
  SystemdHost() {
    dir_.write("mark/x", "");
    process(4711, 1, "apache2");
    process(1, 0, "systemd");
    target_.pid = 4711;
    target_.binary = "/usr/sbin/apache2";
    target_.unit = "apache2.service";
    target_.cgroup = "/system.slice/apache2.service";
    target_.arguments = {"/usr/sbin/apache2", "-k", "start"};
    systemctl("MainPID=4711\\nCanReload=yes\\n");
    systemd_.program = dir_ / "systemctl";
    systemd_.mark = dir_ / "mark";
  }

  void process(int pid, int parent, const std::string& name, int inner_pid = 0) {
    dir_.write(
        fmt::format("proc/{}/stat", pid),
        fmt::format("{} ({}) S {} 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 100 0\n", pid, name, parent));
    dir_.write(fmt::format("proc/{}/status", pid),
               fmt::format("Uid:\t0\t0\t0\t0\nNSpid:\t{}{}\n", pid,
                           inner_pid == 0 ? "" : fmt::format("\t{}", inner_pid)));
  }
  // Answers `show`, and ends any other order with `status`.
  void systemctl(const std::string& facts, int status = 0, const std::string& said = "") {
    dir_.write("systemctl", fmt::format("#!/bin/sh\necho \"$@\" >> {}/asked\n"
                                        "case $1 in show) printf '{}';; *) echo '{}' >&2; exit {};;"
                                        "esac\n",
                                        dir_.path(), facts, said, status));
    ::chmod((dir_ / "systemctl").c_str(), 0755);
  }
  Result<Supervisor> supervisor() const {
    return supervisor_of(target_, ProcFs(dir_ / "proc"), systemd_);
  }
  std::string asked() const { return read_file(dir_ / "asked").value_or(""); }
  std::unique_ptr<ServerDriver> driver() {
    DriverOptions options;
    options.systemd = systemd_;
    options.order = std::chrono::milliseconds(500);
    auto made = ServerDriver::of(target_, ProcFs(dir_ / "proc"), clock_, options);
    EXPECT_TRUE(made) << made.error().what;
    return std::move(*made);
  }

  TempDir dir_;
  Target target_;
  Systemd systemd_;
  SystemClock clock_;
};

TEST_F(SystemdHost, AUnitKeepsItsMainProcess) {
  const auto found = supervisor();
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(found->keeper, Keeper::Systemd);
  EXPECT_EQ(found->name, "apache2.service");
  EXPECT_TRUE(found->can_reload);
  EXPECT_THAT(asked(),
              HasSubstr("show --property=MainPID --property=CanReload -- apache2.service"));
}

TEST_F(SystemdHost, AUnitInWhoseGroupAServerOnlyIsDoesNotKeepIt) {
  target_.unit = "cron.service";
  systemctl("MainPID=12\\nCanReload=no\\n");
  EXPECT_EQ(supervisor()->keeper, Keeper::Nobody);
  target_.unit = "session-3.scope";
  EXPECT_EQ(supervisor()->keeper, Keeper::Nobody);
}

TEST_F(SystemdHost, AUsersOwnUnitIsNotAskedFor) {
  target_.cgroup = "/user.slice/user-1000.slice/user@1000.service/app.slice/apache2.service";
  EXPECT_EQ(supervisor()->keeper, Keeper::Nobody);
  EXPECT_EQ(asked(), "");
}

TEST_F(SystemdHost, WithoutSystemdNothingIsAsked) {
  systemd_.mark = dir_ / "no-mark";
  EXPECT_EQ(supervisor()->keeper, Keeper::Nobody);
  EXPECT_EQ(asked(), "");
}

TEST_F(SystemdHost, ASilentSystemctlIsAnError) {
  dir_.write("systemctl", "#!/bin/sh\nsleep 30\n");
  systemd_.deadline = std::chrono::milliseconds(200);
  const auto found = supervisor();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Error::Kind::TimedOut);
}

TEST_F(SystemdHost, AContainersServerIsKeptByItsContainer) {
  process(4711, 1, "httpd", 1);
  EXPECT_EQ(supervisor()->keeper, Keeper::Container);
  target_.pid = 1;
  EXPECT_EQ(supervisor()->keeper, Keeper::Container);
}

TEST_F(SystemdHost, AForegroundServerIsKeptByWhatStartedIt) {
  target_.unit.clear();
  target_.arguments = {"/usr/sbin/apache2", "-DFOREGROUND"};
  process(77, 1, "runsv");
  process(4711, 77, "apache2");
  const auto found = supervisor();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->keeper, Keeper::Program);
  EXPECT_EQ(found->name, "runsv (process 77)");
}

TEST_F(SystemdHost, AUnitIsReloadedAndRestartedBySystemctl) {
  const auto made = driver();
  const auto graceful = made->load(LoadWay::Graceful);
  ASSERT_TRUE(graceful) << graceful.error().what;
  EXPECT_EQ(graceful->state, LoadState::Done);
  EXPECT_EQ(graceful->how, "systemctl reload apache2.service");
  EXPECT_THAT(asked(), HasSubstr("--no-ask-password reload -- apache2.service\n"));
  EXPECT_EQ(made->load(LoadWay::StopStart)->state, LoadState::Done);
  EXPECT_THAT(asked(), HasSubstr("--no-ask-password restart -- apache2.service\n"));
}

TEST_F(SystemdHost, AnOrderThatFailsIsReportedWithItsReason) {
  systemctl("MainPID=4711\\nCanReload=yes\\n", 1, "Job for apache2.service failed");
  const auto report = driver()->load(LoadWay::Graceful);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->state, LoadState::Failed);
  EXPECT_THAT(report->sentence, HasSubstr("Job for apache2.service failed"));
}

TEST_F(SystemdHost, AnOrderThatHangsIsNeitherFailedNorDone) {
  dir_.write("systemctl",
             "#!/bin/sh\ncase $1 in show) printf 'MainPID=4711\\nCanReload=yes\\n';;"
             "*) sleep 30;; esac\n");
  const auto report = driver()->load(LoadWay::Graceful);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->state, LoadState::TimedOut);
  EXPECT_EQ(report->pid, 4711);
}

TEST_F(SystemdHost, AStopOfAContainerOrAForegroundServerIsRefused) {
  process(4711, 1, "httpd", 1);
  const auto container = driver()->load(LoadWay::StopStart);
  ASSERT_FALSE(container);
  EXPECT_EQ(container.error().kind, Error::Kind::Conflict);
  EXPECT_THAT(container.error().what, HasSubstr("restart the container"));
  process(77, 1, "runsv");
  process(4711, 77, "apache2");
  target_.unit.clear();
  target_.arguments = {"/usr/sbin/apache2", "-DFOREGROUND"};
  const auto program = driver()->load(LoadWay::StopStart);
  ASSERT_FALSE(program);
  EXPECT_THAT(program.error().what, HasSubstr("stop and start the server by runsv (process 77)"));
}

TEST_F(SystemdHost, OfATreeThatStandsForProcNobodyIsSignalled) {
  target_.unit.clear();
  const auto loaded = driver()->load(LoadWay::Graceful);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, Error::Kind::Internal);
}

TEST_F(SystemdHost, AServerThatIsGoneIsNotSignalled) {
  const auto made = driver();
  dir_.write("proc/4711/stat", "4711 (other) S 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 999 0\n");
  EXPECT_FALSE(made->is_alive()) << "its pid is another process's by now";
  const auto loaded = made->load(LoadWay::Graceful);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, Error::Kind::NotFound);
}

TEST_F(SystemdHost, AServerBehindAPageCannotBeDriven) {
  Target target;
  target.url = "http://example.org/server-status";
  const auto made = ServerDriver::of(target, ProcFs(dir_ / "proc"), clock_);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, Error::Kind::Usage);
}

TEST(ProcessPlace, OfThisProcessIsItsOwn) {
  const auto place = place_of(ProcFs(), ::getpid());
  ASSERT_TRUE(place) << place.error().what;
  EXPECT_TRUE(place->namespaces.empty());
  EXPECT_FALSE(place->root);
  EXPECT_FALSE(place->environment.empty());
  EXPECT_FALSE(lives_in_container(ProcFs(), ::getpid()) && ::getpid() != 1);
}

}  // namespace
}  // namespace mpm
