// SPDX-License-Identifier: Apache-2.0
//
// The whole of it as it is installed: an agent that runs as a user of its own with the rights of
// its unit, the hand that runs as root, and somebody in the hand's group who is neither. A server
// whose workers wait for clients that say nothing is changed by what is proposed, and by nothing
// else; and a hand that is killed in the middle takes the change back when it is started again.
#include <csignal>
#include <filesystem>
#include <future>
#include <optional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "cli/idle_connections.h"
#include "tests/live/mpmctl.h"
#include "tests/live/server.h"
#include "tests/live/unit_rights.h"
#include "tests/support/bytes_of.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Users that every Debian has: one whose group is the hand's, one who is in no group of ours, and
// the agent's.
constexpr int kOperator = 2;  // bin
constexpr int kStranger = 3;  // sys
constexpr const char* kOperators = "bin";
constexpr const char* kAgentsUser = "nobody";

class WithAHand : public testing::Test {
 protected:
  WithAHand()
      : server_(builtin_httpd(Mpm::Worker,
                              "StartServers 2\nThreadsPerChild 4\nMinSpareThreads 4\n"
                              "MaxSpareThreads 9\nMaxRequestWorkers 8\nKeepAliveTimeout 300\n")),
        before_(bytes_of(server_.extra_conf())),
        crowd_({.port = server_.port(), .count = 6}),
        agent_(capabilities_of_unit()) {
    std::filesystem::permissions(dir_.path(), std::filesystem::perms(0755));
    start_hand();
  }

  void start_hand() {
    hand_.emplace(
        std::vector<std::string>{MPM_AGENT, "--hand", "--socket", dir_ / "hand.sock", "--group",
                                 kOperators, "--state", dir_ / "state", "--service",
                                 agent_.socket(), "--service-user", kAgentsUser},
        dir_ / "hand.log");
    ASSERT_TRUE(wait_for([&] { return answers(); }, 60s)) << bytes_of(dir_ / "hand.log");
  }
  void kill_hand() const { ::kill(hand_->pid(), SIGKILL); }
  // And not an agent of mpmctl's own in its place.
  bool answers() const {
    const Finished asked = ask_hand({"--verbose", "changes"});
    return asked.status == 0 && asked.err.find("the hand at") != std::string::npos;
  }

  Finished ask_hand(std::vector<std::string> words, int user = kOperator) const {
    words.insert(words.begin(),
                 {MPM_CTL, "--hand", dir_ / "hand.sock", "--agent", agent_.socket()});
    return run(words, {.deadline = 280s, .user = user});
  }
  // Of the server under test, which may not be the only one of the host.
  Finished apply(std::vector<std::string> words) const {
    words.insert(words.begin(), "apply");
    words.push_back(fmt::format(":{}", server_.port()));
    return ask_hand(std::move(words));
  }
  // What is proposed, as soon as it is and the server still is as at first.
  Json proposed() const {
    Json plan;
    EXPECT_TRUE(wait_for(
        [&] {
          plan = Json::parse(apply({"--json"}).out, nullptr, false);
          return plan.contains("plan") && plan["refusal"] == "";
        },
        60s))
        << plan.dump(2);
    return plan;
  }
  bool is_as_before() const { return bytes_of(server_.extra_conf()) == before_; }
  std::int64_t timeout() const {
    const Json settings = ask({"config", "show", fmt::format(":{}", server_.port())});
    return setting(settings, "KeepAliveTimeout")["effective"];
  }
  Json newest() const {
    const Json list = Json::parse(ask_hand({"--json", "changes"}).out, nullptr, false);
    if (!list.contains("changes") || list["changes"].empty()) return {};
    return list["changes"][0];
  }

  const TempDir dir_;
  const PrivateHttpd server_;
  const std::string before_;
  const IdleCrowd crowd_;
  const UnitsAgent agent_;
  std::optional<Background> hand_;
};

