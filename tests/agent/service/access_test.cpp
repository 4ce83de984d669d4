// SPDX-License-Identifier: Apache-2.0
//
// Who may ask for what: each operation of the API without, with wrong, with reading and with full
// credentials. The table is held against the API's own, so that a new operation cannot be
// forgotten.
#include "agent/service/access.h"

#include <map>

#include <gmock/gmock.h>

#include "schema/codec/routes.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kReader(40, 'r');
const std::string kChanger(40, 'c');
constexpr SocketUsers kUsers{.own = 900, .group = 901};

const std::map<std::string_view, Right> kNeeded{
    {"/v1/targets", Right::Read},
    {"/v1/status", Right::Read},
    {"/v1/scoreboard", Right::Read},
    {"/v1/workers", Right::Read},
    {"/v1/top", Right::Read},
    {"/v1/settings", Right::Read},
    {"/v1/samples", Right::Read},
    {"/v1/observation", Right::Read},
    {"/v1/proposal", Right::Read},
    {"/v1/simulation", Right::Read},
    {"/v1/doctor", Right::Read},
    {"/v1/history", Right::Read},
    {"/healthz", Right::Read},
    {"/metrics", Right::Read},
    {"/v1/config/settings", Right::Read},
    {"/v1/config/check", Right::Read},
    {"/v1/config/plan", Right::Read},
    {"/v1/config/write", Right::Change},
    {"/v1/config/directive", Right::Read},
    {"/v1/changes", Right::Read},
    {"/v1/change", Right::Read},
    {"/v1/changes/preview", Right::Read},
    {"/v1/changes/begin", Right::Change},
    {"/v1/changes/admission", Right::Read},
    {"/v1/changes/undo", Right::Change},
};

Tokens tokens() {
  return *Tokens::parse("read " + kReader + "\nchange " + kChanger + "\n", "tokens");
}

ApiRequest head_of(const Route& route) {
  ApiRequest head;
  head.method = route.method();
  head.path = route.path;
  return head;
}

// The status of the refusal; 0: it may go on.
int on_port(ApiRequest head, const std::string& authorization) {
  head.authorization = authorization;
  const auto refused = refusal_on_port(head, tokens(), "web1.example.org");
  return refused ? refused->status : 0;
}
int on_socket(const ApiRequest& head, const Peer& peer) {
  const auto refused = refusal(head, right_of(peer, kUsers));
  return refused ? refused->status : 0;
}

TEST(Access, EveryOperationOfTheApiHasItsRight) {
  for (const Route& route : kRoutes) {
    ASSERT_TRUE(kNeeded.contains(route.path)) << route.path << ": say here what it takes";
    EXPECT_EQ(right_needed(route.method(), route.path), kNeeded.at(route.path)) << route.path;
  }
  EXPECT_EQ(kNeeded.size(), kRoutes.size());
}

TEST(Access, OnAPortATokenSaysIt) {
  for (const Route& route : kRoutes) {
    const ApiRequest head = head_of(route);
    const bool reads = kNeeded.at(route.path) == Right::Read;
    for (const char* nobody : {"", "Bearer ", "Bearer wrong", "Basic cm9vdDpyb290", "Bearer"})
      EXPECT_EQ(on_port(head, nobody), 401) << route.path << nobody;
    EXPECT_EQ(on_port(head, kReader), 401) << route.path;
    EXPECT_EQ(on_port(head, "Bearer " + kReader + "x"), 401) << route.path;
    EXPECT_EQ(on_port(head, "Bearer " + kReader.substr(1)), 401) << route.path;
    EXPECT_EQ(on_port(head, "Bearer " + kReader), reads ? 0 : 403) << route.path;
    EXPECT_EQ(on_port(head, "Bearer " + kChanger), 0) << route.path;
  }
}

TEST(Access, OnTheSocketTheKernelSaysIt) {
  for (const Route& route : kRoutes) {
    const ApiRequest head = head_of(route);
    const bool reads = kNeeded.at(route.path) == Right::Read;
    EXPECT_EQ(on_socket(head, {1000, {1000, 100}}), 403) << route.path;
    EXPECT_EQ(on_socket(head, {1000, {1000, 901}}), reads ? 0 : 403) << route.path;
    EXPECT_EQ(on_socket(head, {1000, {901}}), reads ? 0 : 403) << route.path;
    EXPECT_EQ(on_socket(head, {900, {1}}), 0) << route.path;
    EXPECT_EQ(on_socket(head, {0, {}}), 0) << route.path;
  }
}

