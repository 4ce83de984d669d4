// SPDX-License-Identifier: Apache-2.0
#include "agent/base/http_get.h"

#include <chrono>
#include <string>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>

#include "tests/support/raw_server.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using test::RawServer;
using testing::HasSubstr;
using Kind = Error::Kind;

constexpr auto kShort = 200ms;
// What a loaded machine may add to a deadline of kShort, and far below the servers' patience.
constexpr auto kLate = 5s;

struct Outcome {
  Result<HttpAnswer> result;
  std::chrono::steady_clock::duration took;
};

Outcome timed_get(const std::string& url, HttpGetOptions options) {
  const auto before = std::chrono::steady_clock::now();
  auto result = http_get(url, options);
  return {std::move(result), std::chrono::steady_clock::now() - before};
}

void expect_timed_out(const Outcome& outcome) {
  ASSERT_FALSE(outcome.result);
  EXPECT_EQ(outcome.result.error().kind, Kind::TimedOut) << outcome.result.error().what;
  EXPECT_THAT(outcome.result.error().what, HasSubstr("within 200 ms"));
  EXPECT_GE(outcome.took, kShort);
  EXPECT_LT(outcome.took, kLate);
}

// Waits for the client to hang up; false when `patience` passes before.
bool client_hung_up(int fd, std::chrono::milliseconds patience) {
  pollfd waiting{fd, POLLRDHUP, 0};
  return ::poll(&waiting, 1, static_cast<int>(patience.count())) != 0;
}

TEST(HttpGet, GivesStatusTypeDateAndBody) {
  const RawServer server(test::answers(200, "Total Accesses: 1\n"));
  const auto answer = http_get(server.url());
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->content_type, "text/plain");
  EXPECT_EQ(answer->date, "Mon, 23 Nov 2026 09:35:44 GMT");
  EXPECT_EQ(answer->body, "Total Accesses: 1\n");
}

TEST(HttpGet, AsksForThePathAndTheQueryAsTheyAreWritten) {
  const RawServer server([](int fd, const std::string& request) {
    test::answers(200, request.substr(0, request.find('\r')))(fd, request);
  });
  const auto body = [&](std::string_view target) {
    const auto answer = http_get(server.url(target));
    return answer ? answer->body : answer.error().what;
  };
  EXPECT_EQ(body("/a%20b?auto&x=%2F#part"), "GET /a%20b?auto&x=%2F HTTP/1.1");
  EXPECT_EQ(body("?auto"), "GET /?auto HTTP/1.1");
  EXPECT_EQ(body(""), "GET / HTTP/1.1");
}

TEST(HttpGet, CountsEveryStatusAsAnAnswer) {
  for (const int status : {301, 403, 404, 503}) {
    const RawServer server(test::answers(status, "no"));
    const auto answer = http_get(server.url());
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(answer->status, status);
    EXPECT_EQ(answer->body, "no");
  }
}

TEST(HttpGet, TakesAnAnswerWithoutABody) {
  const RawServer server(test::answers(200, ""));
  const auto answer = http_get(server.url());
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->body, "");
}

TEST(HttpGet, ReadsABodyWithoutALengthToTheEndOfTheConnection) {
  const RawServer server(test::says("HTTP/1.0 200 OK\r\n\r\nall of it"));
  const auto answer = http_get(server.url());
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->body, "all of it");
}

TEST(HttpGet, SaysWhatIsWrongWithAUrlThatIsNone) {
  const auto why = [](const std::string& url) {
    const auto answer = http_get(url);
    if (answer || answer.error().kind != Kind::Usage) return std::string("not Usage");
    return answer.error().what;
  };
  EXPECT_THAT(why(""), HasSubstr("no http://"));
  EXPECT_THAT(why("localhost/server-status"), HasSubstr("no http://"));
  EXPECT_THAT(why("ftp://localhost/"), HasSubstr("its scheme is ftp"));
  EXPECT_THAT(why("http:///server-status"), HasSubstr("no host"));
  EXPECT_THAT(why("http://:80/"), HasSubstr("no host"));
  EXPECT_THAT(why("http://[::1/"), HasSubstr("is open"));
  EXPECT_THAT(why("http://me:secret@localhost/"), HasSubstr("port"));
  EXPECT_THAT(why("http://me@localhost/"), HasSubstr("user name"));
  EXPECT_THAT(why("http://[::1]80/"), HasSubstr("port"));
  for (const char* port : {"0", "65536", "8o", "-1", "", "99999999999"}) {
    EXPECT_THAT(why(fmt::format("http://localhost:{}/", port)), HasSubstr("from 1 to 65535"));
  }
  EXPECT_THAT(why("http://localhost/a b"), HasSubstr("blank"));
  EXPECT_THAT(why("http://localhost/\r\nHost: other"), HasSubstr("control"));
}

