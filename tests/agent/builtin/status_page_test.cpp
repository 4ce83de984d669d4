// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/status_page.h"

#include <cstdlib>
#include <ctime>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "agent/scoreboard/status_page.h"

namespace mpm::builtin {
namespace {

using testing::Contains;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kRestart = 1795428000 * kSecond;  // 2026-11-23T10:00:00Z
constexpr std::int64_t kNow = kRestart + 100 * kSecond;

// Two children of three threads where there may be three of four, and a slot for a fourth child.
class StatusPage : public testing::Test {
 protected:
  StatusPage() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    settings_.pool.mpm = Mpm::Event;
    settings_.pool.max_children = 3;
    settings_.pool.threads_per_child = 3;
    facts_.server_name = "www.example.org";
    facts_.server_version = "Apache/2.4.71 (mpm-httpd/0.1.0)";
    facts_.server_built = "2026-11-23T00:00:00";
    facts_.now_us = kNow;
    facts_.load = {0.125, 1, 10.5};
    board_.global().restart_time = kRestart;
    for (const std::int32_t slot : {0, 1}) {
      board_.process(slot).pid = 700 + slot;
      for (const std::int32_t thread : {0, 1, 2})
        put_state(board_.worker(slot, thread), WorkerState::Ready);
    }
  }

  // A thread that served `count` requests.
  WorkerSlot& serve(std::int32_t slot, std::int32_t thread, int count, std::int64_t bytes) {
    WorkerSlot& worker = board_.worker(slot, thread);
    for (int i = 0; i < count; ++i) {
      begin_request(worker, {"192.0.2.1", "GET / HTTP/1.1", "www.example.org:80", "http/1.1"},
                    kNow - 3 * kSecond);
      end_request(worker, bytes, kNow - 2 * kSecond - kSecond / 2, {});
    }
    return worker;
  }

  std::string text() const { return status_text(board_, settings_, facts_); }
  std::string html(std::string_view query = {}) const {
    return status_html(board_, settings_, facts_, status_query(query));
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> result;
    std::istringstream page(text());
    for (std::string line; std::getline(page, line);)
      result.push_back(line);
    return result;
  }
  // The first line is no field.
  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const std::string& line : lines())
      result.push_back(line.substr(0, line.find(':')));
    result.erase(result.begin());
    return result;
  }

  SharedScoreboard board_ = SharedScoreboard::create({.servers = 4, .threads = 4}).value();
  Settings settings_;
  StatusFacts facts_;
};

const std::vector<std::string> kServer{"ServerVersion",
                                       "ServerMPM",
                                       "Server Built",
                                       "CurrentTime",
                                       "RestartTime",
                                       "ParentServerConfigGeneration",
                                       "ParentServerMPMGeneration",
                                       "ServerUptimeSeconds",
                                       "ServerUptime",
                                       "Load1",
                                       "Load5",
                                       "Load15"};
const std::vector<std::string> kTotals{"Total Accesses",   "Total kBytes", "Total Duration",
                                       "CPUUser",          "CPUSystem",    "CPUChildrenUser",
                                       "CPUChildrenSystem"};
const std::vector<std::string> kRates{"Uptime", "ReqPerSec", "BytesPerSec"};
const std::vector<std::string> kPerRequest{"BytesPerReq", "DurationPerReq"};
const std::vector<std::string> kWorkers{"BusyWorkers", "GracefulWorkers", "IdleWorkers"};
const std::vector<std::string> kConnections{"Processes",         "Stopping",
                                            "ConnsTotal",        "ConnsAsyncWaitIO",
                                            "ConnsAsyncWriting", "ConnsAsyncKeepAlive",
                                            "ConnsAsyncClosing"};
const std::vector<std::string> kBoard{"Scoreboard"};

