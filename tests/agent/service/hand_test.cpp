// SPDX-License-Identifier: Apache-2.0
//
// The hand without a server: who may ask it, which operations it has, and whom it believes about
// what is proposed.
#include "agent/service/hand.h"

#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "agent/service/http_server.h"
#include "agent/service/listening.h"
#include "agent/service/service_client.h"
#include "schema/codec/json.h"
#include "schema/codec/routes.h"
#include "tests/support/step_clock.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

const HandUsers kUsers{901, "mpm-operator"};
constexpr uid_t kNobody = 65534;

ApiRequest head_of(const Route& route, std::optional<Peer> peer) {
  ApiRequest head;
  head.method = route.method();
  head.path = route.path;
  head.peer = std::move(peer);
  return head;
}

TEST(HandAccess, IsForRootAndItsGroupAlone) {
  for (const Route& route : kRoutes) {
    const auto status = [&](std::optional<Peer> peer) {
      const auto refused = refusal_of_the_hand(head_of(route, std::move(peer)), kUsers);
      return refused ? refused->status : 0;
    };
    EXPECT_EQ(status(Peer{0, {0}}), 0) << route.path;
    EXPECT_EQ(status(Peer{1000, {1000, 901}}), 0) << route.path;
    EXPECT_EQ(status(Peer{1000, {1000}}), 403) << route.path;
    // The agent's own user and group, whatever they may read at the agent.
    EXPECT_EQ(status(Peer{900, {900}}), 403) << route.path;
    EXPECT_EQ(status(Peer{901, {1}}), 403) << "a user of the group's number";
    EXPECT_EQ(status(std::nullopt), 403) << route.path;
  }
  const auto refused = refusal_of_the_hand(head_of(route::kHealth, std::nullopt), kUsers);
  EXPECT_THAT(refused->body, HasSubstr("usermod --append --groups mpm-operator"));
}

class HandWithoutServers : public testing::Test {
 protected:
  HandWithoutServers() {
    dir_.write("self/mountinfo", "");
    AgentOptions options;
    options.ephemeral = true;
    options.proc_root = dir_.path();
    options.state = dir_ / "state";
    agent_ = std::move(*Agent::start(options, clock_));
    hand_.emplace(*agent_, proc_, clock_, [](std::int32_t, std::optional<Seconds>) {
      return Result<Proposal>(fail(Error::Kind::Unreachable, "nobody proposes"));
    });
  }
  ApiResponse ask(const std::string& method, std::string_view path, const std::string& target) {
    ApiRequest request;
    request.method = method;
    request.path = path;
    request.query["target"] = target;
    ChangeRequest body;
    body.question.target = target;
    body.question.wishes = {{"MaxRequestWorkers", "400"}};
    if (method == "POST") request.body = to_json(body);
    return hand_->respond(request);
  }

  const TempDir dir_;
  const ProcFs proc_{dir_.path()};
  test::StepClock clock_{Instant{}};
  std::unique_ptr<Agent> agent_;
  std::optional<Hand> hand_;
};

TEST_F(HandWithoutServers, HasWhatAChangeTakesAndNothingElse) {
  const std::set<std::string_view> its{route::kHealth.path,        route::kProposal.path,
                                       route::kChanges.path,       route::kChange.path,
                                       route::kChangePreview.path, route::kChangeBegin.path,
                                       route::kChangeUndo.path,    route::kChangeAdmission.path};
  for (const Route& route : kRoutes) {
    const ApiResponse response = ask(std::string(route.method()), route.path, "");
    const bool is_missing = response.body.find("no such operation") != std::string::npos;
    EXPECT_EQ(is_missing, !its.contains(route.path)) << route.path << " " << response.body;
    if (is_missing) {
      EXPECT_EQ(response.status, 404);
    }
  }
  EXPECT_EQ(ask("PUT", route::kChangeBegin.path, "").status, 404);
  EXPECT_EQ(ask("GET", route::kHealth.path, "").status, 200);
  EXPECT_EQ(ask("GET", route::kChanges.path, "").status, 200);
}

// With root's rights it would be asked for whatever page anybody names.
TEST_F(HandWithoutServers, LooksAtNoOtherHost) {
  for (const std::string& path :
       {std::string(route::kChangePreview.path), std::string(route::kChangeBegin.path)}) {
    const ApiResponse response = ask("POST", path, "http://127.0.0.1:1/server-status");
    EXPECT_EQ(response.status, 403) << response.body;
    EXPECT_THAT(response.body, HasSubstr("servers of this host"));
  }
  EXPECT_THAT(ask("GET", route::kProposal.path, "http://127.0.0.1:1/x").body,
              HasSubstr("servers of this host"));
  AdmissionQuestion question;
  question.target = "https://localhost/x";
  EXPECT_EQ(hand_->admission(question).error().kind, Error::Kind::Denied);
}

TEST_F(HandWithoutServers, IsIdleFromTheLastQuestionOn) {
  EXPECT_EQ(hand_->idle(), 0s);
  clock_.move(30s, 0);
  EXPECT_EQ(hand_->idle(), 30s);
  (void)ask("GET", route::kHealth.path, "");
  EXPECT_EQ(hand_->idle(), 0s);
}

// An agent's socket that this user listens on.
class SocketOf {
 public:
  explicit SocketOf(uid_t user) {
    std::filesystem::permissions(dir_.path(), std::filesystem::perms(0777));
    EXPECT_EQ(::seteuid(user), 0);
    auto socket = listen_on_path(path(), std::nullopt);
    EXPECT_EQ(::seteuid(0), 0);
    EXPECT_TRUE(socket) << socket.error().what;
    server_.emplace(HttpServer::on(std::move(*socket), [this](const ApiRequest& request) {
      ++asked_;
      return ApiResponse{200, "application/json", "\"" + request.path + "\""};
    }));
  }
  std::string path() const { return dir_ / "agent.sock"; }

 private:
  const TempDir dir_;
  std::atomic<int> asked_ = 0;
  std::optional<HttpServer> server_;
};

TEST(ServiceClient, BelievesTheAgentsUserAndRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root becomes another user";
  const SocketOf nobody(kNobody);
  const SocketOf root(0);
  EXPECT_EQ(ask_service({nobody.path(), kNobody}, "/x", 5s).value_or(""), "\"/x\"");
  EXPECT_EQ(ask_service({root.path(), kNobody}, "/x", 5s).value_or(""), "\"/x\"");
  EXPECT_TRUE(ask_service({nobody.path(), std::nullopt}, "/x", 5s));
  const auto stranger = ask_service({nobody.path(), 4711}, "/x", 5s);
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().kind, Error::Kind::Denied);
  EXPECT_THAT(stranger.error().what, HasSubstr("is user 65534, and not the agent's own user"));
  EXPECT_EQ(ask_service({nobody.path() + "x", 1}, "/x", 5s).error().kind, Error::Kind::Unreachable);
}

TEST(ServiceClient, TakesNoAnswerWithoutAnEnd) {
  const TempDir dir;
  auto server = HttpServer::listen(dir / "s", [](const ApiRequest&) {
    return ApiResponse{200, "application/json", std::string(std::size_t{5} << 20, 'x')};
  });
  ASSERT_TRUE(server);
  const auto answer = ask_service({dir / "s", std::nullopt}, "/x", 5s);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Error::Kind::Malformed);
}

}  // namespace
}  // namespace mpm
