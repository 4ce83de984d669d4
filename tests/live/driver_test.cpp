// SPDX-License-Identifier: Apache-2.0
//
// The driver against servers that run: mpm-httpd under each MPM, and Debian's httpd.
#include "tests/live/driver.h"

#include <algorithm>
#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "agent/base/file.h"
#include "tests/live/either_httpd.h"
#include "tests/live/server.h"
#include "tests/support/child.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;

class Driver : public testing::TestWithParam<Mpm> {
 protected:
  Driver() : server_(options()), driver_(driver_of(target_named(server_.pid()), clock_)) {}

  static HttpdOptions options() {
    HttpdOptions options = either_httpd(GetParam());
    options.arguments = "-D BIG";
    return options;
  }
  void configure(const std::string& text) { server_.dir().write("extra.conf", text); }
  std::ptrdiff_t times_resumed() const {
    return std::ranges::count_if(
        parse_messages(server_.error_log()),
        [](const ServerMessage& message) { return says_resuming(message.code); });
  }
  bool answers() const { return get_status(server_.port(), "/", 2s) == 200; }

  SystemClock clock_;
  PrivateHttpd server_;
  std::unique_ptr<ServerDriver> driver_;
};

std::vector<Mpm> mpms() {
  std::vector<Mpm> all{Mpm::Prefork, Mpm::Worker, Mpm::Event};
  if (!kApache) all.push_back(Mpm::Winnt);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Live, Driver, testing::ValuesIn(mpms()), name_of_mpm);

TEST_P(Driver, AsksTheServersOwnCheck) {
  const auto good = driver_->check();
  ASSERT_TRUE(good) << good.error().what;
  EXPECT_TRUE(good->accepted) << good->sentence;
  EXPECT_TRUE(good->losses.empty());
  EXPECT_EQ(good->sentence, "The server accepts its configuration.");
  EXPECT_THAT(good->command, Contains("BIG"));

  configure("# a line\nNonsense 1\n");
  const auto bad = driver_->check();
  ASSERT_TRUE(bad) << bad.error().what;
  EXPECT_FALSE(bad->accepted);
  EXPECT_FALSE(bad->timed_out);
  EXPECT_THAT(bad->sentence, HasSubstr("refuses"));
  EXPECT_THAT(bad->sentence, HasSubstr(server_.extra_conf() + ":2"));
}

TEST_P(Driver, S16_ReadsTheWarningsOfACheckThatSucceeds) {
  configure("ThreadsPerChild 0\nStartServers 0\nServerLimit 300000\nThreadLimit 300000\n");
  if (GetParam() == Mpm::Prefork) configure("StartServers 0\n");
  const auto report = driver_->check();
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_TRUE(report->accepted) << report->sentence;
  if (GetParam() == Mpm::Winnt) return;
  EXPECT_THAT(report->messages, Contains(Field(&ServerMessage::level, "warn")));
  EXPECT_THAT(report->sentence, HasSubstr("warning"));
}

TEST_P(Driver, ACheckThatHangsIsEndedAndSaysNothing) {
  Target target = driver_->target();
  server_.dir().write("hangs", "#!/bin/sh\nsleep 60\n");
  ::chmod((server_.dir() / "hangs").c_str(), 0755);
  target.binary = server_.dir() / "hangs";
  DriverOptions options;
  options.check = 300ms;
  const auto report = driver_of(target, clock_, options)->check();
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_TRUE(report->timed_out);
  EXPECT_FALSE(report->accepted);
  EXPECT_THAT(report->sentence, HasSubstr("did not end within 0.3 s"));
}

TEST_P(Driver, LoadsByTheSignalsThatHttpdKnows) {
  const std::int32_t before = generation_of(server_.pid());
  const auto graceful = driver_->load(LoadWay::Graceful);
  ASSERT_TRUE(graceful) << graceful.error().what;
  EXPECT_EQ(graceful->state, LoadState::Done);
  EXPECT_EQ(graceful->how, fmt::format("SIGUSR1 to process {}", server_.pid()));
  EXPECT_TRUE(wait_for([&] { return generation_of(server_.pid()) == before + 1; }));
  // httpd counts the generation, then reads its configuration, and forgets a signal meanwhile.
  EXPECT_TRUE(wait_for([&] { return times_resumed() == 2; }));
  EXPECT_TRUE(wait_for([&] { return answers(); }));
  const auto restart = driver_->load(LoadWay::Restart);
  ASSERT_TRUE(restart) << restart.error().what;
  EXPECT_TRUE(wait_for([&] { return generation_of(server_.pid()) == before + 2; }));
  EXPECT_TRUE(wait_for([&] { return answers(); }));
  EXPECT_TRUE(driver_->is_alive());
}

TEST_P(Driver, StopsAndStartsAsTheServerWasStarted) {
  const ProcFs proc;
  const auto environment = proc.environment(server_.pid());
  const auto cgroups = proc.text(fmt::format("{}/cgroup", server_.pid()));
  const pid_t old = server_.pid();
  const auto report = driver_->load(LoadWay::StopStart);
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_EQ(report->state, LoadState::Done) << report->sentence << server_.error_log();
  server_.has_pid(report->pid);
  EXPECT_NE(report->pid, old);
  EXPECT_TRUE(has_ended(old));
  EXPECT_TRUE(driver_->is_alive());
  EXPECT_EQ(driver_->target().pid, report->pid);
  EXPECT_TRUE(wait_for([&] { return answers(); }));
  EXPECT_EQ(proc.environment(report->pid).value(), environment.value());
  EXPECT_EQ(proc.text(fmt::format("{}/cgroup", report->pid)).value(), cgroups.value());
  // The new one is driven like the old one.
  EXPECT_TRUE(driver_->check()->accepted);
}

