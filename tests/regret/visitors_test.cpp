// SPDX-License-Identifier: Apache-2.0
//
// Clients that keep their connections, on a real httpd.
#include "tests/regret/visitors.h"

#include <atomic>
#include <chrono>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "tests/support/private_httpd.h"
#include "tests/support/raw_server.h"

namespace mpm::regret {
namespace {

using namespace std::chrono_literals;

// Answers, and hangs up on whoever asks again on the same connection.
test::RawServer::Script answers_once() {
  return [](int fd, const std::string&) {
    test::send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    char some[1024];
    (void)::recv(fd, some, sizeof some, 0);
  };
}

Visits of(const PrivateHttpd& httpd, const std::string& path) {
  return {.port = httpd.port(),
          .path = path,
          .visitors_per_second = 30,
          .requests = 3,
          .think_seconds = 0.02,
          .span = 2s,
          .patience = 2s};
}

Visited visited_by_one(const test::RawServer& server, int requests, double think_seconds) {
  return visit({.port = static_cast<std::uint16_t>(server.port()),
                .path = "/",
                .visitors_per_second = 0.01,
                .requests = requests,
                .think_seconds = think_seconds,
                .span = 1s});
}

TEST(Visitors, AskAsOftenAsTheyWereTo) {
  for (const char* keep : {"KeepAlive On\n", "KeepAlive Off\n", "KeepAliveTimeout 1ms\n"}) {
    const PrivateHttpd httpd({.directives = keep});
    const Visited visited = visit(of(httpd, "/lab?sleep=5"));
    EXPECT_EQ(visited.failed, 0) << keep;
    EXPECT_GT(visited.answered, 90) << keep;
    EXPECT_EQ(visited.answered % 3, 0) << keep;
    EXPECT_GT(visited.seconds, 0.005 * static_cast<double>(visited.answered)) << keep;
  }
}

TEST(Visitors, AskAgainWhereTheirConnectionEndedAsTheyAsked) {
  const test::RawServer server(answers_once());
  const Visited visited = visited_by_one(server, 3, 0.01);
  EXPECT_EQ(visited.failed, 0);
  EXPECT_EQ(visited.answered, 3);
}

// A worker that ends a kept connection waits for its client to do so as well.
TEST(Visitors, CloseWhatTheServerHasEnded) {
  std::atomic<std::int64_t> lingered = 0;  // milliseconds, of all connections
  const test::RawServer server([&](int fd, const std::string&) {
    test::send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    ::shutdown(fd, SHUT_WR);
    const auto ended = std::chrono::steady_clock::now();
    char some[1024];
    (void)::recv(fd, some, sizeof some, 0);
    lingered += std::chrono::duration_cast<std::chrono::milliseconds>(
                    std::chrono::steady_clock::now() - ended)
                    .count();
  });
  const auto begun = std::chrono::steady_clock::now();
  const Visited visited = visited_by_one(server, 4, 0.5);
  EXPECT_EQ(visited.answered, 4);
  ASSERT_GT(std::chrono::steady_clock::now() - begun, 500ms);
  EXPECT_LT(lingered.load(), 200);
}

TEST(Visitors, LeaveWhereTheyAreRefused) {
  const PrivateHttpd httpd;
  const Visited visited = visit(of(httpd, "/nothing-here"));
  EXPECT_EQ(visited.answered, 0);
  EXPECT_GT(visited.failed, 30);
  EXPECT_LT(visited.failed, 90) << "each asked once";
}

}  // namespace
}  // namespace mpm::regret
