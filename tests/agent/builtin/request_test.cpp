// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/request.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace mpm::builtin {
namespace {

using State = Parsed::State;

Parsed parse(const std::string& bytes, Request& request) {
  return parse_request(bytes, {.line = 100, .field = 200, .fields = 10}, request);
}
// The status that it is refused with; 0 when it is taken, -1 when more is needed.
int status_of(const std::string& bytes) {
  Request request;
  const Parsed parsed = parse(bytes, request);
  return parsed.state == State::NeedMore ? -1 : parsed.status;
}
std::string get(const std::string& fields) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

TEST(ParseRequest, TakesItApart) {
  const std::string bytes =
      "GET /cart%20x?id=1&x=? HTTP/1.1\r\nHost: localhost:8080\r\nrange: bytes=0-9\r\n"
      "If-None-Match: \"a\"\r\nIf-Modified-Since: Mon\r\nReferer: r\r\nUser-Agent: u v\r\n\r\nrest";
  Request request;
  const Parsed parsed = parse(bytes, request);
  ASSERT_EQ(parsed.state, State::Whole);
  EXPECT_EQ(bytes.substr(parsed.head_bytes), "rest");
  EXPECT_EQ(request.method, Method::Get);
  EXPECT_EQ(request.line, "GET /cart%20x?id=1&x=? HTTP/1.1");
  EXPECT_EQ(request.target, "/cart%20x?id=1&x=?");
  EXPECT_EQ(request.path, "/cart%20x");
  EXPECT_EQ(request.query, "id=1&x=?");
  EXPECT_EQ(request.protocol, "HTTP/1.1");
  EXPECT_EQ(request.host, "localhost:8080");
  EXPECT_EQ(request.range, "bytes=0-9");
  EXPECT_EQ(request.if_none_match, "\"a\"");
  EXPECT_EQ(request.referer, "r");
  EXPECT_EQ(request.user_agent, "u v");
  EXPECT_TRUE(request.keep_alive);
  EXPECT_FALSE(request.has_body);
}

TEST(ParseRequest, WaitsForTheEmptyLineAtEveryCut) {
  const std::string whole = "\r\nGET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
  for (std::size_t cut = 0; cut < whole.size(); ++cut)
    EXPECT_EQ(status_of(whole.substr(0, cut)), -1) << cut;
  EXPECT_EQ(status_of(whole), 0);
}

TEST(ParseRequest, KnowsWhoKeepsTheConnection) {
  const auto keeps = [](const std::string& bytes) {
    Request request;
    EXPECT_EQ(parse(bytes, request).state, State::Whole) << bytes;
    return request.keep_alive;
  };
  EXPECT_TRUE(keeps(get("")));
  EXPECT_FALSE(keeps(get("Connection: close\r\n")));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(ParseRequest, SeesABody) {
  const auto has_body = [](const std::string& fields) {
    Request request;
    EXPECT_EQ(parse("POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n", request).state,
              State::Whole);
    return request.has_body;
  };
  EXPECT_FALSE(has_body(""));
  EXPECT_FALSE(has_body("Content-Length: 0\r\n"));
  EXPECT_TRUE(has_body("Content-Length: 5\r\n"));
  EXPECT_TRUE(has_body("Content-Length: 99999999999\r\n"));
  EXPECT_TRUE(has_body("Transfer-Encoding: chunked\r\n"));
}

TEST(ParseRequest, TakesEveryFormOfATarget) {
  const auto path = [](const std::string& line) {
    const std::string bytes = line + "\r\nHost: a\r\n\r\n";
    Request request;
    const Parsed parsed = parse(bytes, request);
    return parsed.state == State::Whole
               ? std::string(request.path) + "|" + std::string(request.query)
               : std::to_string(parsed.status);
  };
  EXPECT_EQ(path("GET http://h:80/p?q HTTP/1.1"), "/p|q");
  EXPECT_EQ(path("GET http://h HTTP/1.1"), "/|");
  EXPECT_EQ(path("GET http://h?q HTTP/1.1"), "/|q");
  EXPECT_EQ(path("OPTIONS * HTTP/1.1"), "*|");
  EXPECT_EQ(path("GET * HTTP/1.1"), "400");
  EXPECT_EQ(path("GET p HTTP/1.1"), "400");
  EXPECT_EQ(path("CONNECT h:80 HTTP/1.1"), "400");
}

TEST(ParseRequest, RefusesWhatIsMalformed) {
  for (const std::string& bytes : std::vector<std::string>{
           "GET / HTTP/1.1\r\n\r\n",                           // no Host
           get("Host: b\r\n"),                                 // two
           "GET /\r\n\r\n",                                    // HTTP/0.9
           "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",               // two blanks
           "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",             // a blank in it
           "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",            // a control character
           "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",                // no token
           "GET / HTTP/1.1\nHost: a\n\n",                      // bare line feeds
           "GET / HTTP/x.1\r\nHost: a\r\n\r\n",                // no version
           get(" folded: x\r\n"),                              // a folded field
           get("X : y\r\n"),                                   // a blank before the colon
           get("no colon\r\n"),                                //
           get("X: \x02\r\n"),                                 //
           get("Content-Length: x\r\n"),                       //
           get("Content-Length: -1\r\n"),                      //
           get("Content-Length: 5\r\nContent-Length: 6\r\n"),  //
           get("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
       })
    EXPECT_EQ(status_of(bytes), 400) << bytes;
}

TEST(ParseRequest, RefusesOtherVersions) {
  EXPECT_EQ(status_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505);
  EXPECT_EQ(status_of("GET / HTTP/1.2\r\nHost: a\r\n\r\n"), 505);
}

TEST(ParseRequest, RefusesWhatIsTooLargeBeforeItsEnd) {
  const std::string line = "GET /" + std::string(86, 'x') + " HTTP/1.1";
  ASSERT_EQ(line.size(), 100U);
  EXPECT_EQ(status_of(line + "\r\nHost: a\r\n\r\n"), 0);
  EXPECT_EQ(status_of("GET /" + std::string(500, 'x')), 414);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nX: " + std::string(500, 'x')), 431);
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 11; ++i)
    many += fmt::format("X{}: y\r\n", i);
  EXPECT_EQ(status_of(many), 431);
}

}  // namespace
}  // namespace mpm::builtin
