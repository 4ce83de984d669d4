// SPDX-License-Identifier: Apache-2.0
//
// Changes of servers that run, made, watched and taken back by mpmctl as an administrator would:
// mpm-httpd, and Debian's httpd under each of its MPMs.
#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "agent/history/journal.h"
#include "cli/load.h"
#include "tests/live/either_httpd.h"
#include "tests/live/mpmctl.h"
#include "tests/live/server.h"
#include "tests/support/bytes_of.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Sixteen workers, four a process where there are threads.
std::string pool(Mpm mpm, int workers) {
  if (mpm == Mpm::Prefork)
    return fmt::format(
        "StartServers {0}\nMinSpareServers 2\nMaxSpareServers 16\nMaxRequestWorkers {0}\n",
        workers);
  return fmt::format(
      "StartServers {}\nThreadsPerChild 4\nMinSpareThreads 4\nMaxSpareThreads 16\n"
      "MaxRequestWorkers {}\n",
      workers / 4, workers);
}

// A request that holds a worker for 50 ms.
std::string slow_path() {
  return kApache ? "/lab?sleep=50" : "/work?sleep=50ms";
}

// What mpmctl is told in each call: which server, and a journal of the test's own.
class Journalled {
 public:
  explicit Journalled(const PrivateHttpd& server) : server_(server) {}

  Finished apply(std::vector<std::string> words) const {
    words.insert(words.begin(), "apply");
    words.push_back(fmt::format(":{}", server_.port()));
    return with_state(std::move(words));
  }
  Finished undo(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), "undo");
    return with_state(std::move(words));
  }
  Finished with_state(std::vector<std::string> words) const {
    words.insert(words.end(), {"--state", state_ / "state"});
    return mpmctl(std::move(words), {.deadline = 300s});
  }
  std::string state() const { return state_ / "state"; }
  Json record(const Finished& finished) const {
    Json record = Json::parse(finished.out, nullptr, false);
    EXPECT_FALSE(record.is_discarded()) << finished.out << finished.err;
    return record;
  }

 private:
  const PrivateHttpd& server_;
  const TempDir state_;
};

std::string phase_of(const Json& record) {
  return record["steps"].back()["phase"];
}

std::int64_t limit_of(const PrivateHttpd& server) {
  return status_of(fmt::format(":{}", server.port()))["workers"]["limit"];
}

class AppliedChange : public testing::TestWithParam<Mpm> {};
INSTANTIATE_TEST_SUITE_P(Live, AppliedChange,
                         testing::Values(Mpm::Prefork, Mpm::Worker, Mpm::Event), name_of_mpm);

TEST_P(AppliedChange, IsInForceAndUndoneToTheVeryBytes) {
  const PrivateHttpd server(either_httpd(GetParam(), pool(GetParam(), 16)));
  const std::string before = bytes_of(server.extra_conf());
  const Journalled cli(server);

  const Finished shown = cli.apply({"MaxRequestWorkers=12"});
  EXPECT_EQ(shown.status, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("Nothing was changed"));
  EXPECT_EQ(bytes_of(server.extra_conf()), before);

  const Finished made = cli.apply({"MaxRequestWorkers=12", "--yes", "--watch", "0", "--json"});
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(phase_of(cli.record(made)), "kept");
  EXPECT_EQ(limit_of(server), 12);
  EXPECT_NE(bytes_of(server.extra_conf()), before);

  const Finished again = cli.apply({"MaxRequestWorkers=12", "--yes"});
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.out, HasSubstr("It is so already"));

  EXPECT_EQ(cli.undo().status, 2) << "nobody can be asked";
  EXPECT_EQ(limit_of(server), 12);

  const Finished undone = cli.undo({"--yes", "--watch", "0", "--json"});
  EXPECT_EQ(undone.status, 0) << undone.err;
  EXPECT_EQ(phase_of(cli.record(undone)), "kept");
  EXPECT_EQ(limit_of(server), 16);
  EXPECT_EQ(bytes_of(server.extra_conf()), before);
  EXPECT_EQ(cli.undo({"--yes"}).status, 2) << "there is nothing more to take back";

  const Finished list = cli.with_state({"changes", "--json"});
  EXPECT_EQ(cli.record(list)["changes"].size(), 2U);
  const Finished story = cli.with_state({"show", "1"});
  EXPECT_THAT(story.out, HasSubstr("MaxRequestWorkers"));
  EXPECT_THAT(story.out, HasSubstr("It was kept"));
}