std::vector<std::string> joined(const std::vector<std::vector<std::string>>& parts) {
  std::vector<std::string> all;
  for (const auto& part : parts)
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST_F(StatusPage, HasTheFieldsOfEachMpmInHttpdsOrder) {
  serve(0, 0, 1, 10).times.tms_utime = 1;
  EXPECT_THAT(
      names(),
      ElementsAreArray(joined(
          {kServer, kTotals, {"CPULoad"}, kRates, kPerRequest, kWorkers, kConnections, kBoard})));
  for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Winnt}) {
    settings_.pool.mpm = mpm;
    EXPECT_THAT(names(),
                ElementsAreArray(joined(
                    {kServer, kTotals, {"CPULoad"}, kRates, kPerRequest, kWorkers, kBoard})));
  }
}

TEST_F(StatusPage, NamesTheMpmAsHttpdDoes) {
  EXPECT_THAT(text(), HasSubstr("ServerMPM: event\n"));
  settings_.pool.mpm = Mpm::Prefork;
  EXPECT_THAT(text(), HasSubstr("ServerMPM: prefork\n"));
  settings_.pool.mpm = Mpm::Worker;
  EXPECT_THAT(text(), HasSubstr("ServerMPM: worker\n"));
  settings_.pool.mpm = Mpm::Winnt;
  EXPECT_THAT(text(), HasSubstr("ServerMPM: WinNT\n"));
}

TEST_F(StatusPage, LeavesOutWhatItWouldDivideByZero) {
  EXPECT_THAT(names(),
              ElementsAreArray(joined({kServer, kTotals, kRates, kWorkers, kConnections, kBoard})));
  facts_.now_us = kRestart + kSecond / 2;
  board_.global().times.tms_utime = 1;
  EXPECT_THAT(names(), ElementsAreArray(
                           joined({kServer, kTotals, {"Uptime"}, kWorkers, kConnections, kBoard})));
}

TEST_F(StatusPage, SaysNothingOfRequestsWithoutExtendedStatus) {
  settings_.extended_status = false;
  EXPECT_THAT(names(), ElementsAreArray(joined({kServer, kWorkers, kConnections, kBoard})));
}

TEST_F(StatusPage, WritesEachFieldAsHttpdWould) {
  facts_.config_generation = 3;
  board_.global().running_generation = 2;
  board_.process(0).generation = board_.process(1).generation = 2;
  serve(0, 0, 3, 1000).times.tms_stime = 1;
  put_state(board_.worker(1, 1), WorkerState::Writing);
  EXPECT_EQ(text(),
            "www.example.org\n"
            "ServerVersion: Apache/2.4.71 (mpm-httpd/0.1.0)\n"
            "ServerMPM: event\n"
            "Server Built: 2026-11-23T00:00:00\n"
            "CurrentTime: Monday, 23-Nov-2026 10:01:40 UTC\n"
            "RestartTime: Monday, 23-Nov-2026 10:00:00 UTC\n"
            "ParentServerConfigGeneration: 3\n"
            "ParentServerMPMGeneration: 2\n"
            "ServerUptimeSeconds: 100\n"
            "ServerUptime: 1 minute 40 seconds\n"
            "Load1: 0.13\nLoad5: 1.00\nLoad15: 10.50\n"
            "Total Accesses: 3\nTotal kBytes: 2\nTotal Duration: 1500\n"
            "CPUUser: 0\nCPUSystem: .01\nCPUChildrenUser: 0\nCPUChildrenSystem: 0\n"
            "CPULoad: .01\n"
            "Uptime: 100\nReqPerSec: .03\nBytesPerSec: 20.48\n"
            "BytesPerReq: 682.667\nDurationPerReq: 500\n"
            "BusyWorkers: 1\nGracefulWorkers: 0\nIdleWorkers: 5\n"
            "Processes: 2\nStopping: 0\nConnsTotal: 0\nConnsAsyncWaitIO: 0\n"
            "ConnsAsyncWriting: 0\nConnsAsyncKeepAlive: 0\nConnsAsyncClosing: 0\n"
            "Scoreboard: ____W_...\n");
}

TEST_F(StatusPage, ShowsNoDeadSlotAboveTheLimitsButEveryOtherState) {
  EXPECT_THAT(lines(), Contains("Scoreboard: ______..."));
  put_state(board_.worker(0, 3), WorkerState::Graceful);   // above ThreadsPerChild
  put_state(board_.worker(3, 2), WorkerState::Keepalive);  // above MaxRequestWorkers
  EXPECT_THAT(lines(), Contains("Scoreboard: ___G___...K"));
}

