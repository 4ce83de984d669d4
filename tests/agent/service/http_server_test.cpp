// SPDX-License-Identifier: Apache-2.0
#include "agent/service/http_server.h"

#include <chrono>

#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "agent/base/fd.h"
#include "tests/support/loopback.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

httplib::Client client_of(const std::string& path) {
  httplib::Client client(path, 80);
  client.set_address_family(AF_UNIX);
  return client;
}

ApiResponse echo(const ApiRequest& request) {
  std::string text = request.method + " " + request.path;
  for (const auto& [name, value] : request.query)
    text += " " + name + "=" + value;
  return {418, "text/plain", text};
}

TEST(HttpServer, HandsOverTheRequestAndTheAnswer) {
  const TempDir dir;
  const auto server = HttpServer::listen(dir / "agent.sock", echo);
  ASSERT_TRUE(server) << server.error().what;
  const auto answer = client_of(dir / "agent.sock").Get("/v1/status?target=%3A80&after=7");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 418);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "text/plain");
  EXPECT_EQ(answer->body, "GET /v1/status after=7 target=:80");
}

TEST(HttpServer, IsClosedToOtherUsers) {
  const TempDir dir;
  const auto server = HttpServer::listen(dir / "agent.sock", echo);
  struct stat found {};
  ASSERT_EQ(::stat((dir / "agent.sock").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0660U);
}

TEST(HttpServer, LeavesAnotherAgentAlone) {
  const TempDir dir;
  const auto first = HttpServer::listen(dir / "agent.sock", echo);
  const auto second = HttpServer::listen(dir / "agent.sock", echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, Error::Kind::Conflict);
  EXPECT_TRUE(client_of(dir / "agent.sock").Get("/"));
}

TEST(HttpServer, TakesTheSocketOfADeadAgent) {
  const TempDir dir;
  // A socket that nobody listens on is what a killed agent leaves.
  const UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (dir / "agent.sock").copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(dead.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  const auto server = HttpServer::listen(dir / "agent.sock", echo);
  ASSERT_TRUE(server) << server.error().what;
  EXPECT_TRUE(client_of(dir / "agent.sock").Get("/"));
}

TEST(HttpServer, TakesNoFileForASocket) {
  const TempDir dir;
  dir.write("agent.sock", "precious");
  const auto server = HttpServer::listen(dir / "agent.sock", echo);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().kind, Error::Kind::Conflict);
  EXPECT_FALSE(HttpServer::listen(dir / "none/agent.sock", echo));
  EXPECT_EQ(HttpServer::listen(dir / std::string(200, 'x'), echo).error().kind, Error::Kind::Usage);
}

TEST(HttpServer, AnswersOnAPortAndHandsOverTheHost) {
  const std::uint16_t port = free_port();
  const auto server =
      HttpServer::listen_tcp("127.0.0.1:" + std::to_string(port), [](const ApiRequest& request) {
        return ApiResponse{200, "text/plain", request.host};
      });
  ASSERT_TRUE(server) << server.error().what;
  httplib::Client client("127.0.0.1", port);
  const auto answer = client.Get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "127.0.0.1:" + std::to_string(port));
}

TEST(HttpServer, SharesItsPortWithNobody) {
  const std::string place = "127.0.0.1:" + std::to_string(free_port());
  const auto first = HttpServer::listen_tcp(place, echo);
  ASSERT_TRUE(first) << first.error().what;
  const auto second = HttpServer::listen_tcp(place, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, Error::Kind::Conflict) << second.error().what;
}

TEST(HttpServer, ListensOnAnAddressAndAPortAndNothingElse) {
  for (const char* place : {"", "9117", ":9117", "localhost:9117", "127.0.0.1", "127.0.0.1:",
                            "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:80x", "[::1"}) {
    const auto server = HttpServer::listen_tcp(place, echo);
    ASSERT_FALSE(server) << place;
    EXPECT_EQ(server.error().kind, Error::Kind::Usage) << place;
  }
}

// A thread that waits for who comes next is nobody who is there.
TEST(HttpServer, IsDrainedWhenAllHaveBeenAnswered) {
  const TempDir dir;
  auto server = HttpServer::listen(dir / "agent.sock", echo);
  ASSERT_TRUE(server) << server.error().what;
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(client_of(dir / "agent.sock").Get("/"));
  const auto begun = std::chrono::steady_clock::now();
  server->drain();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

TEST(HttpServer, IsGoneWithItsSocketWhenStopped) {
  const TempDir dir;
  {
    const auto server = HttpServer::listen(dir / "agent.sock", echo);
    ASSERT_TRUE(server);
  }
  struct stat found {};
  EXPECT_NE(::stat((dir / "agent.sock").c_str(), &found), 0);
}

}  // namespace
}  // namespace mpm
