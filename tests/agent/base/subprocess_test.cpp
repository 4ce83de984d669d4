// SPDX-License-Identifier: Apache-2.0
//
// Programs run to their end. The shell is the program under the test's hand here, named as one.
#include "agent/base/subprocess.h"

#include <csignal>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/base/file.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Command shell(const std::string& script) {
  Command command;
  command.arguments = {"/bin/sh", "-c", script};
  return command;
}

Outcome outcome_of(const Command& command, const ProcessPlace& place = {}) {
  auto outcome = run_command(command, place);
  EXPECT_TRUE(outcome) << outcome.error().what;
  return outcome ? *outcome : Outcome();
}

TEST(Subprocess, TellsExitStatusesAndSignalsApart) {
  EXPECT_TRUE(outcome_of(shell("exit 0")).succeeded());
  const Outcome left = outcome_of(shell("exit 7"));
  EXPECT_EQ(left.exit_status, 7);
  EXPECT_EQ(left.signal, 0);
  EXPECT_FALSE(left.succeeded());
  const Outcome killed = outcome_of(shell("kill -TERM $$"));
  EXPECT_EQ(killed.signal, SIGTERM);
  EXPECT_FALSE(killed.succeeded());
  EXPECT_FALSE(killed.timed_out);
}

TEST(Subprocess, KeepsTheTwoOutputsApart) {
  const Outcome outcome = outcome_of(shell("echo said; echo complained >&2"));
  EXPECT_EQ(outcome.out, "said\n");
  EXPECT_EQ(outcome.err, "complained\n");
}

TEST(Subprocess, GivesArgumentsAsTheyAre) {
  Command command;
  command.arguments = {"/bin/echo", "$(id)", "a b", "*"};
  EXPECT_EQ(outcome_of(command).out, "$(id) a b *\n");
}

TEST(Subprocess, SaysThatThereIsNoSuchProgram) {
  Command command;
  command.arguments = {"/no/such/program"};
  const auto absent = run_command(command);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, Error::Kind::NotFound);
  EXPECT_THAT(absent.error().what, HasSubstr("/no/such/program"));
  command.arguments = {"/etc/passwd"};
  const auto denied = run_command(command);
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().kind, Error::Kind::Denied);
  command.arguments = {"no-such-program"};
  command.search_path = "/usr/bin:/bin";
  const auto nowhere = run_command(command);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().kind, Error::Kind::NotFound);
}

TEST(Subprocess, LooksForAProgramWhereItIsTold) {
  const TempDir dir;
  dir.write("bin/tool", "#!/bin/sh\necho found\n");
  ::chmod((dir / "bin/tool").c_str(), 0755);
  Command command;
  command.arguments = {"tool"};
  command.search_path = "/no/where:" + (dir / "bin");
  EXPECT_EQ(outcome_of(command).out, "found\n");
  // A relative directory of a search path is never taken.
  EXPECT_FALSE(find_program("tool", "bin"));
}

TEST(Subprocess, GivesTheEnvironmentThatIsNamedAndNoOther) {
  ::setenv("MPM_OF_THE_TEST", "leaks", 1);
  Command command;
  command.arguments = {"/usr/bin/env"};
  ProcessPlace place;
  place.environment = {"ONE=1", "TWO=a b"};
  EXPECT_EQ(outcome_of(command, place).out, "ONE=1\nTWO=a b\n");
}

TEST(Subprocess, StartsInTheDirectoryThatIsNamed) {
  Command command = shell("pwd");
  EXPECT_EQ(outcome_of(command).out, "/\n");
  ProcessPlace place;
  place.directory = "/usr";
  EXPECT_EQ(outcome_of(command, place).out, "/usr\n");
  place.directory = "/no/such/directory";
  const auto nowhere = run_command(command, place);
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(nowhere.error().what, HasSubstr("/no/such/directory"));
}

TEST(Subprocess, LeavesNoDescriptorOpenAndNoInputToWaitFor) {
  const UniqueFd leaking(::dup(STDERR_FILENO));  // without close-on-exec
  // The listing's own descriptor is the fourth.
  EXPECT_EQ(outcome_of(shell("cat; ls /proc/self/fd | wc -l")).out, "4\n");
}

TEST(Subprocess, KeepsNoDescriptorForItself) {
  const auto count = [] {
    return list_directory("/proc/self/fd").value_or(std::vector<std::string>()).size();
  };
  const auto before = count();
  for (int i = 0; i < 20; ++i) {
    outcome_of(shell("echo x"));
    Command absent;
    absent.arguments = {"/no/such/program"};
    EXPECT_FALSE(run_command(absent));
  }
  EXPECT_EQ(count(), before);
}