TEST(HttpGet, SaysThatNobodyListens) {
  const std::string url = fmt::format("http://127.0.0.1:{}/", test::closed_port());
  const auto answer = http_get(url);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::Unreachable) << answer.error().what;
  EXPECT_THAT(answer.error().what, HasSubstr(url + " cannot be reached"));
}

TEST(HttpGet, SaysThatAPlainServerHasNoTls) {
  const RawServer server(test::answers(200, "plain"));
  const auto answer = http_get(fmt::format("https://127.0.0.1:{}/", server.port()));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::Unreachable) << answer.error().what;
  EXPECT_THAT(answer.error().what, HasSubstr("over TLS"));
}

TEST(HttpGet, S01_EndsWhenAServerAcceptsAndSaysNothing) {
  const RawServer server(test::silence());
  expect_timed_out(timed_get(server.url(), {.deadline = kShort}));
}

TEST(HttpGet, EndsWhenATlsServerSaysNothing) {
  const RawServer server(test::silence());
  const auto url = fmt::format("https://127.0.0.1:{}/", server.port());
  expect_timed_out(timed_get(url, {.deadline = kShort}));
}

TEST(HttpGet, EndsWhenAServerDribbles) {
  for (const char* head : {"HTTP/1.1 200 OK\r\nX-Slow: ", "HTTP/1.1 200 OK\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"}) {
    const RawServer server([head](int fd, const std::string&) {
      test::send_all(fd, head);
      while (test::send_all(fd, "x") && !client_hung_up(fd, 20ms)) {
      }
    });
    expect_timed_out(timed_get(server.url(), {.deadline = kShort}));
  }
}

TEST(HttpGet, EndsBeforeTheDeadlineWhenTheAnswerIsThere) {
  const RawServer server(test::answers(200, "quick"));
  const auto outcome = timed_get(server.url(), {.deadline = 60s});
  ASSERT_TRUE(outcome.result);
  EXPECT_LT(outcome.took, 30s);
}

TEST(HttpGet, TakesABodyOfMaxBytesAndNoByteMore) {
  const RawServer server(test::answers(200, std::string(1000, 'x')));
  EXPECT_TRUE(http_get(server.url(), {.max_bytes = 1000}));
  const auto answer = http_get(server.url(), {.max_bytes = 999});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::Malformed);
  EXPECT_THAT(answer.error().what, HasSubstr("more than 999 bytes"));
}

TEST(HttpGet, StopsReadingAnEndlessBody) {
  const RawServer server([](int fd, const std::string&) {
    test::send_all(fd, "HTTP/1.1 200 OK\r\n\r\n");
    while (test::send_all(fd, std::string(65536, 'x'))) {
    }
  });
  const auto answer = http_get(server.url(), {.deadline = 60s});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::Malformed) << answer.error().what;
}

TEST(HttpGet, SaysThatWhatCameIsNotHttp) {
  for (const char* bytes : {"SSH-2.0-OpenSSH_9.2p1\r\n", "\r\n\r\n", "", "HTTP/1.1 OK 200\r\n\r\n",
                            "HTTP/9.9 200 OK\r\n\r\n"}) {
    const RawServer server(test::says(bytes));
    const auto answer = http_get(server.url());
    ASSERT_FALSE(answer) << bytes;
    EXPECT_EQ(answer.error().kind, Kind::Malformed) << bytes << answer.error().what;
  }
}

TEST(HttpGet, RefusesAnEndlessStatusLineOrHeader) {
  for (const char* head : {"HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nX: "}) {
    const RawServer server([head](int fd, const std::string&) {
      test::send_all(fd, head);
      while (test::send_all(fd, std::string(65536, 'x'))) {
      }
    });
    const auto answer = http_get(server.url(), {.deadline = 60s});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Kind::Malformed) << answer.error().what;
  }
}

TEST(HttpGet, SaysThatABodyWasCutOff) {
  const RawServer server(test::says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"));
  const auto answer = http_get(server.url());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Kind::Malformed);
  EXPECT_THAT(answer.error().what, HasSubstr("complete HTTP answer"));
}

}  // namespace
}  // namespace mpm
