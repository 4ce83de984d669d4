// SPDX-License-Identifier: Apache-2.0
//
// A change loaded and looked at: what the risk said before, and what was seen after.
#include <algorithm>
#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "agent/base/file.h"
#include "agent/scoreboard/process_memory.h"
#include "agent/target/load_watch.h"
#include "agent/target/reload_risk.h"
#include "schema/codec/names.h"
#include "tests/live/driver.h"
#include "tests/live/either_httpd.h"
#include "tests/live/server.h"
#include "tests/support/child.h"
#include "tests/support/loopback.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Load : public testing::TestWithParam<Mpm> {
 protected:
  void start(const std::string& directives) {
    server_ = std::make_unique<PrivateHttpd>(either_httpd(GetParam(), directives));
    driver_ = driver_of(target_named(server_->pid()), clock_);
    eyes_ = std::make_unique<LiveEyes>(
        driver_->target(), ProcFs(),
        EyesOptions{.pid_file = server_->dir() / "httpd.pid", .answer = 1s});
  }
  // Marks, and writes the new configuration.
  void prepare(const std::string& directives, std::vector<ValueChange> changes = {}) {
    auto mark = mark_log(server_->dir() / "error.log");
    ASSERT_TRUE(mark) << mark.error().what;
    mark_ = std::move(*mark);
    watch_.log = &mark_;
    watch_.before = eyes_->look();
    watch_.changes = std::move(changes);
    server_->dir().write("extra.conf", directives);
  }
  LoadSight load(LoadWay way, std::chrono::milliseconds deadline = 20s) {
    const auto report = driver_->load(way);
    EXPECT_TRUE(report) << report.error().what;
    watch_.way = way;
    return look(deadline);
  }
  LoadSight look(std::chrono::milliseconds deadline) {
    watch_.deadline = deadline;
    LoadSight sight = watch_load(watch_, *eyes_, clock_);
    server_->has_pid(sight.after.alive ? sight.after.pid : 0);
    return sight;
  }
  // Also says it in words when it is another.
  static void expect(const LoadSight& sight, LoadEnd end) {
    EXPECT_EQ(sight.end, end) << sight.sentence;
  }
  static Seen seen(const LoadSight& sight, const std::string& directive) {
    for (const ValueEffect& value : sight.effect.values)
      if (value.directive == directive) return value.seen;
    ADD_FAILURE() << directive << " is not among the values";
    return Seen::Unknown;
  }

  SystemClock clock_;
  std::unique_ptr<PrivateHttpd> server_;
  std::unique_ptr<ServerDriver> driver_;
  std::unique_ptr<LiveEyes> eyes_;
  LogMark mark_;
  LoadWatch watch_;
};

std::vector<Mpm> mpms() {
  std::vector<Mpm> all{Mpm::Prefork, Mpm::Worker, Mpm::Event};
  if (!kApache) all.push_back(Mpm::Winnt);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Live, Load, testing::ValuesIn(mpms()), name_of_mpm);

TEST_P(Load, TakesEffectByAGraceful) {
  if (GetParam() == Mpm::Winnt) return;  // it has one process, and no StartServers
  start("StartServers 2\nKeepAliveTimeout 5\n");
  prepare("StartServers 4\nKeepAliveTimeout 2\n",
          {{"StartServers", std::int64_t{2}, std::int64_t{4}},
           {"KeepAliveTimeout", std::int64_t{5}, std::int64_t{2}}});
  const LoadSight sight = load(LoadWay::Graceful);
  expect(sight, LoadEnd::TookEffect);
  EXPECT_EQ(seen(sight, "StartServers"), Seen::InForce);
  EXPECT_EQ(seen(sight, "KeepAliveTimeout"), Seen::Follows);
  EXPECT_FALSE(sight.effect.replaced);
  EXPECT_TRUE(std::ranges::any_of(sight.log, [](const ServerMessage& message) {
    return says_resuming(message.code);
  })) << server_->error_log();
}

TEST_P(Load, ShowsThreadsThatChanged) {
  if (GetParam() == Mpm::Prefork) return;  // it has none
  start("ThreadsPerChild 4\n");
  prepare("ThreadsPerChild 8\n", {{"ThreadsPerChild", std::int64_t{4}, std::int64_t{8}}});
  const LoadSight sight = load(LoadWay::Graceful);
  expect(sight, LoadEnd::TookEffect);
  EXPECT_EQ(seen(sight, "ThreadsPerChild"), Seen::InForce);
}