TEST(Subprocess, StartsWithNoSignalHeldBackOrIgnored) {
  sigset_t held;
  sigset_t before;
  ::sigemptyset(&held);
  ::sigaddset(&held, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &held, &before);
  ::signal(SIGUSR1, SIG_IGN);
  const Outcome outcome = outcome_of(shell("grep -E 'Sig(Blk|Ign)' /proc/self/status"));
  ::signal(SIGUSR1, SIG_DFL);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(outcome.out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(Subprocess, KeepsOutputUpToTheBound) {
  Command command = shell("head -c 300000 /dev/zero; echo end >&2");
  command.output_bound = 1000;
  const Outcome outcome = outcome_of(command);
  EXPECT_EQ(outcome.out.size(), 1000U);
  EXPECT_TRUE(outcome.cut);
  EXPECT_TRUE(outcome.succeeded()) << "what is not kept is read all the same";
  EXPECT_EQ(outcome.err, "end\n");
}

bool is_there(const std::string& pid) {
  const auto status = read_file(fmt::format("/proc/{}/stat", pid));
  return status && status->find(") Z") == std::string::npos;
}

TEST(Subprocess, EndsAtTheDeadlineWithAllThatItStarted) {
  Command command = shell("sleep 60 & echo $!; sleep 60");
  command.deadline = 300ms;
  const auto begin = std::chrono::steady_clock::now();
  const Outcome outcome = outcome_of(command);
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_FALSE(outcome.succeeded());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  const std::string pid = outcome.out.substr(0, outcome.out.find('\n'));
  ASSERT_FALSE(pid.empty());
  EXPECT_TRUE(wait_for([&] { return !is_there(pid); }));
}

TEST(Subprocess, DoesNotWaitForWhatHoldsTheOutputOpen) {
  Command command = shell("setsid sleep 60 & echo $!");
  command.deadline = 20s;
  const auto begin = std::chrono::steady_clock::now();
  const Outcome outcome = outcome_of(command);
  EXPECT_TRUE(outcome.succeeded());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  const pid_t left = std::stoi(outcome.out);
  ::kill(left, SIGKILL);
}

TEST(Subprocess, TakesUserLimitsAndFileMaskOfItsPlace) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may become another user";
  Command command = shell("id -u; id -g; id -G; ulimit -n; umask");
  ProcessPlace place;
  place.user = ProcessUser{33, 34, {34, 35}};
  place.limits = {{RLIMIT_NOFILE, {77, 78}}};
  place.file_mask = mode_t{027};
  EXPECT_EQ(outcome_of(command, place).out, "33\n34\n34 35\n77\n0027\n");
}

TEST(Subprocess, GivesUpTheCapabilitiesThatItsPlaceLacks) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root has capabilities to give up";
  Command command = shell("grep -E 'Cap(Prm|Eff|Bnd)' /proc/self/status");
  ProcessPlace place;
  place.capability_bound = 0x1;
  EXPECT_EQ(outcome_of(command, place).out,
            "CapPrm:\t0000000000000001\nCapEff:\t0000000000000001\nCapBnd:\t0000000000000001\n");
}

TEST(Subprocess, EntersNamespacesAndIsAProcessOfThem) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may enter namespaces";
  // A process in a pid namespace of its own tells its pid there from outside.
  const auto holder = [&] {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::execl("/usr/bin/unshare", "unshare", "--pid", "--fork", "--mount-proc", "--kill-child",
              "/bin/sleep", "20", nullptr);
      ::_exit(127);
    }
    return pid;
  }();
  std::string inner;
  ASSERT_TRUE(wait_for([&] {
    inner = read_file(fmt::format("/proc/{0}/task/{0}/children", holder)).value_or("");
    inner = inner.substr(0, inner.find(' '));
    return !inner.empty() && read_file(fmt::format("/proc/{}/comm", inner)) == "sleep\n";
  }));
  Command inside = shell("echo $$; kill -USR2 $$");
  ProcessPlace place;
  for (const char* name : {"mnt", "pid"})
    place.namespaces.emplace_back(
        ::open(fmt::format("/proc/{}/ns/{}", inner, name).c_str(), O_RDONLY | O_CLOEXEC));
  const Outcome outcome = outcome_of(inside, place);
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  EXPECT_EQ(outcome.out, "2\n");
  EXPECT_EQ(outcome.signal, SIGUSR2);
}

TEST(Subprocess, SaysThatItsCgroupCannotBeJoined) {
  const TempDir dir;
  Command command = shell("echo runs");
  command.cgroups = {{dir / "gone/cgroup.procs"}};
  const Outcome outcome = outcome_of(command);
  EXPECT_EQ(outcome.out, "runs\n");
  ASSERT_EQ(outcome.losses.size(), 1U);
  EXPECT_THAT(outcome.losses.front(), HasSubstr("the agent's own cgroup"));
}

TEST(Subprocess, JoinsTheFirstCgroupThatIsThere) {
  const TempDir dir;
  dir.write("above/cgroup.procs", "");
  Command command = shell("true");
  command.cgroups = {{dir / "gone/cgroup.procs", dir / "above/cgroup.procs"}};
  EXPECT_TRUE(outcome_of(command).losses.empty());
  EXPECT_EQ(read_file(dir / "above/cgroup.procs"), "0");
}

}  // namespace
}  // namespace mpm