TEST(Access, WhatIsNoOperationTakesTheMost) {
  for (const auto& [method, path] :
       std::vector<std::pair<const char*, const char*>>{{"POST", "/v1/new"},
                                                        {"PUT", "/v1/targets"},
                                                        {"DELETE", "/v1/changes"},
                                                        {"", ""},
                                                        {"POST", "/v1/config/plan/"},
                                                        {"OPTIONS", "*"}})
    EXPECT_EQ(right_needed(method, path), Right::Change) << method << path;
  EXPECT_EQ(right_needed("HEAD", "/v1/targets"), Right::Read);
}

TEST(Access, NoWebPageIsAnswered) {
  ApiRequest head = head_of(route::kTargets);
  const std::string full = "Bearer " + kChanger;
  for (const char* host :
       {"", "127.0.0.1:9180", "[::1]:9180", "localhost", "WEB1:9180", "web1.example.org"}) {
    head.host = host;
    EXPECT_EQ(on_port(head, full), 0) << host;
  }
  for (const char* host :
       {"evil.example", "web1.example.org.evil.example", "127.0.0.1.evil.example", ":9180"}) {
    head.host = host;
    EXPECT_EQ(on_port(head, full), 403) << host;
  }
  head.host.clear();
  for (const char* origin : {"https://evil.example", "null", "http://127.0.0.1:9180"}) {
    head.origin = origin;
    EXPECT_EQ(on_port(head, full), 403) << origin;
  }
}

TEST(Access, ABodyThatIsLongOrMayBecomeItIsNotRead) {
  ApiRequest head = head_of(route::kConfigPlan);
  EXPECT_FALSE(refusal_of_body(head));
  head.body_bytes = kMostBodyBytes;
  EXPECT_FALSE(refusal_of_body(head));
  head.body_bytes = kMostBodyBytes + 1;
  EXPECT_EQ(refusal_of_body(head)->status, 413);
  head.body_bytes = 5;
  head.is_packed = true;
  EXPECT_EQ(refusal_of_body(head)->status, 415);
}

TEST(Access, ARefusalRepeatsNoSecret) {
  ApiRequest head = head_of(route::kChangeBegin);
  for (const std::string& token : {kReader, std::string(40, 'z')}) {
    head.authorization = "Bearer " + token;
    const auto refused = refusal_on_port(head, tokens(), "web1");
    ASSERT_TRUE(refused);
    EXPECT_THAT(refused->body, Not(HasSubstr(token)));
  }
}

TEST(Tokens, SayTheLineOfWhatIsWrongAndNotTheSecret) {
  const std::string secret(40, 's');
  for (const std::string& text : std::vector<std::string>{
           "\n#\nwrite " + secret, "\n\n" + secret, "\n\nread", "\n\nread short",
           "\n\nread " + secret + " " + secret, "\n\nread " + std::string(5000, 's')}) {
    const auto parsed = Tokens::parse(text, "tokens");
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, Error::Kind::Malformed);
    EXPECT_THAT(parsed.error().what, HasSubstr("tokens:3: "));
    EXPECT_THAT(parsed.error().what, Not(HasSubstr(secret)));
  }
  EXPECT_FALSE(Tokens::parse("# none\n", "tokens"));
}

TEST(Tokens, MayHaveSpaceAndCommentsAroundThem) {
  const auto parsed = Tokens::parse("  # ours\r\n\tread \t" + kReader + " \r\n", "tokens");
  ASSERT_TRUE(parsed) << parsed.error().what;
  EXPECT_EQ(parsed->right_of(kReader), Right::Read);
  EXPECT_EQ(parsed->right_of(kReader + " "), Right::None);
  EXPECT_EQ(parsed->right_of(""), Right::None);
}

TEST(Tokens, AreInNoFileThatEverybodyMayRead) {
  const TempDir dir;
  dir.write("tokens", "read " + kReader + "\n");
  std::filesystem::permissions(dir / "tokens", std::filesystem::perms(0644));
  const auto open = Tokens::read(dir / "tokens");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().kind, Error::Kind::Denied);
  EXPECT_THAT(open.error().what, HasSubstr("chmod 640"));
  std::filesystem::permissions(dir / "tokens", std::filesystem::perms(0640));
  EXPECT_TRUE(Tokens::read(dir / "tokens"));
  EXPECT_EQ(Tokens::read(dir / "none").error().kind, Error::Kind::NotFound);
}

}  // namespace
}  // namespace mpm
