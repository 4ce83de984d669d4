// SPDX-License-Identifier: Apache-2.0
//
// A server whose files hold what somebody wrote and nobody loaded: an agent that nobody can answer
// makes no change of it, because loading its own would load that too.
#include <gmock/gmock.h>

#include "agent/service/agent.h"
#include "tests/live/either_httpd.h"
#include "tests/live/server.h"
#include "tests/support/bytes_of.h"
#include "tests/support/child.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

class Unloaded : public testing::Test {
 protected:
  Unloaded() : server_(either_httpd(Mpm::Event, "ThreadsPerChild 4\nMaxRequestWorkers 16\n")) {
    AgentOptions options;
    options.ephemeral = true;
    options.state = state_ / "state";
    auto agent = Agent::start(options, clock_);
    if (agent) agent_ = std::move(*agent);
  }

  ChangeRequest request() const {
    ChangeRequest request;
    request.question.target = std::to_string(server_.pid());
    request.question.wishes = {{"MaxRequestWorkers", "12"}};
    request.watch_seconds = 0;
    return request;
  }
  // By the time of the file, more than the clocks' slack after the start.
  void somebody_writes() const {
    server_.dir().write("extra.conf", bytes_of(server_.extra_conf()) + "KeepAliveTimeout 7\n");
    ASSERT_EQ(run({"touch", "-d", "+1 minute", server_.extra_conf()}).status, 0);
  }

  SystemClock clock_;
  const PrivateHttpd server_;
  const TempDir state_;
  std::unique_ptr<Agent> agent_;
};

TEST_F(Unloaded, WordsOfOthersKeepAnAgentFromAChangeThatNobodyAgreedTo) {
  ASSERT_TRUE(agent_);
  somebody_writes();
  const std::string before = bytes_of(server_.extra_conf());
  const auto refused = agent_->change_begin(request());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Error::Kind::Conflict);
  EXPECT_THAT(refused.error().what, HasSubstr(server_.extra_conf() + " is newer"));
  EXPECT_THAT(refused.error().what, HasSubstr("Nobody agreed to that"));
  EXPECT_EQ(bytes_of(server_.extra_conf()), before);
  EXPECT_FALSE(agent_->change(1)) << "nothing was begun";

  ChangeRequest agreed = request();
  agreed.unloaded_too = true;
  EXPECT_TRUE(agent_->change_begin(agreed));
}

// The time of the link is what is new; the file may be as old as its package.
TEST_F(Unloaded, WordsAreThoseOfAnOldFileBehindANewLinkToo) {
  ASSERT_TRUE(agent_);
  server_.dir().write("old.conf", bytes_of(server_.extra_conf()));
  ASSERT_EQ(run({"touch", "-d", "-1 year", server_.dir() / "old.conf"}).status, 0);
  ASSERT_EQ(run({"ln", "-sf", server_.dir() / "old.conf", server_.extra_conf()}).status, 0);
  ASSERT_EQ(run({"touch", "-h", "-d", "+1 minute", server_.extra_conf()}).status, 0);
  const auto preview = agent_->change_preview(request());
  ASSERT_TRUE(preview) << preview.error().what;
  ASSERT_EQ(preview->unloaded.size(), 1U);
  EXPECT_THAT(preview->unloaded[0], HasSubstr(server_.extra_conf()));
}

TEST_F(Unloaded, WordsThereAreNoneAfterALoad) {
  ASSERT_TRUE(agent_);
  const auto fresh = agent_->change_preview(request());
  ASSERT_TRUE(fresh) << fresh.error().what;
  EXPECT_THAT(fresh->unloaded, IsEmpty());
  const auto begun = agent_->change_begin(request());
  ASSERT_TRUE(begun) << begun.error().what;
  const auto has_ended = [&] {
    const auto change = agent_->change(begun->id);
    return change && change->steps.back().phase >= Phase::Kept;
  };
  ASSERT_TRUE(wait_for(has_ended, 90s));
  ChangeRequest next = request();
  next.question.wishes = {{"MaxRequestWorkers", "8"}};
  const auto preview = agent_->change_preview(next);
  ASSERT_TRUE(preview) << preview.error().what;
  EXPECT_THAT(preview->unloaded, IsEmpty()) << preview->unloaded[0];
}

}  // namespace
}  // namespace mpm