TEST_F(StatusPage, CountsNeitherBusyNorIdleWhoStartsOrIsToDie) {
  put_state(board_.worker(0, 1), WorkerState::Starting);
  put_state(board_.worker(0, 2), WorkerState::IdleKill);
  put_state(board_.worker(1, 0), WorkerState::Closing);
  put_state(board_.worker(1, 1), WorkerState::Graceful);
  EXPECT_THAT(lines(), Contains("Scoreboard: _SICG_..."));
  EXPECT_THAT(text(), HasSubstr("BusyWorkers: 1\nGracefulWorkers: 1\nIdleWorkers: 2\n"));
}

TEST_F(StatusPage, CountsNoThreadOfAChildThatIsGoing) {
  board_.process(1).quiescing = 1;
  put_state(board_.worker(1, 1), WorkerState::Writing);
  EXPECT_THAT(text(), HasSubstr("BusyWorkers: 0\nGracefulWorkers: 0\nIdleWorkers: 3\n"));
  EXPECT_THAT(text(), HasSubstr("Processes: 2\nStopping: 1\n"));
}

TEST_F(StatusPage, CountsTheBusyButNotTheIdleOfAnOldGeneration) {
  board_.global().running_generation = 1;
  board_.process(1).generation = 1;
  put_state(board_.worker(0, 0), WorkerState::Reading);
  EXPECT_THAT(text(), HasSubstr("BusyWorkers: 1\nGracefulWorkers: 0\nIdleWorkers: 3\n"));
}

// times() is the process's, so the threads of a child tell of the same seconds.
TEST_F(StatusPage, TakesTheLatestCpuTimeOfEachChild) {
  board_.global().times.tms_cutime = 500;
  serve(0, 0, 1, 0).times.tms_utime = 100;
  serve(0, 1, 1, 0).times.tms_utime = 150;
  serve(1, 0, 1, 0).times.tms_utime = 50;
  EXPECT_THAT(lines(), Contains("CPUUser: 2"));
  EXPECT_THAT(lines(), Contains("CPUChildrenUser: 5"));
  EXPECT_THAT(lines(), Contains("CPULoad: 7"));
}

TEST_F(StatusPage, KeepsTheCountsOfDeadSlots) {
  put_state(serve(3, 3, 2, 2048), WorkerState::Dead);
  EXPECT_THAT(text(), HasSubstr("Total Accesses: 2\nTotal kBytes: 4\n"));
}

TEST_F(StatusPage, TakesAByteThatIsNoStateForADeadSlot) {
  board_.worker(0, 0).status = 200;
  EXPECT_THAT(lines(), Contains("Scoreboard: ._____..."));
}

TEST_F(StatusPage, IsReadBackByTheAgent) {
  board_.global().running_generation = 4;
  board_.process(0).generation = board_.process(1).generation = 4;
  serve(0, 0, 7, 1024).times.tms_utime = 1;
  put_state(board_.worker(0, 1), WorkerState::Keepalive);
  board_.process(0).connections = 9;
  board_.process(1).connections = 2;
  board_.process(1).wait_io = 1;
  board_.process(1).write_completion = 3;
  board_.process(1).keep_alive = 4;
  board_.process(1).lingering_close = 5;
  const auto read = parse_status_page(text());
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->mpm, Mpm::Event);
  EXPECT_EQ(read->generation, 4);
  EXPECT_EQ(read->restarted.time_since_epoch(), std::chrono::microseconds(kRestart));
  EXPECT_EQ(read->accesses, 7U);
  EXPECT_EQ(read->bytes, 7U * 1024);
  ASSERT_EQ(read->processes.size(), 1U);
  const ProcessScore& all = read->processes[0];
  std::string letters;
  for (const WorkerScore& worker : all.workers)
    letters += state_letter(worker.state);
  EXPECT_EQ(letters, "_K____...");
  EXPECT_EQ(all.connections, 11U);
  EXPECT_EQ(all.wait_io, 1U);
  EXPECT_EQ(all.write_completion, 3U);
  EXPECT_EQ(all.keep_alive, 4U);
  EXPECT_EQ(all.lingering_close, 5U);
  ASSERT_TRUE(read->page);
  EXPECT_EQ(read->page->server_version, "Apache/2.4.71 (mpm-httpd/0.1.0)");
  EXPECT_EQ(read->page->busy_workers, 1);
  EXPECT_EQ(read->page->graceful_workers, 0);
  EXPECT_EQ(read->page->idle_workers, 5);
}

