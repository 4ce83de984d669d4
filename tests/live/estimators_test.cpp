// SPDX-License-Identifier: Apache-2.0
//
// What an agent takes a real httpd's requests and children for, beside what they are: mod_lab's
// requests cost what their query says.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "agent/proc/proc_fs.h"
#include "cli/client.h"
#include "cli/load.h"
#include "schema/model/observation.h"
#include "tests/support/agent_command.h"
#include "tests/support/child.h"
#include "tests/support/private_httpd.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;

class LookingAgent {
 public:
  LookingAgent() : agent_(agent_command(MPM_AGENT, dir_, {"--interval", "200"})) {}

  // Of the last seconds; without samples until there are some.
  Observation observed(const PrivateHttpd& server, double window) const {
    Client client(dir_ / "agent.sock", 5s);
    auto answer = client.observation({server.target(), window});
    return answer ? std::move(answer->value) : Observation{};
  }

 private:
  const TempDir dir_;
  const Background agent_;
};

LoadOptions load_of(const PrivateHttpd& server, const std::string& query, double per_second,
                    std::chrono::milliseconds span) {
  return {.port = server.port(),
          .path = "/lab?" + query,
          .per_second = per_second,
          .span = span,
          .most_open = 1000};
}

// 160 requests a second of 50 ms and 40 of 400 ms: 24 workers at once, 120 ms the mean, and of its
// square 1.36 varies.
TEST(Estimators, OfTheTimeOfARequest) {
  const PrivateHttpd httpd({.directives =
                                "ServerLimit 8\nThreadsPerChild 25\nMaxRequestWorkers 200\n"
                                "StartServers 8\nMinSpareThreads 100\n"});
  const LookingAgent agent;
  ASSERT_TRUE(wait_for([&] { return agent.observed(httpd, 5).samples > 0; }, 20s));
  Load many(load_of(httpd, "sleep=50", 160, 60s));
  Load long_ones(load_of(httpd, "sleep=400", 40, 60s));
  Observation seen;
  ASSERT_TRUE(wait_for(
      [&] {
        seen = agent.observed(httpd, 45);
        return seen.span_seconds > 44 && seen.load.completed_per_second > 190;
      },
      60s));
  const double mean = 0.8 * 0.050 + 0.2 * 0.400;
  const double square = 0.8 * 0.050 * 0.050 + 0.2 * 0.400 * 0.400;
  EXPECT_NEAR(seen.load.service_seconds / mean, 1, 0.03);
  EXPECT_NEAR(seen.load.service_cv2 / (square / (mean * mean) - 1), 1, 0.15);
  EXPECT_NEAR(seen.load.offered.mean / (200 * mean), 1, 0.10);
}

// What ten children more cost, and what each keeps of a request.
TEST(Estimators, OfWhatAChildTakesAndGrowsBy) {
  constexpr double kKept = 32 * 1024;
  // None is started for want of spares and none is ended for too many: a child that came late
  // would have kept less.
  const auto children = [](int count) {
    const std::string all = std::to_string(count);
    return "StartServers " + all + "\nMinSpareServers 1\nMaxSpareServers " + all +
           "\nMaxRequestWorkers " + all + "\n";
  };
  const auto held = [](const PrivateHttpd& server) {
    const ProcFs proc;
    std::vector<std::string> losses;
    std::int64_t bytes = 0;
    for (const std::int32_t pid : proc.children(server.pid()).value_or(std::vector<std::int32_t>()))
      if (const auto usage = proc.usage(pid, losses)) bytes += usage->pss.value;
    return static_cast<double>(bytes);
  };
  const PrivateHttpd ten({.mpm = Mpm::Prefork, .directives = children(10)});
  const PrivateHttpd twenty({.mpm = Mpm::Prefork, .directives = children(20)});
  const LookingAgent agent;
  ASSERT_TRUE(wait_for([&] { return agent.observed(twenty, 5).samples > 0; }, 20s));
  // Each child as many.
  Load on_ten(load_of(ten, "leak=32&sleep=20", 50, 60s));
  Load on_twenty(load_of(twenty, "leak=32&sleep=20", 100, 60s));
  Observation seen;
  ASSERT_TRUE(wait_for(
      [&] {
        seen = agent.observed(twenty, 45);
        return seen.span_seconds > 44 && seen.memory && seen.memory->growth_per_request;
      },
      60s));
  on_ten.stop();
  on_twenty.stop();
  const double growth = *seen.memory->growth_per_request;
  const double marginal = (held(twenty) - held(ten)) / 10;
  seen = agent.observed(twenty, 5);
  ASSERT_TRUE(seen.memory);
  EXPECT_NEAR(static_cast<double>(seen.memory->child_typical.value) / marginal, 1, 0.10);
  EXPECT_NEAR(growth / kKept, 1, 0.10);
}

}  // namespace
}  // namespace mpm
