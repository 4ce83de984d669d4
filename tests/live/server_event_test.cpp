// SPDX-License-Identifier: Apache-2.0
//
// What event promises: whoever waits holds no worker.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/live/server.h"
#include "tests/support/child.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(EventServer, IdleConnectionsHoldNoWorker) {
  const PrivateHttpd server(
      builtin_httpd(Mpm::Event,
                    "StartServers 2\nThreadsPerChild 25\nMaxRequestWorkers 50\nServerLimit 2\n"
                    "MinSpareThreads 1\nMaxSpareThreads 100\nAsyncRequestWorkerFactor 200\n"
                    "KeepAliveTimeout 60\n"));
  const IdleConnections idle(server.port(), 5000);
  EXPECT_EQ(idle.answered(), 5000);
  // A worker is free again a moment after its answer is there.
  std::string page;
  EXPECT_TRUE(wait_for([&] {
    page = reply_to(server, get("/server-status?auto"));
    return page.find("BusyWorkers: 1\n") != std::string::npos &&
           page.find("ConnsAsyncKeepAlive: 5000\n") != std::string::npos;
  })) << page;
  EXPECT_THAT(page, HasSubstr("IdleWorkers: 49\n"));
}

TEST(EventServer, ShowsThatItDoesNotAccept) {
  // floor(1) and 4 threads: 4 + 4 connections a process at most while all its threads are idle.
  const PrivateHttpd server(
      builtin_httpd(Mpm::Event,
                    "StartServers 1\nThreadsPerChild 4\nMaxRequestWorkers 4\nServerLimit 1\n"
                    "AsyncRequestWorkerFactor 1\nKeepAliveTimeout 60\n"));
  std::vector<UniqueFd> open;
  for (int i = 0; i < 8; ++i) {
    open.push_back(connect_to(server.port()));
    send_text(open.back(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(receive(open.back(), 5s), HasSubstr("200 OK")) << i;
  }
  const UniqueFd ninth = connect_to(server.port());
  send_text(ninth, get("/server-status"));
  EXPECT_EQ(receive(ninth, 500ms), "") << "the limit does not hold";
  // A connection that is open is served all the same, and says why.
  send_text(open.front(), "GET /server-status HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(receive(open.front(), 5s), HasSubstr("<td>8</td><td>no</td>"));
  open.pop_back();
  EXPECT_THAT(receive(ninth, 5s), HasSubstr("200 OK"));
}

TEST(EventServer, SlowSendersHoldNoWorker) {
  const PrivateHttpd server(builtin_httpd(
      Mpm::Event, "StartServers 1\nThreadsPerChild 4\nMaxRequestWorkers 4\nServerLimit 1\n"));
  std::vector<UniqueFd> slow;
  for (int i = 0; i < 10; ++i) {
    slow.push_back(connect_to(server.port()));
    send_text(slow.back(), "GET / HTTP/1.1\r\n");
  }
  EXPECT_EQ(get_status(server.port(), "/", 2s), 200);
  send_text(slow.back(), "Host: a\r\n\r\n");
  EXPECT_THAT(receive(slow.back(), 5s), HasSubstr("hello"));
}

}  // namespace
}  // namespace mpm