TEST_F(StatusPage, IsReadBackUnderEveryMpm) {
  for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt}) {
    settings_.pool.mpm = mpm;
    const auto read = parse_status_page(text());
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->mpm, mpm);
  }
}

TEST(StatusQuery, FindsItsWordsAnywhere) {
  EXPECT_FALSE(status_query("").as_text);
  EXPECT_TRUE(status_query("auto").as_text);
  EXPECT_TRUE(status_query("x=automatic").as_text);
  EXPECT_TRUE(status_query("refresh=5&notable").without_table);
  EXPECT_EQ(status_query("notable").refresh_seconds, 0);
  EXPECT_EQ(status_query("auto&refresh=7x").refresh_seconds, 7);
}

TEST(StatusQuery, RefreshesEveryTenSecondsWhereNoNumberIsAsked) {
  for (const auto* const query :
       {"refresh", "refresh=", "refresh=0", "refresh=-3", "refresh=x", "refresh=99999999999"})
    EXPECT_EQ(status_query(query).refresh_seconds, 10) << query;
}

using StatusHtml = StatusPage;

TEST_F(StatusHtml, SaysTheSameAsTheText) {
  facts_.local_address = "192.0.2.7";
  serve(0, 0, 3, 1000).times.tms_stime = 1;
  const std::string page = html();
  EXPECT_THAT(page, HasSubstr("<title>Apache Status</title>"));
  EXPECT_THAT(page, HasSubstr("<h1>Apache Server Status for www.example.org (via 192.0.2.7)</h1>"));
  EXPECT_THAT(page, HasSubstr("<dt>Server uptime:  1 minute 40 seconds</dt>\n"
                              "<dt>Server load: 0.13 1.00 10.50</dt>\n"
                              "<dt>Total accesses: 3 - Total Traffic: 2 kB - Total Duration: 1500"
                              "</dt>\n"
                              "<dt>CPU Usage: u0 s.01 cu0 cs0 - .01% CPU load</dt>\n"
                              "<dt>.03 requests/sec - 20 B/second - 682 B/request - 500 ms/request"
                              "</dt>\n"
                              "<dt>0 requests currently being processed, 0 workers gracefully "
                              "restarting, 6 idle workers</dt>\n"));
  EXPECT_THAT(page, HasSubstr("<pre>______...</pre>"));
}

TEST_F(StatusHtml, HasARowForEachThreadThatServedOrServes) {
  serve(0, 1, 3, 512 * 1024);
  put_state(board_.worker(1, 2), WorkerState::Reading);
  const std::string page = html();
  EXPECT_THAT(page, HasSubstr("<tr><td><b>0-0</b></td><td>700</td><td>3/3/3</td><td>_\n"
                              "</td><td>0.00</td><td>2</td><td>500</td><td>1500</td>"
                              "<td>1536.0</td><td>1.50</td><td>1.50\n"
                              "</td><td>192.0.2.1</td><td>http/1.1</td>"
                              "<td nowrap>www.example.org:80</td>"
                              "<td nowrap>GET / HTTP/1.1</td></tr>\n"));
  EXPECT_THAT(page, HasSubstr("<tr><td><b>1-0</b></td><td>701</td><td>0/0/0</td><td><b>R</b>\n"));
}