TEST(Apply, TakesWhatFollowsAnUnsetDirectiveForTheServer) {
  const Finished other = mpmctl({"apply", "--unset", "MaxRequestWorkers", ":1"});
  EXPECT_EQ(other.status, 3) << other.out;
  EXPECT_THAT(other.err, HasSubstr("port 1 "));
  const Finished no_value = mpmctl({"apply", "MaxRequestWorkers"});
  EXPECT_EQ(no_value.status, 2);
  EXPECT_THAT(no_value.err, HasSubstr("MaxRequestWorkers=VALUE"));
}

// Written over, a change that is under way could not be taken back.
TEST_P(AppliedChange, LetsNobodyWriteTheConfigurationMeanwhile) {
  const PrivateHttpd server(either_httpd(GetParam(), pool(GetParam(), 16)));
  const Journalled cli(server);
  const auto lock = ChangeLock::take(cli.state());
  ASSERT_TRUE(lock);
  const Finished written = cli.with_state(
      {"config", "set", "MaxRequestWorkers=12", fmt::format(":{}", server.port()), "--write"});
  EXPECT_EQ(written.status, 4);
  EXPECT_THAT(written.err, HasSubstr("Another change is under way"));
}

// Somebody writes and does not reload; by the time of the file, more than the clocks' slack later.
void write_unloaded(const PrivateHttpd& server) {
  server.dir().write("extra.conf",
                     bytes_of(server.extra_conf()) + "# somebody's\nKeepAliveTimeout 7\n");
  ASSERT_EQ(run({"touch", "-d", "+1 minute", server.extra_conf()}).status, 0);
}

TEST_P(AppliedChange, SaysWhatSomebodyElseWroteBeforeItIsLoadedToo) {
  const PrivateHttpd server(either_httpd(GetParam(), pool(GetParam(), 16)));
  const Journalled cli(server);
  const Json clean = cli.record(cli.apply({"MaxRequestWorkers=12", "--json"}));
  EXPECT_TRUE(clean["unloaded"].empty()) << clean.dump(2);
  write_unloaded(server);

  const Json plan = cli.record(cli.apply({"MaxRequestWorkers=12", "--json"}));
  ASSERT_EQ(plan["unloaded"].size(), 1U) << plan.dump(2);
  EXPECT_THAT(std::string(plan["unloaded"][0]), HasSubstr(server.extra_conf() + " is newer"));
  const Finished shown = cli.apply({"MaxRequestWorkers=12"});
  EXPECT_THAT(shown.out, HasSubstr("What it loads besides"));
  EXPECT_THAT(shown.out, HasSubstr("Nothing was changed"));

  const Finished made = cli.apply({"MaxRequestWorkers=12", "--yes", "--watch", "0", "--json"});
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_THAT(made.err, HasSubstr("is newer than the server's last start or reload"));
  EXPECT_THAT(cli.record(made)["plan"]["remarks"].dump(), HasSubstr("is newer"));
}

TEST_P(AppliedChange, IsNotTakenBackOverWhatWasSetSince) {
  const PrivateHttpd server(either_httpd(GetParam(), pool(GetParam(), 16)));
  const std::string before = bytes_of(server.extra_conf());
  const Journalled cli(server);
  for (const char* value : {"MaxRequestWorkers=12", "MaxRequestWorkers=8"})
    ASSERT_EQ(cli.apply({value, "--yes", "--watch", "0"}).status, 0);
  const Finished refused = cli.undo({"1", "--yes", "--watch", "0"});
  EXPECT_EQ(refused.status, 4) << refused.out;
  EXPECT_THAT(refused.err, HasSubstr("Change 1 left MaxRequestWorkers 12, and now it is 8"));
  EXPECT_THAT(refused.err, HasSubstr("mpmctl undo 2"));
  EXPECT_EQ(limit_of(server), 8);
  for (const char* id : {"2", "1"})
    EXPECT_EQ(cli.undo({id, "--yes", "--watch", "0"}).status, 0);
  EXPECT_EQ(limit_of(server), 16);
  EXPECT_EQ(bytes_of(server.extra_conf()), before);
}

// S-17: httpd ignores a new ServerLimit over every reload.
TEST_P(AppliedChange, StopsAndStartsOnlyWhenThatIsAllowed) {
  const PrivateHttpd server(either_httpd(GetParam(), pool(GetParam(), 16)));
  const std::string before = bytes_of(server.extra_conf());
  const Journalled cli(server);
  const Finished refused = cli.apply({"ServerLimit=20", "--yes", "--watch", "0"});
  EXPECT_EQ(refused.status, 4);
  EXPECT_THAT(refused.err, HasSubstr("--allow stop-start"));
  EXPECT_EQ(bytes_of(server.extra_conf()), before);
  EXPECT_FALSE(has_ended(server.pid()));

  const Finished made =
      cli.apply({"ServerLimit=20", "--yes", "--watch", "0", "--allow", "stop-start", "--json"});
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(phase_of(cli.record(made)), "kept");
  EXPECT_TRUE(has_ended(server.pid()));
  EXPECT_EQ(get_status(server.port(), "/", 5s), 200);
  const Json settings = ask({"config", "show", fmt::format(":{}", server.port())});
  EXPECT_EQ(setting(settings, "ServerLimit")["effective"], 20);
}

