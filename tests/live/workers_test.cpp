// SPDX-License-Identifier: Apache-2.0
//
// What the workers of a running server do, as the agent tells it: requests that last, from where
// and for whom; who holds the workers; and a server whose slots have no words.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "agent/base/clock.h"
#include "agent/service/routes.h"
#include "schema/codec/json.h"
#include "schema/codec/names.h"
#include "tests/live/either_httpd.h"
#include "tests/support/loopback.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::StartsWith;

// A request of half a minute.
std::string long_request() {
  return fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n\r\n",
                     kApache ? "/lab?sleep=30000" : "/work?sleep=30s");
}

class LiveWorkers : public testing::Test {
 protected:
  LiveWorkers() {
    AgentOptions options;
    options.ephemeral = true;
    options.state = dir_ / "state";
    agent_ = std::move(*Agent::start(options, clock_));
  }
  template <class T>
  T get(const PrivateHttpd& httpd, const std::string& path,
        std::map<std::string, std::string> query = {}) {
    query["target"] = httpd.target();
    const ApiResponse response = respond(*agent_, {"GET", path, std::move(query), {}});
    auto answer = from_json<T>(response.body);
    EXPECT_EQ(response.status, 200) << response.body;
    return answer ? std::move(*answer) : T();
  }
  void hold(const PrivateHttpd& httpd, int count) {
    for (int i = 0; i < count; ++i) {
      held_.push_back(connect_to(httpd.port()));
      send_text(held_.back(), long_request());
    }
    ASSERT_TRUE(wait_for([&] {
      return get<WorkerList>(httpd, "/v1/workers", {{"state", "W"}}).total == count;
    }));
  }

  TempDir dir_;
  SystemClock clock_;
  std::unique_ptr<Agent> agent_;
  std::vector<UniqueFd> held_;
};

TEST_F(LiveWorkers, TellWhatTheyServeAndForWhom) {
  const PrivateHttpd httpd(either_httpd(Mpm::Event, "ServerName shop.example.org\n"));
  hold(httpd, 3);
  const auto list = get<WorkerList>(httpd, "/v1/workers", {{"state", "writing"}});
  EXPECT_EQ(list.missing, "");
  EXPECT_EQ(list.pid, httpd.pid());
  ASSERT_EQ(list.workers.size(), 3U);
  for (const WorkerView& worker : list.workers) {
    EXPECT_TRUE(worker.serving);
    EXPECT_THAT(worker.request, StartsWith(kApache ? "GET /lab?sleep" : "GET /work?sleep"));
    EXPECT_EQ(worker.client, "127.0.0.1");
    EXPECT_THAT(worker.vhost, HasSubstr(std::to_string(httpd.port())));
    EXPECT_EQ(worker.protocol, "http/1.1");
    ASSERT_TRUE(worker.age_seconds);
    EXPECT_GT(*worker.age_seconds, 0);
    EXPECT_LT(*worker.age_seconds, 30);
    EXPECT_GT(worker.pid, httpd.pid());
  }
  const WorkerView& one = list.workers.front();
  const auto of_slot =
      get<WorkerList>(httpd, "/v1/workers", {{"slot", std::to_string(one.slot)}, {"limit", "1"}});
  EXPECT_EQ(of_slot.workers.size(), 1U);
  EXPECT_GT(of_slot.total, 1);
  const auto of_pid = get<WorkerList>(httpd, "/v1/workers", {{"pid", std::to_string(one.pid)}});
  EXPECT_THAT(of_pid.workers, Each(Field("pid", &WorkerView::pid, one.pid)));
}