TEST_P(Load, S17_OfALimitByAReloadIsSeenToBeIgnored) {
  const std::string limit = GetParam() == Mpm::Winnt ? "ThreadLimit" : "ServerLimit";
  start(limit + " 80\n");
  prepare(limit + " 200\n", {{limit, std::int64_t{80}, std::int64_t{200}}});
  const LoadSight reloaded = load(LoadWay::Graceful);
  expect(reloaded, LoadEnd::NotInForce);
  EXPECT_EQ(reloaded.effect.loaded, Seen::InForce);
  EXPECT_THAT(reloaded.sentence, HasSubstr(limit + " 200"));
  const LoadSight started = load(LoadWay::StopStart);
  expect(started, LoadEnd::TookEffect);
  EXPECT_EQ(seen(started, limit), Seen::InForce);
  EXPECT_TRUE(started.effect.replaced);
}

TEST_P(Load, S18_OfABacklogByAReloadIsSeenToBeIgnored) {
  start("");
  prepare("ListenBacklog 100\n", {{"ListenBacklog", std::int64_t{511}, std::int64_t{100}}});
  expect(load(LoadWay::Restart), LoadEnd::NotInForce);
  const LoadSight started = load(LoadWay::StopStart);
  expect(started, LoadEnd::TookEffect);
  EXPECT_EQ(seen(started, "ListenBacklog"), Seen::InForce);
}

TEST_P(Load, S02_OfAnotherMpmNeedsANewParent) {
  start("");
  const Mpm other = GetParam() == Mpm::Event ? Mpm::Worker : Mpm::Event;
  const std::string path = server_->dir() / "httpd.conf";
  std::string text = read_file(path).value_or("");
  const std::string old_name = fmt::format("mpm_{}", name_of(GetParam()));
  const std::string new_name = fmt::format("mpm_{}", name_of(other));
  prepare("");
  for (auto at = text.find(old_name); at != std::string::npos; at = text.find(old_name))
    text.replace(at, old_name.size(), new_name);
  server_->dir().write("httpd.conf", text);
  watch_.configured_mpm = other;
  EXPECT_TRUE(driver_->check()->accepted) << "that is what makes it dangerous";
  const LoadSight started = load(LoadWay::StopStart);
  expect(started, LoadEnd::TookEffect);
  EXPECT_EQ(seen(started, "MPM"), Seen::InForce);
}

TEST_P(Load, OfABrokenConfigurationIsSeenToFail) {
  start("");
  prepare("Nonsense 1\n");
  const LoadSight sight = load(LoadWay::Restart);
  expect(sight, kApache ? LoadEnd::Gone : LoadEnd::NotInForce);
}

TEST_P(Load, ThatHangsIsNoVerdict) {
  start("");
  prepare("");
  ::kill(server_->pid(), SIGSTOP);
  const LoadSight hanging = load(LoadWay::Graceful, 1s);
  ::kill(server_->pid(), SIGCONT);
  expect(hanging, LoadEnd::TimedOut);
  expect(look(20s), LoadEnd::TookEffect);
}

TEST_P(Load, IsFollowedToAParentThatSomebodyElseStarted) {
  start("");
  prepare("");
  server_->stop();
  server_->start();
  const pid_t pid = server_->pid();
  watch_.way = LoadWay::Graceful;
  const LoadSight sight = look(20s);
  expect(sight, LoadEnd::TookEffect);
  EXPECT_TRUE(sight.effect.replaced);
  EXPECT_EQ(sight.after.pid, pid);
}

// Two processes, each with a request that is held, and no third slot.
TEST_P(Load, S10_WithoutRoomIsForetoldAndSeen) {
  if (GetParam() != Mpm::Event) return;  // worker's processes share slots, prefork is like event
  start(
      "ServerLimit 2\nThreadsPerChild 4\nMaxRequestWorkers 8\nStartServers 2\nTimeout 60\n"
      "MinSpareThreads 4\nMaxSpareThreads 8\n");
  const auto work = [&](const char* path) {
    UniqueFd socket = connect_to(server_->port());
    send_text(socket, fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", path));
    return socket;
  };
  // Six requests of 12 s fill more than one process.
  std::vector<UniqueFd> held;
  for (int i = 0; i < 6; ++i)
    held.push_back(work(kApache ? "/lab?sleep=12000" : "/work?sleep=12s"));
  RiskQuestion question;
  question.after = {Mpm::Event, Processes{2}, 4, Workers{8}, Processes{2}, Workers{4}};
  ASSERT_TRUE(wait_for([&] {
    const auto board = ProcessMemorySource(server_->pid()).read();
    if (!board) return false;
    question.board = *board;
    question.now = clock_.now();
    return reload_risk(question).blocked;
  })) << reload_risk(question).busy.value;
  prepare(
      "ServerLimit 2\nThreadsPerChild 4\nMaxRequestWorkers 8\nStartServers 2\n"
      "MinSpareThreads 4\nMaxSpareThreads 8\nKeepAliveTimeout 3\n");
  const LoadSight blocked = load(LoadWay::Graceful, 3s);
  expect(blocked, LoadEnd::TimedOut);
  EXPECT_EQ(blocked.after.answers, false);
  held.clear();
  expect(look(30s), LoadEnd::TookEffect);
}

}  // namespace
}  // namespace mpm