TEST_F(StatusHtml, TakesPidAndGenerationOfTheThreadWhereItHasThem) {
  WorkerSlot& worker = serve(0, 1, 1, 0);
  worker.pid = 650;
  worker.generation = 8;
  EXPECT_THAT(html(), HasSubstr("<tr><td><b>0-8</b></td><td>650</td>"));
  put_state(worker, WorkerState::Dead);
  EXPECT_THAT(html(), HasSubstr("<tr><td><b>0-8</b></td><td>-</td><td>1/1/1</td><td>.\n"));
}

TEST_F(StatusHtml, LetsNoClientWriteHtml) {
  begin_request(board_.worker(0, 0), {"<1>", "GET /<2> HTTP/1.1", "<3>", "<4>"}, kNow);
  put_state(board_.worker(0, 0), WorkerState::Writing);
  facts_.server_name = "<5>";
  for (const auto* const query : {"", "notable"}) {
    for (const auto* const planted : {"<1>", "<2>", "<3>", "<4>", "<5>"})
      EXPECT_THAT(html(query), Not(HasSubstr(planted)));
    EXPECT_THAT(html(query), HasSubstr("GET /&lt;2&gt; HTTP/1.1"));
  }
}

TEST_F(StatusHtml, HasLinesInsteadOfTheTableWhenAsked) {
  serve(0, 1, 3, 512 * 1024);
  const std::string page = html("notable");
  EXPECT_THAT(page, Not(HasSubstr("<th>Srv</th>")));
  EXPECT_THAT(page, HasSubstr("<b>Server 0-0</b> (700): 3|3|3 [Ready] u0 s0 cu0 cs0\n"
                              " 2 500 1500(1.5 MB|1.5 MB|1.5 MB)\n"
                              " <i>192.0.2.1 {GET / HTTP/1.1}</i> <i>(http/1.1)</i> "
                              "<b>[www.example.org:80]</b><br />\n"));
}

TEST_F(StatusHtml, HasATableOfTheChildrenUnderEventOnly) {
  board_.process(1).quiescing = 1;
  board_.process(1).not_accepting = 1;
  board_.process(1).generation = 7;
  board_.process(1).connections = 12;
  board_.process(1).keep_alive = 11;
  put_state(board_.worker(0, 0), WorkerState::Writing);
  EXPECT_THAT(html(),
              HasSubstr("<tr><td>0</td><td>700</td><td>no</td><td>0</td><td>yes</td><td>1</td>"
                        "<td>0</td><td>2</td><td>0</td><td>0</td><td>0</td><td>0</td></tr>\n"
                        "<tr><td>1</td><td>701</td><td>yes (old gen)</td><td>12</td><td>no</td>"
                        "<td>0</td><td>0</td><td>0</td><td>0</td><td>0</td><td>11</td><td>0</td>"
                        "</tr>\n"
                        "<tr><td>Sum</td><td>2</td><td>1</td><td>12</td><td>&nbsp;</td><td>1</td>"
                        "<td>0</td><td>2</td><td>0</td><td>0</td><td>11</td><td>0</td></tr>\n"));
  settings_.pool.mpm = Mpm::Worker;
  EXPECT_THAT(html(), Not(HasSubstr("accepting")));
}

TEST_F(StatusHtml, BreaksTheScoreboardAfterSixtyFourLetters) {
  settings_.pool.max_children = 4;
  settings_.pool.threads_per_child = 20;
  const auto wide = SharedScoreboard::create({.servers = 4, .threads = 20});
  ASSERT_TRUE(wide) << wide.error().what;
  EXPECT_THAT(status_html(*wide, settings_, facts_, {}),
              HasSubstr("<pre>" + std::string(64, '.') + "\n" + std::string(16, '.') + "</pre>"));
}

TEST_F(StatusHtml, NamesThePidsWithoutExtendedStatus) {
  settings_.extended_status = false;
  const std::string page = html();
  EXPECT_THAT(page, HasSubstr("PID Key: <br />\n<pre>\n"
                              "   700 in state: _ ,   700 in state: _ ,   700 in state: _ \n"));
  EXPECT_THAT(page, Not(HasSubstr("requests/sec")));
  EXPECT_THAT(page, Not(HasSubstr("<th>Srv</th>")));
}

}  // namespace
}  // namespace mpm::builtin
