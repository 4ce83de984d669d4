// SPDX-License-Identifier: Apache-2.0
//
// What strangers may send to a port: more than it takes, too slowly, from too many connections, or
// what is no HTTP. Each is answered or hung up on, and whoever asks properly meanwhile is answered.
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "agent/service/http_server.h"
#include "tests/support/loopback.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kSoon{5000};

class Hostile : public ::testing::Test {
 protected:
  explicit Hostile(ConnectionLimits limits = {.idle = milliseconds(300),
                                              .request = milliseconds(300),
                                              .answer = milliseconds(300)})
      : port_(free_port()) {
    Door door;
    door.limits = limits;
    auto server = HttpServer::listen_tcp(
        "127.0.0.1:" + std::to_string(port_),
        [](const ApiRequest& request) {
          return ApiResponse{200, "text/plain", std::to_string(request.body.size())};
        },
        std::move(door));
    server_.emplace(std::move(*server));
  }

  // All that is answered to these bytes, until the server hangs up.
  std::string told(const std::string& bytes) const {
    const UniqueFd socket = connect_to(port_);
    send_text(socket, bytes);
    return rest_of(socket);
  }
  static std::string rest_of(const UniqueFd& socket) {
    std::string all;
    for (std::string more = receive(socket, kSoon); !more.empty(); more = receive(socket, kSoon))
      all += more;
    return all;
  }
  bool answers() const { return get_status(port_, "/", kSoon) == 200; }

  std::uint16_t port_;
  std::optional<HttpServer> server_;
};

std::string post(const std::string& fields, const std::string& body) {
  return "POST /x HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

TEST_F(Hostile, ABodyOfAHundredMegabytesIsRefusedUnread) {
  const auto begun = steady_clock::now();
  const std::string answer = told(post("Content-Length: 104857600\r\n", std::string(4096, 'x')));
  EXPECT_EQ(answer.substr(0, 12), "HTTP/1.1 413") << answer;
  EXPECT_LT(steady_clock::now() - begun, kSoon);
  EXPECT_TRUE(answers());
}

TEST_F(Hostile, ABodyWithoutALengthOrPackedIsRefused) {
  for (const char* fields :
       {"Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\nContent-Length: 9\r\n",
        "Content-Length: 99999999999999999999999\r\n", "Content-Length: -1\r\n",
        "Content-Length: 1x\r\n"}) {
    const std::string answer = told(post(fields, "5\r\nabcde\r\n0\r\n\r\n"));
    EXPECT_EQ(answer.substr(0, 10), "HTTP/1.1 4") << fields << answer;
    EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << "its body was another request";
  }
  EXPECT_TRUE(answers());
}

TEST_F(Hostile, AHeadWithoutAnEndDoesNotFillTheMemory) {
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  const UniqueFd socket = connect_to(port_);
  send_text(socket, "GET / HTTP/1.1\r\n");
  const std::string fields = "A: " + std::string(8000, 'a') + "\r\n";
  for (int i = 0; i < 5000; ++i)
    if (::send(socket.get(), fields.data(), fields.size(), MSG_NOSIGNAL) < 0) break;
  (void)rest_of(socket);
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 20000) << "kilobytes, of 40 MB that were sent";
  EXPECT_TRUE(answers());
}

TEST_F(Hostile, WhoSendsAByteNowAndThenIsHungUpOnInTime) {
  const UniqueFd socket = connect_to(port_);
  const auto begun = steady_clock::now();
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(1000, 'x');
  bool gone = false;
  for (const char byte : request) {
    char answer = 0;
    pollfd waiting{socket.get(), POLLIN, 0};
    gone = ::send(socket.get(), &byte, 1, MSG_NOSIGNAL) < 0 ||
           (::poll(&waiting, 1, 20) > 0 && ::recv(socket.get(), &answer, 1, 0) <= 0);
    if (gone) break;
  }
  EXPECT_TRUE(gone);
  EXPECT_LT(steady_clock::now() - begun, milliseconds(3000));
}

