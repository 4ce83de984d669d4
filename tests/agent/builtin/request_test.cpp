// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/request.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace mpm::builtin {
namespace {

using State = Parsed::State;

constexpr std::string_view kBrowser =
    "GET /cart?id=1&n=2 HTTP/1.1\r\n"
    "Host: shop.example:8080\r\n"
    "User-Agent: Mozilla/5.0\r\n"
    "referer:  http://shop.example/ \t\r\n"
    "If-None-Match: \"2a-5\"\r\n"
    "If-Match: *\r\n"
    "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:38 GMT\r\n"
    "If-Range: \"2a-6\"\r\n"
    "Range: bytes=0-1\r\n"
    "\r\n";

struct Outcome {
  Parsed parsed;
  Request request;
};

Outcome parse(std::string_view bytes, const RequestLimits& limits = {}) {
  Outcome outcome;
  outcome.parsed = parse_request(bytes, limits, outcome.request);
  return outcome;
}

// 0: not refused.
int status_of(std::string_view bytes, const RequestLimits& limits = {}) {
  const Parsed parsed = parse(bytes, limits).parsed;
  return parsed.state == State::Refused ? parsed.status : 0;
}

int status_of_line(std::string_view line) {
  return status_of(std::string(line) + "\r\nHost: a\r\n\r\n");
}

int status_of_fields(std::string_view fields) {
  return status_of("GET / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n");
}

Request request_of(const std::string& bytes) {
  const Outcome outcome = parse(bytes);
  EXPECT_EQ(outcome.parsed.state, State::Whole) << bytes;
  return outcome.request;
}

TEST(RequestTest, TakesAHeadApart) {
  const auto [parsed, request] = parse(kBrowser);
  ASSERT_EQ(parsed.state, State::Whole);
  EXPECT_EQ(parsed.head_bytes, kBrowser.size());
  EXPECT_EQ(request.method, Method::Get);
  EXPECT_EQ(request.line, "GET /cart?id=1&n=2 HTTP/1.1");
  EXPECT_EQ(request.method_name, "GET");
  EXPECT_EQ(request.target, "/cart?id=1&n=2");
  EXPECT_EQ(request.path, "/cart");
  EXPECT_EQ(request.query, "id=1&n=2");
  EXPECT_EQ(request.protocol, "HTTP/1.1");
  EXPECT_EQ(request.host, "shop.example:8080");
  EXPECT_EQ(request.user_agent, "Mozilla/5.0");
  EXPECT_EQ(request.referer, "http://shop.example/");
  EXPECT_EQ(request.if_none_match, "\"2a-5\"");
  EXPECT_EQ(request.if_match, "*");
  EXPECT_EQ(request.if_modified_since, "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(request.if_unmodified_since, "Sun, 06 Nov 1994 08:49:38 GMT");
  EXPECT_EQ(request.if_range, "\"2a-6\"");
  EXPECT_EQ(request.range, "bytes=0-1");
  EXPECT_FALSE(request.http_1_0);
  EXPECT_TRUE(request.keep_alive);
  EXPECT_FALSE(request.has_body);
}

TEST(RequestTest, ViewsPointIntoTheGivenBytes) {
  const Request request = parse(kBrowser).request;
  for (const std::string_view part : {request.line, request.method_name, request.path,
                                      request.query, request.host, request.range}) {
    EXPECT_GE(part.data(), kBrowser.data());
    EXPECT_LE(part.data() + part.size(), kBrowser.data() + kBrowser.size());
  }
}

TEST(RequestTest, EveryPrefixNeedsMore) {
  for (std::size_t size = 0; size < kBrowser.size(); ++size)
    ASSERT_EQ(parse(kBrowser.substr(0, size)).parsed.state, State::NeedMore) << size;
}

TEST(RequestTest, TellsWhereTheNextRequestBegins) {
  const std::string bytes = "\r\n\r\n" + std::string(kBrowser) + std::string(kBrowser);
  const auto [parsed, request] = parse(bytes);
  ASSERT_EQ(parsed.state, State::Whole);
  EXPECT_EQ(parsed.head_bytes, 4 + kBrowser.size());
  EXPECT_EQ(request.path, "/cart");
}

TEST(RequestTest, BlankLinesHaveAnEnd) {
  std::string blank;
  for (int done = 0; done < 1000; ++done)
    blank += "\r\n";
  EXPECT_EQ(status_of(blank), 400);
}

TEST(RequestTest, KnowsTheMethods) {
  const auto method = [](std::string_view name) {
    return request_of(std::string(name) + " / HTTP/1.0\r\n\r\n").method;
  };
  EXPECT_EQ(method("GET"), Method::Get);
  EXPECT_EQ(method("HEAD"), Method::Head);
  EXPECT_EQ(method("OPTIONS"), Method::Options);
  EXPECT_EQ(method("TRACE"), Method::Trace);
  EXPECT_EQ(method("POST"), Method::Other);
  EXPECT_EQ(method("get"), Method::Other);
}

TEST(RequestTest, KeepsAliveAsTheClientWants) {
  const auto kept = [](std::string_view version, const std::string& fields) {
    return request_of("GET / " + std::string(version) + "\r\nHost: a\r\n" + fields + "\r\n")
        .keep_alive;
  };
  EXPECT_TRUE(kept("HTTP/1.1", ""));
  EXPECT_FALSE(kept("HTTP/1.1", "Connection: close\r\n"));
  EXPECT_FALSE(kept("HTTP/1.1", "Connection: TE, Close\r\n"));
  EXPECT_FALSE(kept("HTTP/1.1", "Connection: TE\r\nConnection: close\r\n"));
  EXPECT_FALSE(kept("HTTP/1.0", ""));
  EXPECT_TRUE(kept("HTTP/1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(kept("HTTP/1.0", "Connection: keep-alive, close\r\n"));
  EXPECT_FALSE(kept("HTTP/1.0", "Proxy-Connection: keep-alive\r\n"));
}

TEST(RequestTest, TakesTheTargetsForms) {
  const auto whole = [](std::string_view line) {
    return std::string(line) + "\r\nHost: field\r\n\r\n";
  };
  const std::string absolute = whole("GET http://target:81/path?q HTTP/1.1");
  EXPECT_EQ(request_of(absolute).path, "/path");
  EXPECT_EQ(request_of(absolute).query, "q");
  EXPECT_EQ(request_of(absolute).host, "target:81");
  const std::string bare = whole("GET HTTPS://target?q HTTP/1.1");
  EXPECT_EQ(request_of(bare).path, "/");
  EXPECT_EQ(request_of(bare).query, "q");
  EXPECT_EQ(request_of(whole("OPTIONS * HTTP/1.1")).path, "*");
  EXPECT_EQ(request_of(whole("GET //a/../b HTTP/1.1")).path, "//a/../b");
}

TEST(RequestTest, RefusesOtherTargets) {
  for (const char* line :
       {"GET * HTTP/1.1", "GET file HTTP/1.1", "GET ?q HTTP/1.1", "GET http:///p HTTP/1.1",
        "GET http://u@h/p HTTP/1.1", "GET ftp://h/p HTTP/1.1", "CONNECT h:443 HTTP/1.1",
        "GET /a\x01 HTTP/1.1", "GET /a\tb HTTP/1.1", "GET /a\x7f HTTP/1.1", "GET /a b HTTP/1.1",
        "GET  / HTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.1 ", "G@T / HTTP/1.1", "/ HTTP/1.1"})
    EXPECT_EQ(status_of_line(line), 400) << line;
}

TEST(RequestTest, RefusesOtherVersions) {
  for (const char* line : {"GET / HTTP/2.0", "GET / HTTP/1.2", "GET / HTTP/0.9", "PRI * HTTP/2.0"})
    EXPECT_EQ(status_of_line(line), 505) << line;
  for (const char* line : {"GET / HTTP/1.10", "GET / HTTP/1", "GET / HTTP/x.1", "GET / http/1.1"})
    EXPECT_EQ(status_of_line(line), 400) << line;
  EXPECT_EQ(status_of("GET /\r\n"), 400) << "HTTP/0.9 sends no more than this";
  EXPECT_EQ(status_of("\x16\x03\x01\r\n"), 400);
}

TEST(RequestTest, WantsOneHost) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET http://h/ HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.0\r\n\r\n"), 0);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 0);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), 0);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"), 400);
  for (const char* host : {"a b", "a/b", "a@b", "a\\b", "a,\"b", "\xc3\xa4"})
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n"), 400) << host;
}

TEST(RequestTest, LeavesNoDoubtAboutTheBody) {
  const auto has_body = [](const std::string& fields) {
    return request_of("POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").has_body;
  };
  EXPECT_FALSE(has_body("Content-Length: 0\r\n"));
  EXPECT_TRUE(has_body("Content-Length: 9\r\n"));
  EXPECT_TRUE(has_body("Content-Length: 18446744073709551615\r\n"));
  EXPECT_TRUE(has_body("Content-Length: 9\r\nContent-Length: 9\r\n"));
  EXPECT_TRUE(has_body("Transfer-Encoding: Chunked\r\n"));
  for (const char* fields :
       {"Content-Length: 9\r\nContent-Length: 8\r\n", "Content-Length: 9, 8\r\n",
        "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 9\r\n", "Content-Length: -1\r\n",
        "Content-Length: +1\r\n", "Content-Length: 0x9\r\n", "Content-Length:\r\n",
        "Content-Length: 18446744073709551616\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"})
    EXPECT_EQ(status_of_fields(fields), 400) << fields;
  for (const char* encoding : {"gzip", "gzip, chunked", "chunked, chunked", "chunked;q=1", "x", ""})
    EXPECT_EQ(status_of_fields("Transfer-Encoding: " + std::string(encoding) + "\r\n"), 501)
        << encoding;
  EXPECT_EQ(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(RequestTest, SeesAnErrorOfTheHeadWhenTheBodyCameWithIt) {
  const std::string head = "POST / HTTP/1.1\r\nContent-Length: 5\r\n";
  EXPECT_EQ(status_of(head + "\r\nhello"), 400) << "no Host";
  const std::string whole = head + "Host: a\r\n\r\n";
  EXPECT_EQ(parse(whole + "hello").parsed.head_bytes, whole.size());
}

TEST(RequestTest, RefusesWhatIsNotAField) {
  using namespace std::string_view_literals;
  for (const std::string_view fields :
       {"X: a\r\n b\r\n"sv, "X: a\r\n\tb\r\n"sv, "X:\r\n b\r\n"sv, "X : a\r\n"sv, ": a\r\n"sv,
        "X\r\n"sv, "X: a\rb\r\n"sv, "X: a\0b\r\n"sv, "X: a\x01\r\n"sv, "\rX: a\r\n"sv,
        "X: a\r\r\n"sv, "\xe4: a\r\n"sv})
    EXPECT_EQ(status_of_fields(fields), 400) << fields;
}

TEST(RequestTest, RefusesABareLineFeedAtOnce) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\n"), 400);
  EXPECT_EQ(status_of("\nGET / HTTP/1.1\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\n\n"), 400);
}

TEST(RequestTest, BoundsTheRequestLine) {
  const RequestLimits limits{.line = 20};
  const std::string fits = "GET /34567 HTTP/1.1";
  ASSERT_EQ(fits.size(), 19U);
  EXPECT_EQ(status_of(fits + "1\r", limits), 0) << "not yet too long";
  EXPECT_EQ(status_of(fits + "12", limits), 414) << "without its end";
  EXPECT_EQ(status_of("GET /34567890 HTTP/1.1\r\n", limits), 414);
  const Outcome outcome = parse("GET /34567890 HTTP/1.1\r\n", limits);
  EXPECT_EQ(outcome.request.line, "GET /34567890 HTTP/1") << "for the log, up to the limit";
}

TEST(RequestTest, BoundsTheFields) {
  const RequestLimits limits{.field = 10, .fields = 2};
  const std::string line = "GET / HTTP/1.1\r\n";
  EXPECT_EQ(status_of(line + "Host: 7890\r\n\r\n", limits), 0);
  EXPECT_EQ(status_of(line + "Host: 7890\r", limits), 0);
  EXPECT_EQ(status_of(line + "Host: 78901", limits), 431);
  EXPECT_EQ(status_of(line + "Host: 78901\r\n", limits), 431);
  EXPECT_EQ(status_of(line + "Host: a\r\nB: b\r\n\r\n", limits), 0);
  EXPECT_EQ(status_of(line + "Host: a\r\nB: b\r\nC: c\r\n", limits), 431);
  EXPECT_EQ(status_of(line + "Host: a\r\nB: b\r\n\r\n", {.fields = 0}), 0) << "0: without end";
}

TEST(RequestTest, TakesAHeadAsLongAsItsLimitsAllow) {
  std::string head = "GET /" + std::string(8000, 'a') + " HTTP/1.1\r\nHost: a\r\n";
  for (int field = 1; field < 100; ++field)
    head += "X: " + std::string(8000, 'x') + "\r\n";
  EXPECT_EQ(parse(head + "\r\n").parsed.state, State::Whole);
  EXPECT_EQ(status_of(head + "One: more\r\n\r\n"), 431);
}

TEST(RequestTest, TellsTheLineOfWhatItRefuses) {
  const Outcome outcome = parse("GET /a?b HTTP/1.1\r\nHost: x\r\nBad field\r\n\r\n");
  EXPECT_EQ(outcome.parsed.status, 400);
  EXPECT_EQ(outcome.request.line, "GET /a?b HTTP/1.1");
  EXPECT_EQ(outcome.request.path, "/a");
  EXPECT_EQ(outcome.request.host, "x");
}

}  // namespace
}  // namespace mpm::builtin