TEST_F(WithAHand, IsChangedByWhatIsProposedAndBack) {
  proposed();
  const Finished made = apply({"--yes", "--json", "--watch", "60s"});
  ASSERT_EQ(made.status, 0) << made.out << made.err;
  const Json record = Json::parse(made.out, nullptr, false);
  EXPECT_EQ(record["steps"].back()["phase"], "kept") << made.out;
  EXPECT_EQ(record["asked_by"], "bin");
  EXPECT_LT(timeout(), 10) << "of 300";
  EXPECT_THAT(ask_hand({"show", std::to_string(record["id"].get<int>())}).out,
              HasSubstr("The hand made it for bin."));

  // The journal is root's own.
  EXPECT_THAT(mpmctl({"changes", "--state", dir_ / "state"}).out, HasSubstr("KeepAliveTimeout"));

  const Finished undone = ask_hand({"undo", "--yes", "--watch", "0"});
  EXPECT_EQ(undone.status, 0) << undone.err;
  EXPECT_TRUE(is_as_before());
  EXPECT_EQ(timeout(), 300);
}

TEST_F(WithAHand, IsNotChangedByAnythingElse) {
  proposed();
  // What is proposed moves while one looks, so the one is on the other side, and the other between.
  const Finished further = apply({"KeepAliveTimeout=301", "--yes"});
  EXPECT_EQ(further.status, 4) << further.out;
  EXPECT_THAT(further.err, HasSubstr("is not what is proposed for httpd"));
  EXPECT_THAT(further.err, HasSubstr("sudo mpmctl apply"));
  const Finished other = apply({"KeepAliveTimeout=150", "MaxRequestWorkers=12", "--yes"});
  EXPECT_EQ(other.status, 4) << other.out;
  EXPECT_THAT(other.err, HasSubstr("is not among what is proposed"));
  EXPECT_EQ(apply({"--mpm", "event", "--allow", "stop-start", "--yes"}).status, 4);
  EXPECT_EQ(apply({"--yes", "--watch", "0"}).status, 4);
  EXPECT_EQ(ask_hand({"undo", "--yes"}).status, 2) << "there is nothing";

  // Who is not in the group hears how to get in, and goes on with rights of their own.
  const Finished stranger =
      ask_hand({"apply", "--yes", "--for", "1s", fmt::format(":{}", server_.port())}, kStranger);
  EXPECT_NE(stranger.status, 0);
  EXPECT_THAT(stranger.err, HasSubstr("usermod --append --groups mpm-operator"));

  // What root changed is root's to take back.
  const Finished roots = mpmctl({"apply", "Timeout=50", "--yes", "--watch", "0", "--state",
                                 dir_ / "state", fmt::format(":{}", server_.port())},
                                {.deadline = 60s});
  ASSERT_EQ(roots.status, 0) << roots.err;
  const Finished undone = ask_hand({"undo", "--yes"});
  EXPECT_EQ(undone.status, 4) << undone.out;
  EXPECT_THAT(undone.err, HasSubstr("is not one that the hand made"));
  EXPECT_EQ(timeout(), 300);
}

TEST_F(WithAHand, IsTakenBackWhenTheHandWasKilled) {
  proposed();
  auto applied = std::async(std::launch::async, [this] { return apply({"--yes"}); });
  const auto is_watched = [&] { return newest()["phase"] == "verified"; };
  ASSERT_TRUE(wait_for(is_watched, 120s)) << newest().dump(2);
  EXPECT_FALSE(is_as_before());
  kill_hand();
  EXPECT_EQ(applied.get().status, 3);
  EXPECT_FALSE(is_as_before());
  start_hand();
  EXPECT_EQ(newest()["phase"], "undone");
  EXPECT_TRUE(is_as_before());
  EXPECT_EQ(timeout(), 300);
}

// Whoever is listening there in the agent's place proposes in vain.
TEST_F(WithAHand, BelievesNobodyButTheAgent) {
  hand_.reset();
  hand_.emplace(std::vector<std::string>{MPM_AGENT, "--hand", "--socket", dir_ / "hand.sock",
                                         "--group", kOperators, "--state", dir_ / "state",
                                         "--service", agent_.socket(), "--service-user", "sys"});
  ASSERT_TRUE(wait_for([&] { return answers(); }, 60s));
  const Finished made = apply({"KeepAliveTimeout=2", "--yes"});
  EXPECT_EQ(made.status, 4) << made.out;
  EXPECT_THAT(made.err, HasSubstr("and not the agent's own user"));
  EXPECT_TRUE(is_as_before());
}

}  // namespace
}  // namespace mpm