TEST_F(Hostile, WhoTakesNoAnswerIsHungUpOn) {
  Door door;
  door.limits = {.answer = milliseconds(200)};
  const std::uint16_t port = free_port();
  auto server = HttpServer::listen_tcp(
      "127.0.0.1:" + std::to_string(port),
      [](const ApiRequest&) {
        return ApiResponse{200, "text/plain", std::string(64 << 20, 'x')};
      },
      std::move(door));
  ASSERT_TRUE(server);
  const UniqueFd socket = connect_to(port);
  send_text(socket, "GET / HTTP/1.1\r\n\r\n");
  pollfd begun{socket.get(), POLLIN, 0};
  ASSERT_EQ(::poll(&begun, 1, 5000), 1);
  // The server waits for the answers that are under way.
  const auto stopped = steady_clock::now();
  server->stop();
  EXPECT_LT(steady_clock::now() - stopped, milliseconds(3000));
}

class HostileCrowd : public Hostile {
 protected:
  // Those that keep silent would be waited for longer than the test lasts.
  HostileCrowd() : Hostile({.idle = std::chrono::minutes(5), .request = std::chrono::minutes(5)}) {}
};

TEST_F(HostileCrowd, AThousandThatSayNothingDoNotKeepOutOneThatAsks) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  std::vector<UniqueFd> silent;
  for (int i = 0; i < 1000; ++i) {
    silent.push_back(connect_to(port_));
    ASSERT_TRUE(silent.back());
    // Half of them have begun.
    if (i % 2 == 0) send_text(silent.back(), "GET / HTTP/1.1\r\nHost: ");
    if (i % 100 == 99) {
      EXPECT_TRUE(answers()) << i;
    }
  }
  const auto begun = steady_clock::now();
  for (int i = 0; i < 20; ++i)
    EXPECT_TRUE(answers());
  EXPECT_LT(steady_clock::now() - begun, kSoon);
}

TEST_F(HostileCrowd, AreLetGoWhenTheServerStops) {
  std::vector<UniqueFd> silent;
  for (int i = 0; i < 100; ++i)
    silent.push_back(connect_to(port_));
  EXPECT_TRUE(answers());
  const auto begun = steady_clock::now();
  server_->stop();
  EXPECT_LT(steady_clock::now() - begun, kSoon);
}

// Requests, with bytes put in, taken out and exchanged.
TEST_F(Hostile, WhatIsNoRequestIsAnsweredOrHungUpOn) {
  const std::vector<std::string> seeds{
      "GET /v1/status?target=%3A80&window=3 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n",
      "POST /v1/config/plan HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
      "POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 20\r\n"
      "\r\n--x\r\nA: b\r\n\r\n--x--",
      "GET / HTTP/1.1\r\nRange: bytes=0-1,5-3,-7\r\nExpect: 100-continue\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      std::string("\x16\x03\x01\x02\x00\x01\x00", 7)};
  std::mt19937 random(20261126);
  const auto below = [&random](std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most - 1)(random);
  };
  for (int round = 0; round < 300; ++round) {
    std::string bytes = seeds[below(seeds.size())];
    for (std::size_t left = below(6); left > 0 && !bytes.empty(); --left) {
      const std::size_t at = below(bytes.size());
      switch (below(4)) {
        case 0:
          bytes.erase(at, 1 + below(8));
          break;
        case 1:
          bytes.insert(at, 1 + below(300), static_cast<char>(below(256)));
          break;
        case 2:
          bytes[at] = static_cast<char>(below(256));
          break;
        default:
          bytes.insert(at, bytes.substr(below(bytes.size()), 40));
      }
    }
    const UniqueFd socket = connect_to(port_);
    ASSERT_TRUE(socket) << round;
    send_text(socket, bytes);
    ::shutdown(socket.get(), SHUT_WR);
    (void)rest_of(socket);
  }
  EXPECT_TRUE(answers());
}

}  // namespace
}  // namespace mpm
