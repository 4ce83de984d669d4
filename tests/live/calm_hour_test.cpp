// SPDX-License-Identifier: Apache-2.0
//
// A reload of a busy server, asked about before it is done: the agent that runs as a service
// remembers the days before, and mpmctl offers the hour in which fewest are in the way.
#include <chrono>
#include <ctime>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "agent/base/clock.h"
#include "agent/history/history.h"
#include "tests/live/either_httpd.h"
#include "tests/live/mpmctl.h"
#include "tests/live/server.h"
#include "tests/support/bytes_of.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

int local_hour(Instant at) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  std::tm local{};
  localtime_r(&seconds, &local);
  return local.tm_hour;
}

class CalmHour : public testing::Test {
 protected:
  CalmHour()
      : server_(either_httpd(Mpm::Event,
                             "StartServers 1\nThreadsPerChild 4\nMinSpareThreads 4\n"
                             "MaxSpareThreads 16\nMaxRequestWorkers 16\n")) {}

  // One busy worker in the quiet hour, and forty in all others, for a day and a half.
  void remember() const {
    const Json found = ask({"targets"});
    std::string name;
    for (const Json& entry : found["targets"])
      if (const Json& target = entry["target"]; target["pid"] == server_.pid())
        name = fmt::format("{}:{} {}", target["listeners"][0]["address"].get<std::string>(),
                           server_.port(), target["config_file"].get<std::string>());
    ASSERT_FALSE(name.empty()) << found.dump(2);
    std::vector<StoredSample> samples;
    for (Instant at = begun_ - 36h; at < begun_; at += 2s) {
      Sample sample;
      sample.at = at;
      sample.pid = server_.pid();
      sample.restarted = begun_ - 48h;
      sample.worker_limit = 64;
      sample.tally.busy = local_hour(at) == quiet_hour_ ? 1 : 40;
      samples.push_back({name, std::move(sample)});
    }
    auto history = History::open(dir_ / "history.db");
    ASSERT_TRUE(history) << history.error().what;
    ASSERT_TRUE(history->append(samples));
    ASSERT_TRUE(history->roll_up(begun_));
  }

  void hold_workers() {
    const std::string path = kApache ? "/lab?sleep=60000" : "/work?sleep=60s";
    for (int i = 0; i < 8; ++i) {
      held_.push_back(connect_to(server_.port()));
      send_text(held_.back(), get(path));
    }
    EXPECT_TRUE(wait_for(
        [&] { return status_of(fmt::format(":{}", server_.port()))["workers"]["busy"] >= 8; }));
  }

  // What is said before anybody says yes.
  std::string proposed() const {
    const Finished finished =
        mpmctl({"apply", fmt::format(":{}", server_.port()), "MaxRequestWorkers=12", "--agent",
                dir_ / "agent.sock", "--state", dir_ / "state"});
    return finished.out + finished.err;
  }

  const Instant begun_ = SystemClock().now();
  // Half a day from now, so that now is none of it.
  const int quiet_hour_ = local_hour(begun_ + 12h);
  const PrivateHttpd server_;
  const TempDir dir_;
  std::vector<UniqueFd> held_;
};

TEST_F(CalmHour, IsOfferedOutOfTheHistoryOfTheService) {
  remember();
  const Background service({MPM_AGENT, "--socket", dir_ / "agent.sock", "--history",
                            dir_ / "history.db", "--state", dir_ / "service"});
  ASSERT_TRUE(wait_for([&] {
    return run({MPM_CTL, "--agent", dir_ / "agent.sock", "history",
                fmt::format(":{}", server_.port()), "--json"})
               .status == 0;
  }));
  hold_workers();
  const std::string before = bytes_of(server_.extra_conf());
  EXPECT_THAT(proposed(), HasSubstr(fmt::format(
                              "The calmest hour is {:02}:00 to {:02}:00, with 1 busy on average",
                              quiet_hour_, (quiet_hour_ + 1) % 24)));
  EXPECT_EQ(bytes_of(server_.extra_conf()), before);
}

TEST_F(CalmHour, IsNotSpokenOfWhereNobodyRemembers) {
  hold_workers();
  const std::string said = proposed();
  EXPECT_THAT(said, HasSubstr("nobody accepts connections"));
  EXPECT_THAT(said, Not(HasSubstr("calmest")));
}

}  // namespace
}  // namespace mpm