TEST_F(LiveWorkers, AreHeldByWhoIsNamedFirst) {
  const PrivateHttpd httpd(either_httpd(Mpm::Event));
  hold(httpd, 4);
  const auto report = get<TopReport>(httpd, "/v1/top", {{"limit", "2"}});
  ASSERT_TRUE(report.span_seconds);
  ASSERT_EQ(report.clients.foremost.size(), 1U);
  EXPECT_EQ(report.clients.foremost[0].name, "127.0.0.1");
  EXPECT_EQ(report.clients.foremost[0].busy, 4);
  EXPECT_EQ(report.vhosts.foremost.at(0).busy, 4);
  EXPECT_EQ(report.oldest.size(), 2U);
  EXPECT_GE(*report.oldest[0].age_seconds, *report.oldest[1].age_seconds);
  EXPECT_EQ(report.status.workers.busy, 4);
  EXPECT_EQ(report.status.pid, httpd.pid());
  EXPECT_TRUE(wait_for([&] { return !get<TopReport>(httpd, "/v1/top").processes.empty(); }))
      << "the first sweep of its memory";
}

TEST_F(LiveWorkers, SayWhatIsMissingWhereTheSlotsHaveNoWords) {
  const PrivateHttpd httpd(either_httpd(Mpm::Event, "ExtendedStatus Off\n"));
  hold(httpd, 1);
  const auto list = get<WorkerList>(httpd, "/v1/workers", {{"state", "busy"}});
  ASSERT_EQ(list.workers.size(), 1U);
  EXPECT_EQ(list.workers[0].request, "");
  EXPECT_FALSE(list.workers[0].age_seconds);
  EXPECT_THAT(list.missing,
              HasSubstr(fmt::format("mpmctl apply ExtendedStatus=On :{}", httpd.port())));
  EXPECT_THAT(get<TopReport>(httpd, "/v1/top").missing, HasSubstr("ExtendedStatus is Off"));
}

// What the simulator goes by: children that were started together end together at their
// MaxConnectionsPerChild.
TEST_F(LiveWorkers, OfPreforkThatAreIdleGetConnectionsInTurn) {
  constexpr int kChildren = 8;
  constexpr int kRounds = 10;
  const PrivateHttpd httpd(either_httpd(Mpm::Prefork,
                                        "StartServers 8\nMinSpareServers 8\nMaxSpareServers 16\n"
                                        "MaxRequestWorkers 8\nKeepAlive Off\n"));
  const auto list = [&] { return get<WorkerList>(httpd, "/v1/workers", {{"state", "_"}}).workers; };
  const auto all_idle = [&] { return wait_for([&] { return list().size() == kChildren; }); };
  ASSERT_TRUE(all_idle());
  std::map<std::int32_t, std::int64_t> served;
  for (const WorkerView& worker : list())
    served[worker.slot] = -worker.accesses;
  for (int i = 0; i < kChildren * kRounds; ++i) {
    ASSERT_EQ(get_status(httpd.port(), "/", std::chrono::seconds(5)), 200);
    // Who comes back to accept while one is being woken takes its connection.
    ASSERT_TRUE(all_idle());
  }
  for (const WorkerView& worker : list())
    EXPECT_NEAR(static_cast<double>(served[worker.slot] + worker.accesses), kRounds, 2)
        << "slot " << worker.slot;
}

// One is its connection's first request, the other its second.
TEST_F(LiveWorkers, OfEveryMpmTellWhichRequestIsTheFirstOfItsConnection) {
  for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event}) {
    const PrivateHttpd httpd(either_httpd(mpm));
    const UniqueFd again = connect_to(httpd.port());
    send_text(again, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_THAT(receive(again, std::chrono::seconds(5)), HasSubstr("200 OK"));
    const UniqueFd first = connect_to(httpd.port());
    for (const UniqueFd* connection : {&again, &first})
      send_text(*connection, long_request());
    Work work;
    ASSERT_TRUE(wait_for([&] {
      const auto list = get<SampleList>(httpd, "/v1/samples");
      if (!list.samples.empty()) work = list.samples.back().work;
      return work.running == 2;
    })) << name_of(mpm);
    EXPECT_EQ(work.running_first, 1) << name_of(mpm);
  }
}

}  // namespace
}  // namespace mpm