TEST_P(AppliedChange, SwitchesTheMpmAndBack) {
  const Mpm other = GetParam() == Mpm::Worker ? Mpm::Event : Mpm::Worker;
  const PrivateHttpd server(either_httpd(GetParam(), "MaxRequestWorkers 16\n"));
  const std::string before = bytes_of(server.dir() / "httpd.conf");
  const Journalled cli(server);
  const std::string name = other == Mpm::Event ? "event" : "worker";
  const Finished made =
      cli.apply({"--mpm", name, "--yes", "--watch", "0", "--allow", "stop-start", "--json"});
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(status_of(fmt::format(":{}", server.port()))["mpm"], name) << made.err;
  const Finished back = cli.undo({"--yes", "--watch", "0", "--allow", "stop-start", "--json"});
  EXPECT_EQ(back.status, 0) << back.err;
  EXPECT_EQ(bytes_of(server.dir() / "httpd.conf"), before);
  EXPECT_EQ(get_status(server.port(), "/", 5s), 200);
}

// Each under a load of its own, all at once: they mostly wait.
template <class Story>
void tell_under_each_mpm(const Story& story) {
  std::vector<Mpm> mpms{Mpm::Event};
  if (kApache) mpms = {Mpm::Prefork, Mpm::Worker, Mpm::Event};
  std::vector<std::future<void>> stories;
  for (const Mpm mpm : mpms)
    stories.push_back(std::async(std::launch::async, [&story, mpm] { story(mpm); }));
  for (auto& each : stories)
    each.get();
}

TEST(AppliedChangeUnderLoad, ThatMakesItWorseIsUndoneWithinAMinute) {
  tell_under_each_mpm([](Mpm mpm) {
    const PrivateHttpd server(either_httpd(mpm, pool(mpm, 16)));
    const std::string before = bytes_of(server.extra_conf());
    // Four workers can take 80 a second.
    Load load({.port = server.port(), .path = slow_path(), .per_second = 120, .span = 240s});
    const Journalled cli(server);
    const Finished made = cli.apply({"MaxRequestWorkers=4", "--yes", "--json"});
    load.stop();
    EXPECT_EQ(made.status, 1) << made.err;
    const Json record = cli.record(made);
    EXPECT_EQ(phase_of(record), "undone") << made.err;
    ASSERT_TRUE(record["watch"].is_object()) << made.err;
    EXPECT_EQ(record["watch"]["verdict"], "undo") << made.err;
    EXPECT_LE(record["watch"]["seconds"], 60.0);
    EXPECT_EQ(bytes_of(server.extra_conf()), before);
    EXPECT_EQ(limit_of(server), 16);
  });
}

TEST(AppliedChangeUnderLoad, ThatHelpsIsKeptAndFailsNoRequest) {
  tell_under_each_mpm([](Mpm mpm) {
    const PrivateHttpd server(either_httpd(mpm, pool(mpm, 4)));
    // Half of what four workers can take, so that nobody waits long enough to give up.
    Load load({.port = server.port(), .path = slow_path(), .per_second = 40, .span = 240s});
    const Journalled cli(server);
    const Finished made = cli.apply({"MaxRequestWorkers=16", "--yes", "--watch", "20s", "--json"});
    const LoadResult result = load.stop();
    EXPECT_EQ(made.status, 0) << made.err;
    EXPECT_EQ(phase_of(cli.record(made)), "kept") << made.err;
    EXPECT_EQ(limit_of(server), 16);
    EXPECT_EQ(result.failed, 0) << "of " << result.begun;
    EXPECT_GT(result.answered, 500);
  });
}

TEST(AppliedChangeOfPhp, ToAThreadedMpmIsRefusedWithTheReason) {
  if (!kApache) return;
  HttpdOptions options = either_httpd(Mpm::Prefork, "MaxRequestWorkers 16\n");
  options.php = true;
  const PrivateHttpd server(options);
  const Journalled cli(server);
  const Finished refused =
      cli.apply({"--mpm", "event", "--yes", "--watch", "0", "--allow", "stop-start"});
  EXPECT_EQ(refused.status, 4) << refused.out;
  EXPECT_THAT(refused.err, HasSubstr("php"));
  EXPECT_FALSE(has_ended(server.pid()));
}

}  // namespace
}  // namespace mpm
