// SPDX-License-Identifier: Apache-2.0
//
// The loads against servers that say what the test says: what is counted as what.
#include "cli/load.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include "cli/idle_connections.h"
#include "tests/support/raw_server.h"
#include "tests/support/wait_for.h"

namespace mpm::test {
namespace {

using std::chrono::milliseconds;

LoadOptions load_on(int port) {
  LoadOptions options;
  options.port = static_cast<std::uint16_t>(port);
  options.per_second = 200;
  options.span = milliseconds(250);
  options.patience = milliseconds(500);
  return options;
}

TEST(Load, CountsWhatIsAnsweredWith200) {
  const RawServer server(answers(200, "fine"));
  const LoadResult result = generate(load_on(server.port()));
  EXPECT_GT(result.begun, 10);
  EXPECT_EQ(result.answered, result.begun);
  EXPECT_EQ(result.failed, 0);
  EXPECT_GT(result.p50_seconds, 0);
  EXPECT_GE(result.p99_seconds, result.p50_seconds);
  EXPECT_GT(result.mean_seconds, 0);
  EXPECT_LE(result.mean_seconds, result.p99_seconds);
}

TEST(Load, EverythingElseHasFailed) {
  const RawServer busy(answers(503, "busy"));
  for (const int port : {busy.port(), closed_port()}) {
    const LoadResult result = generate(load_on(port));
    EXPECT_GT(result.begun, 10);
    EXPECT_EQ(result.answered, 0);
    EXPECT_EQ(result.failed, result.begun);
  }
}

TEST(Load, ASilentServerSlowsNobodyDown) {
  const RawServer server(silence());
  const LoadResult result = generate(load_on(server.port()));
  EXPECT_GT(result.begun, 10) << "requests begin when they are due";
  EXPECT_EQ(result.failed, result.begun);
}

// A server of keep-alive connections, with so many threads.
class KeepAliveServer {
 public:
  explicit KeepAliveServer(std::size_t threads) {
    server_.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
    server_.set_keep_alive_timeout(60);
    server_.Get("/", [](const httplib::Request&, httplib::Response& answer) {
      answer.set_content("fine", "text/plain");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running())
      std::this_thread::yield();
  }
  ~KeepAliveServer() { stop(); }
  KeepAliveServer(const KeepAliveServer&) = delete;
  KeepAliveServer& operator=(const KeepAliveServer&) = delete;

  void stop() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }
  CrowdOptions crowd(std::int64_t count) const {
    return {.port = static_cast<std::uint16_t>(port_), .count = count, .quiet = milliseconds(300)};
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

TEST(IdleCrowd, IsHeldByAServerThatHasRoom) {
  const KeepAliveServer server(8);
  // Its listening queue takes 5; beyond, the kernel would try again after a second.
  IdleCrowd crowd(server.crowd(4));
  EXPECT_EQ(crowd.answered(), 4);
  EXPECT_EQ(crowd.held(), 4);
  EXPECT_EQ(crowd.held(), 4) << "it was only looked at";
}

TEST(IdleCrowd, WhoeverFindsNoWorkerWaits) {
  KeepAliveServer server(3);
  std::int64_t held = 0;
  {
    IdleCrowd crowd(server.crowd(5));
    EXPECT_EQ(crowd.answered(), 3);
    held = crowd.held();
  }
  EXPECT_EQ(held, 3);
}

TEST(IdleCrowd, WhatTheServerClosesIsNotHeld) {
  const RawServer server(answers(200, "fine"));
  IdleCrowd crowd({.port = static_cast<std::uint16_t>(server.port()), .count = 1});
  EXPECT_EQ(crowd.answered(), 1);
  EXPECT_TRUE(wait_for([&] { return crowd.held() == 0; }));
}

TEST(IdleCrowd, NobodyIsAnsweredWhereNobodyListens) {
  IdleCrowd crowd(
      {.port = static_cast<std::uint16_t>(closed_port()), .count = 4, .quiet = milliseconds(200)});
  EXPECT_EQ(crowd.answered(), 0);
  EXPECT_EQ(crowd.held(), 0);
}

}  // namespace
}  // namespace mpm::test
