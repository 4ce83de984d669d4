// SPDX-License-Identifier: Apache-2.0
//
// Many changes in a row of a server under load, drawn by chance among the valid ones that a
// graceful reload puts in force, and then all of them taken back, the last one first: no request
// fails, and the configuration is the first one to the very byte.
//
// MPM_CHANGES says how many; 20 by default. MPM_SEED draws others.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include <gmock/gmock.h>

#include "agent/service/agent.h"
#include "cli/load.h"
#include "tests/agent/apply/swap_tree.h"
#include "tests/live/either_httpd.h"
#include "tests/live/server.h"
#include "tests/support/bytes_of.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;

int number_from(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::atoi(text) : otherwise;
}

// A directive, and the values that are valid beside those of the others, in steps.
struct Draw {
  const char* directive;
  int from;
  int to;
  int step;
};
constexpr Draw kDraws[] = {
    {"MaxRequestWorkers", 16, 64, 4}, {"StartServers", 1, 4, 1},
    {"MinSpareThreads", 4, 12, 1},    {"MaxSpareThreads", 16, 64, 4},
    {"KeepAliveTimeout", 1, 10, 1},   {"MaxKeepAliveRequests", 10, 1000, 10},
    {"Timeout", 20, 90, 1},           {"MaxConnectionsPerChild", 5000, 90000, 1000}};

class ManyChanges : public testing::Test {
 protected:
  ManyChanges() : server_(options()) {
    AgentOptions options;
    options.ephemeral = true;
    options.state = state_ / "state";
    auto agent = Agent::start(options, clock_);
    if (agent) agent_ = std::move(*agent);
  }

  // Two of them are there, one in another case, one twice; the others come with a change.
  static HttpdOptions options() {
    return either_httpd(Mpm::Event,
                        "# our own\nThreadsPerChild 4\nThreadLimit 4\n\nmaxrequestworkers\t 32 \n"
                        "KeepAliveTimeout 5\n# once more\nKeepAliveTimeout 4\n"
                        "<IfModule mpm_event_module>\n  MinSpareThreads 8\n</IfModule>");
  }

  std::vector<Wish> wishes() {
    std::vector<Draw> draws(std::begin(kDraws), std::end(kDraws));
    std::shuffle(draws.begin(), draws.end(), chance_);
    draws.resize(std::uniform_int_distribution<std::size_t>(1, 3)(chance_));
    std::vector<Wish> wishes;
    for (const Draw& draw : draws) {
      const int steps = (draw.to - draw.from) / draw.step;
      const int value =
          draw.from + draw.step * std::uniform_int_distribution<int>(0, steps)(chance_);
      wishes.push_back({draw.directive, std::to_string(value)});
    }
    return wishes;
  }

  // To its end; false, and a failure, when it was not kept.
  bool is_kept(const Result<ChangeRecord>& begun) {
    EXPECT_TRUE(begun) << begun.error().what;
    if (!begun) return false;
    Phase phase = Phase::Planned;
    std::string said;
    const auto look = [&] {
      const auto change = agent_->change(begun->id);
      if (!change) return false;
      phase = change->steps.back().phase;
      said.clear();
      for (const ChangeStep& step : change->steps)
        said += step.detail + "\n";
      return phase >= Phase::Kept;
    };
    EXPECT_TRUE(wait_for(look, 90s)) << said;
    EXPECT_EQ(phase, Phase::Kept) << said;
    return phase == Phase::Kept;
  }

  // Draws until the draw is not what is in force already; 0: it was not kept.
  std::int64_t make_one() {
    for (int tries = 0; tries < 100; ++tries) {
      ChangeRequest request;
      request.question.target = std::to_string(server_.pid());
      request.question.wishes = wishes();
      request.watch_seconds = 0;
      const auto begun = agent_->change_begin(request);
      if (!begun && begun.error().kind == Error::Kind::Usage) continue;
      return is_kept(begun) ? begun->id : 0;
    }
    return 0;
  }

  SystemClock clock_;
  const PrivateHttpd server_;
  const TempDir state_;
  std::unique_ptr<Agent> agent_;
  std::mt19937 chance_{static_cast<unsigned>(number_from("MPM_SEED", 17))};
};

TEST_F(ManyChanges, FailNoRequestAndAreTakenBackToTheVeryBytes) {
  ASSERT_TRUE(agent_);
  const int wanted = number_from("MPM_CHANGES", 20);
  const std::string before = bytes_of(server_.extra_conf());
  Load load({.port = server_.port(),
             .path = kApache ? "/lab?sleep=5" : "/work?sleep=5ms",
             .per_second = 100,
             .span = 4h});
  std::vector<std::int64_t> made;
  while (made.size() < static_cast<std::size_t>(wanted)) {
    const std::int64_t id = make_one();
    ASSERT_NE(id, 0) << "after " << made.size();
    made.push_back(id);
  }
  EXPECT_NE(bytes_of(server_.extra_conf()), before);
  for (auto id = made.rbegin(); id != made.rend(); ++id) {
    UndoRequest undo;
    undo.id = *id;
    undo.watch_seconds = 0;
    ASSERT_TRUE(is_kept(agent_->change_undo(undo))) << "taking back " << *id;
  }
  const LoadResult result = load.stop();
  EXPECT_EQ(bytes_of(server_.extra_conf()), before);
  EXPECT_EQ(result.failed, 0) << "of " << result.begun;
  EXPECT_GT(result.answered, 100);
  std::cout << made.size() << " changes and as many back: " << result.answered
            << " requests answered, " << result.failed << " failed, p99 "
            << result.p99_seconds * 1000 << " ms\n";
}

}  // namespace
}  // namespace mpm
