// SPDX-License-Identifier: Apache-2.0
//
// The hand as systemd starts it: on a socket that is passed on, for those who wait there, until it
// is idle; and what it says when it cannot start.
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "agent/service/listening.h"
#include "agent/service/service_client.h"
#include "schema/codec/routes.h"
#include "schema/model/messages.h"
#include "tests/support/child.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class HandProgram : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "the hand is root's";
  }
  std::vector<std::string> command(std::vector<std::string> more) const {
    std::vector<std::string> words{MPM_AGENT,        "--hand",     "--group", "root",
                                   "--service-user", "nobody",     "--state", dir_ / "state",
                                   "--service",      dir_ / "none"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  // As sd_listen_fds(3) has it: the descriptor 3 of the process that LISTEN_PID names.
  std::vector<std::string> passed(int socket, const std::vector<std::string>& more) const {
    std::vector<std::string> words{
        "bash", "-c",
        fmt::format("exec 3<&{} {}<&-; export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$@\"", socket,
                    socket),
        "bash"};
    const auto rest = command(more);
    words.insert(words.end(), rest.begin(), rest.end());
    return words;
  }
  // A listening socket that a child inherits.
  UniqueFd listening() const {
    auto socket = listen_on_path(dir_ / "hand.sock", std::nullopt);
    EXPECT_TRUE(socket);
    const UniqueFd closed_on_exec = std::move(*socket);
    return UniqueFd(::dup(closed_on_exec.get()));
  }
  Result<HealthReport> health() const {
    return ask_service_for<HealthReport>({dir_ / "hand.sock", std::nullopt},
                                         std::string(route::kHealth.path), 10s);
  }

  const TempDir dir_;
};

TEST_F(HandProgram, ServesASocketThatIsPassedOnAndEndsWhenIdle) {
  const UniqueFd socket = listening();
  for (int time = 1; time <= 2; ++time) {
    std::optional<Finished> finished;
    // Who comes before it is there waits in the socket.
    std::thread hand([&] { finished = run(passed(socket.get(), {"--idle", "1"})); });
    const auto report = health();
    hand.join();
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_EQ(finished->status, 0) << finished->err;
    EXPECT_GE(finished->seconds, 1.0);
    EXPECT_TRUE(std::filesystem::exists(dir_ / "hand.sock")) << "systemd's to remove";
  }
}

TEST_F(HandProgram, ListensByItselfUntilItIsToldToEnd) {
  Background hand(command({"--socket", dir_ / "hand.sock", "--idle", "1"}), dir_ / "log");
  ASSERT_TRUE(wait_for([&] { return static_cast<bool>(health()); }));
  const auto mode = std::filesystem::status(dir_ / "hand.sock").permissions();
  EXPECT_EQ(mode, std::filesystem::perms(0660));
  hand.end();
  EXPECT_FALSE(std::filesystem::exists(dir_ / "hand.sock"));
}

TEST_F(HandProgram, SaysWhatIsMissing) {
  const Finished group = run({MPM_AGENT, "--hand", "--group", "no-such-group"});
  EXPECT_EQ(group.status, 1);
  EXPECT_THAT(group.err, HasSubstr("there is no group no-such-group"));
  const Finished user =
      run({MPM_AGENT, "--hand", "--group", "root", "--service-user", "no-such-user"});
  EXPECT_EQ(user.status, 1);
  EXPECT_THAT(user.err, HasSubstr("there is no user no-such-user"));
  const Finished other = run({MPM_AGENT, "--hand"}, {.user = 65534});
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.err, HasSubstr("systemctl enable --now mpm-hand"));
  // A file is no socket.
  dir_.write("file", "");
  const UniqueFd file(::open((dir_ / "file").c_str(), O_RDONLY));
  const Finished wrong = run(passed(file.get(), {}));
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("systemd passed 1 sockets on"));
}

}  // namespace
}  // namespace mpm
