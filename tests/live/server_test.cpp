// SPDX-License-Identifier: Apache-2.0
//
// mpm-httpd as a server, under each MPM: what it answers, and what it does when told to go, when
// its configuration changes, and when a child dies.
#include "tests/live/server.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/base/file.h"
#include "tests/support/child.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class EveryMpmServer : public testing::TestWithParam<Mpm> {
 protected:
  // A pool of 12 workers under every MPM, in three children where there can be several.
  static std::string pool() {
    switch (GetParam()) {
      case Mpm::Prefork:
        return "StartServers 12\nMinSpareServers 12\nMaxSpareServers 20\nMaxRequestWorkers 24\n";
      case Mpm::Winnt:
        return "ThreadsPerChild 12\n";
      case Mpm::Worker:
      case Mpm::Event:
        break;
    }
    return "StartServers 3\nThreadsPerChild 4\nMinSpareThreads 4\nMaxSpareThreads 32\n"
           "MaxRequestWorkers 24\nServerLimit 12\n";
  }
  static HttpdOptions options(const std::string& more = "") {
    return builtin_httpd(GetParam(), pool() + more);
  }
};
INSTANTIATE_TEST_SUITE_P(Live, EveryMpmServer,
                         testing::Values(Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt),
                         name_of_mpm);

TEST_P(EveryMpmServer, AnswersRequests) {
  const PrivateHttpd server(options());
  const std::string whole = reply_to(server, get("/"));
  EXPECT_THAT(whole, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(whole, HasSubstr("Content-Type: text/html\r\n"));
  EXPECT_THAT(whole, HasSubstr("Content-Length: 6\r\n"));
  EXPECT_THAT(whole, HasSubstr("\r\n\r\nhello\n"));
  const std::string head =
      reply_to(server, "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Length: 6\r\n"));
  EXPECT_THAT(head, testing::EndsWith("\r\n\r\n"));
  EXPECT_THAT(reply_to(server, get("/", "Range: bytes=1-2\r\n")), HasSubstr("\r\n\r\nel"));
  EXPECT_THAT(reply_to(server, get("/none")), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(reply_to(server, get("/%2e%2e/httpd.conf")), StartsWith("HTTP/1.1 40"));
  EXPECT_THAT(reply_to(server, "BAD\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(reply_to(server, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"),
              StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(server.access_log(), HasSubstr("\"GET / HTTP/1.1\" 200 "));
}

TEST_P(EveryMpmServer, KeepsAConnectionAndTakesAPipeline) {
  const PrivateHttpd server(options());
  const UniqueFd socket = connect_to(server.port());
  for (int i = 0; i < 3; ++i) {
    send_text(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string answer = receive(socket, 5s);
    EXPECT_THAT(answer, HasSubstr("Connection: Keep-Alive"));
    EXPECT_THAT(answer, HasSubstr("hello"));
  }
  std::string pipeline;
  for (int i = 0; i < 9; ++i)
    pipeline += "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  send_text(socket, pipeline + get("/none"));
  const std::string answers = receive_all(socket);
  std::size_t count = 0;
  for (auto at = answers.find("hello"); at != std::string::npos; at = answers.find("hello", at + 1))
    ++count;
  EXPECT_EQ(count, 9U);
  EXPECT_THAT(answers, HasSubstr("404 Not Found"));
}

TEST_P(EveryMpmServer, SendsALargeFileToASlowClientWhole) {
  const PrivateHttpd server(options());
  std::string bytes(20'000'000, 'x');
  for (std::size_t i = 0; i < bytes.size(); i += 4096)
    bytes[i] = static_cast<char>('a' + i / 4096 % 26);
  server.dir().write("htdocs/large", bytes);
  const UniqueFd socket = connect_to(server.port());
  send_text(socket, get("/large"));
  // Others are served while the first does not read.
  EXPECT_EQ(get_status(server.port(), "/", 5s), 200);
  const std::string answer = receive_all(socket);
  EXPECT_TRUE(answer.compare(answer.size() - bytes.size(), bytes.size(), bytes) == 0);
}

TEST_P(EveryMpmServer, ACrashTakesNobodyElseWithIt) {
  // A sanitizer's server is to die of the signal, not to report it.
  for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS"})
    ::setenv(name, "handle_segv=0", 1);
  const PrivateHttpd server(options());
  const auto before = children_of(server);
  std::vector<UniqueFd> held;
  for (int i = 0; i < 6; ++i) {
    held.push_back(connect_to(server.port()));
    send_text(held.back(), get("/work?sleep=1500ms"));
  }
  std::this_thread::sleep_for(300ms);  // the requests are being worked on
  ::kill(before.front(), SIGSEGV);
  int answered = 0;
  for (const UniqueFd& socket : held)
    if (receive_all(socket).rfind("HTTP/1.1 200", 0) == 0) ++answered;
  // No more than what one child can have had.
  const std::map<Mpm, int> least{
      {Mpm::Prefork, 5}, {Mpm::Worker, 2}, {Mpm::Event, 2}, {Mpm::Winnt, 0}};
  EXPECT_GE(answered, least.at(GetParam()));
  EXPECT_TRUE(wait_for([&] {
    const auto now = children_of(server);
    return now.size() >= before.size() && std::ranges::find(now, before.front()) == now.end();
  })) << "no child came for the one that died";
  EXPECT_EQ(get_status(server.port(), "/", 5s), 200);
  EXPECT_THAT(server.error_log(), HasSubstr("AH00052"));
  EXPECT_THAT(server.error_log(), HasSubstr("Segmentation fault (11)"));
}

// wrk says "Socket errors" and "Non-2xx" when a request was lost.
TEST_P(EveryMpmServer, GracefulUnderLoadLosesNoRequest) {
  const PrivateHttpd server(options());
  Finished load;
  std::jthread client([&] {
    load = run({"wrk", "-t1", "-c8", "-d9s", server.url("/")}, {.deadline = 60s});
  });
  std::this_thread::sleep_for(500ms);  // the load runs
  for (int i = 0; i < 20; ++i) {
    server.graceful();
    const std::string resumed = "resuming normal operations";
    const auto restarts = [&] {
      const std::string log = server.error_log();
      int count = 0;
      for (auto at = log.find(resumed); at != std::string::npos; at = log.find(resumed, at + 1))
        ++count;
      return count;
    };
    ASSERT_TRUE(wait_for([&] { return restarts() >= i + 2; })) << server.error_log();
    std::this_thread::sleep_for(300ms);  // under load, between two restarts
  }
  client.join();
  EXPECT_EQ(load.status, 0) << load.err;
  EXPECT_THAT(load.out, HasSubstr("Requests/sec"));
  EXPECT_THAT(load.out, Not(HasSubstr("Socket errors"))) << load.out;
  EXPECT_THAT(load.out, Not(HasSubstr("Non-2xx"))) << load.out;
}

TEST_P(EveryMpmServer, StopsAtOnceWhenTold) {
  PrivateHttpd server(options());
  const auto children = children_of(server);
  const pid_t parent = server.pid();
  const UniqueFd held = connect_to(server.port());
  send_text(held, get("/work?sleep=30s"));
  ::kill(parent, SIGTERM);
  EXPECT_TRUE(wait_for([&] { return has_ended(parent); }));
  for (const std::int32_t child : children)
    EXPECT_TRUE(has_ended(child));
  EXPECT_FALSE(std::ifstream(server.dir() / "httpd.pid").good());
}

TEST_P(EveryMpmServer, AGracefulStopFinishesWhatIsBegun) {
  PrivateHttpd server(options());
  const pid_t parent = server.pid();
  const UniqueFd held = connect_to(server.port());
  send_text(held, get("/work?sleep=700ms"));
  std::this_thread::sleep_for(200ms);  // it is being worked on
  ::kill(parent, SIGWINCH);
  EXPECT_TRUE(wait_for([&] { return !connect_to(server.port()); }));
  EXPECT_THAT(receive_all(held), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(wait_for([&] { return has_ended(parent); }));
}

TEST_P(EveryMpmServer, ARestartCountsFromZeroAndKeepsItsParent) {
  const PrivateHttpd server(options());
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ(get_status(server.port(), "/", 5s), 200);
  const auto before = children_of(server);
  server.restart();
  EXPECT_TRUE(wait_for([&] {
    const auto now = children_of(server);
    return !now.empty() && std::ranges::find(now, before.front()) == now.end() &&
           connect_to(server.port());
  }));
  const std::string page = reply_to(server, get("/server-status?auto"));
  EXPECT_THAT(page, HasSubstr("ParentServerConfigGeneration: 2\nParentServerMPMGeneration: 1\n"));
  EXPECT_THAT(page, HasSubstr("Total Accesses: 0\n"));
  EXPECT_FALSE(has_ended(server.pid()));
}

TEST_P(EveryMpmServer, AChildGoesAfterMaxConnectionsPerChild) {
  const PrivateHttpd server(options("MaxConnectionsPerChild 5\n"));
  const auto before = children_of(server);
  const auto one_of_them_runs = [&] {
    const auto now = children_of(server);
    return std::ranges::any_of(
        before, [&](std::int32_t pid) { return std::ranges::find(now, pid) != now.end(); });
  };
  // The children that follow take connections too.
  EXPECT_TRUE(wait_for(
      [&] {
        EXPECT_EQ(get_status(server.port(), "/", 10s), 200);
        return !one_of_them_runs();
      },
      60s));
}

TEST_P(EveryMpmServer, GoesOnWhenItsNewConfigurationIsWrong) {
  const PrivateHttpd server(options());
  server.dir().write("extra.conf", "NoSuchDirective 1\n");
  server.graceful();
  EXPECT_TRUE(
      wait_for([&] { return server.error_log().find("Invalid command") != std::string::npos; }));
  EXPECT_EQ(get_status(server.port(), "/", 5s), 200);
  EXPECT_THAT(server.error_log(), HasSubstr("extra.conf:1"));
  const Finished check = run({MPM_HTTPD, "-f", server.dir() / "httpd.conf", "-k", "graceful"});
  EXPECT_EQ(check.status, 1);
  EXPECT_THAT(check.err, HasSubstr("extra.conf:1: Invalid command 'NoSuchDirective'"));
}

TEST_P(EveryMpmServer, TakesNewSettingsAtAGracefulRestart) {
  const PrivateHttpd server(options());
  const UniqueFd kept = connect_to(server.port());
  const std::uint16_t second = free_port();
  server.dir().write("extra.conf", pool() + fmt::format("KeepAlive Off\nServerLimit 99\n"
                                                        "ThreadLimit 99\nListen 127.0.0.1:{}\n",
                                                        second));
  server.graceful();
  EXPECT_TRUE(wait_for([&] { return get_status(second, "/", 1s) == 200; }));
  EXPECT_THAT(reply_to(server, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
              HasSubstr("Connection: close"));
  // Both limits are those of the start until it is stopped.
  const std::map<Mpm, const char*> codes{
      {Mpm::Prefork, "AH00179"}, {Mpm::Worker, "AH00304"}, {Mpm::Event, "AH00501"}};
  const auto code = codes.find(GetParam());
  EXPECT_THAT(server.error_log(), HasSubstr(code == codes.end() ? "" : code->second));
}

TEST_P(EveryMpmServer, CutsASlowSenderWith408) {
  const PrivateHttpd server(options("RequestReadTimeout header=1\n"));
  const UniqueFd socket = connect_to(server.port());
  send_text(socket, "GET / HTTP/1.1\r\nHost: a\r\n");
  std::string answer;
  for (int i = 0; i < 50 && answer.empty(); ++i) {
    send_text(socket, "X: y\r\n");
    answer = receive(socket, 100ms);
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 408"));
}

TEST_P(EveryMpmServer, EndsAnIdleConnectionAfterKeepAliveTimeout) {
  const PrivateHttpd server(options("KeepAliveTimeout 300ms\n"));
  const UniqueFd socket = connect_to(server.port());
  send_text(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(receive(socket, 5s), HasSubstr("hello"));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(receive(socket, 5s), "");
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took, 250ms);
  EXPECT_LT(took, 3s);
}

// A child that was told to go while requests wait: none may be left behind.
TEST_P(EveryMpmServer, TenThousandAbandonedConnectionsLeaveNothingBehind) {
  const PrivateHttpd server(options());
  wait_for_workers(server, 12);
  const auto before = children_of(server);
  const auto descriptors = [](std::int32_t pid) {
    const auto names = list_directory(fmt::format("/proc/{}/fd", pid));
    return names ? names->size() : 0;
  };
  std::vector<std::size_t> open;
  for (const std::int32_t pid : before)
    open.push_back(descriptors(pid));
  for (int i = 0; i < 10'000; ++i) {
    const UniqueFd socket = connect_to(server.port());
    ASSERT_TRUE(socket) << i;
    if (i % 3 == 0) send_text(socket, "GET / HT");
    if (i % 3 == 1) send_text(socket, get("/"));
  }
  EXPECT_EQ(get_status(server.port(), "/", 10s), 200);
  const auto now = children_of(server);
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_NE(std::ranges::find(now, before[i]), now.end()) << "a child died";
    EXPECT_TRUE(wait_for([&] { return descriptors(before[i]) <= open[i] + 1; }, 40s))
        << descriptors(before[i]) << " descriptors, before " << open[i];
  }
}

}  // namespace
}  // namespace mpm