TEST_P(Driver, SaysThatAStoppedServerDoesNotStart) {
  configure("# a line\nNonsense 1\n");
  const auto report = driver_->load(LoadWay::StopStart);
  ASSERT_TRUE(report) << report.error().what;
  server_.has_pid(0);
  EXPECT_EQ(report->state, LoadState::Failed);
  EXPECT_EQ(report->pid, 0);
  EXPECT_FALSE(driver_->is_alive());
  EXPECT_THAT(report->sentence, HasSubstr("does not run, and does not start"));
  EXPECT_THAT(report->sentence, HasSubstr(server_.extra_conf() + ":2"));
  const auto graceful = driver_->load(LoadWay::Graceful);
  ASSERT_FALSE(graceful);
  EXPECT_EQ(graceful.error().kind, Error::Kind::NotFound);
  // The way back: what it was, checked and started by the same driver.
  configure("");
  EXPECT_TRUE(driver_->check()->accepted);
  const auto again = driver_->load(LoadWay::StopStart);
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->state, LoadState::Done) << again->sentence;
  server_.has_pid(again->pid);
  EXPECT_TRUE(wait_for([&] { return answers(); }));
}

TEST_P(Driver, StartsNoSecondServerBesideOneThatSomebodyElseStarted) {
  server_.stop();
  server_.start();
  const pid_t theirs = server_.pid();
  const auto report = driver_->load(LoadWay::Graceful);
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_EQ(report->pid, theirs);
  EXPECT_EQ(driver_->target().pid, theirs);
}

// The configuration is broken after a check that was good. httpd ends; mpm-httpd goes on as it was.
TEST_P(Driver, TellsWhetherTheServerSurvivesABadReload) {
  configure("Nonsense 1\n");
  const auto report = driver_->load(LoadWay::Restart);
  ASSERT_TRUE(report) << report.error().what;
  if (kApache) {
    EXPECT_TRUE(wait_for([&] { return !driver_->is_alive(); }));
    server_.has_pid(0);
  } else {
    EXPECT_TRUE(
        wait_for([&] { return server_.error_log().find("Nonsense") != std::string::npos; }));
    EXPECT_TRUE(driver_->is_alive());
  }
}

TEST_P(Driver, StartsNoSecondServerWhereTheFirstWillNotEnd) {
  DriverOptions options;
  options.stop = 500ms;
  const auto impatient = driver_of(driver_->target(), clock_, options);
  ::kill(server_.pid(), SIGSTOP);
  const auto report = impatient->load(LoadWay::StopStart);
  ::kill(server_.pid(), SIGCONT);
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_EQ(report->state, LoadState::TimedOut);
  EXPECT_THAT(report->sentence, HasSubstr("has not ended 0.5 s after SIGTERM"));
  EXPECT_TRUE(wait_for([&] { return !impatient->is_alive(); }, 15s));
  server_.has_pid(0);
}

// As in a container: the server is the first process of its own pid namespace; in a rootless one
// its root is another user's.
class ContainedDriver : public Driver {
 protected:
  void is_checked_there_and_never_stopped(std::vector<std::string> arguments) {
    server_.stop();
    arguments.insert(arguments.end(), {"--pid", "--fork", "--mount-proc", "--kill-child",
                                       kApache ? "/usr/sbin/apache2" : MPM_HTTPD, "-f",
                                       server_.dir() / "httpd.conf", "-DFOREGROUND"});
    const Background inside(arguments);
    ASSERT_TRUE(wait_for([&] { return answers(); })) << server_.error_log();
    const auto all = ProcFs().children(inside.pid());
    ASSERT_TRUE(all && all->size() == 1U);
    const auto driver = driver_of(target_named(all->front()), clock_);
    const auto stopped = driver->load(LoadWay::StopStart);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, Error::Kind::Conflict);
    const auto good = driver->check();
    ASSERT_TRUE(good) << good.error().what;
    EXPECT_TRUE(good->accepted) << good->sentence;
    configure("Nonsense 1\n");
    EXPECT_THAT(driver->check()->sentence, HasSubstr(server_.extra_conf() + ":1"));
    configure("");
    const std::int32_t before = generation_of(driver->target().pid);
    EXPECT_EQ(driver->load(LoadWay::Graceful)->state, LoadState::Done);
    EXPECT_TRUE(wait_for([&] { return generation_of(driver->target().pid) == before + 1; }));
  }
};
INSTANTIATE_TEST_SUITE_P(Live, ContainedDriver, testing::ValuesIn(mpms()), name_of_mpm);

TEST_P(ContainedDriver, ChecksThereAndNeverStops) {
  is_checked_there_and_never_stopped({"unshare"});
}

TEST_P(ContainedDriver, ChecksInARootlessOneWithItsRights) {
  if (!kApache) {
    // There is no www-data in there, for whom mpm-httpd's children would be.
    std::string text = read_file(server_.dir() / "httpd.conf").value_or("");
    for (const char* line : {"User www-data\n", "Group www-data\n"})
      text.erase(text.find(line), std::string_view(line).size());
    server_.dir().write("httpd.conf", text);
  }
  is_checked_there_and_never_stopped({"unshare", "--user", "--map-root-user"});
}

}  // namespace
}  // namespace mpm
