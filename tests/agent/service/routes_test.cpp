// SPDX-License-Identifier: Apache-2.0
//
// The API over a machine on which no httpd runs: every operation answers, and every error is a
// Problem with its status.
#include "agent/service/routes.h"

#include <gtest/gtest.h>

#include "schema/codec/json.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

class Routes : public ::testing::Test {
 protected:
  Routes() {
    dir_.write("self/mountinfo", "");
    AgentOptions options;
    options.ephemeral = true;
    options.proc_root = dir_.path();
    agent_ = std::move(*Agent::start(options, clock_));
  }

  ApiResponse get(const std::string& path, std::map<std::string, std::string> query = {}) {
    return respond(*agent_, {"GET", path, std::move(query)});
  }
  void expect_problem(const ApiResponse& response, int status, const std::string& word) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.content_type, "application/problem+json");
    const auto problem = from_json<Problem>(response.body);
    ASSERT_TRUE(problem) << response.body;
    EXPECT_EQ(problem->status, status);
    EXPECT_NE(problem->detail.find(word), std::string::npos) << problem->detail;
  }

  TempDir dir_;
  SystemClock clock_;
  std::unique_ptr<Agent> agent_;
};

TEST_F(Routes, AHostWithoutAServerHasAnEmptyList) {
  const ApiResponse response = get("/v1/targets");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_TRUE(from_json<TargetList>(response.body)->targets.empty());
}

TEST_F(Routes, SayThatNoServerRuns) {
  for (const char* path : {"/v1/status", "/v1/settings", "/v1/scoreboard", "/v1/samples",
                           "/v1/observation", "/v1/proposal"})
    expect_problem(get(path), 502, "no httpd runs here");
}

TEST_F(Routes, SayThatAProcessIsNotThere) {
  expect_problem(get("/v1/status", {{"target", "4711"}}), 404, "4711");
  expect_problem(get("/v1/proposal", {{"target", ":8080"}}), 502, "8080");
}

TEST_F(Routes, RefuseWhatIsNoTargetAndNoNumber) {
  expect_problem(get("/v1/status", {{"target", "web"}}), 400, "web");
  expect_problem(get("/v1/status", {{"target", ":0"}}), 400, ":0");
  expect_problem(get("/v1/proposal", {{"window", "soon"}}), 400, "window=soon");
  expect_problem(get("/v1/proposal", {{"window", "-1"}}), 400, "above 0");
  expect_problem(get("/v1/observation", {{"window", "1e99"}}), 400, "window");
  expect_problem(get("/v1/samples", {{"after", "x"}}), 400, "after=x");
}

TEST_F(Routes, KnowNoOtherPath) {
  expect_problem(get("/v2/targets"), 404, "/v2/targets");
  expect_problem(get("/"), 404, "no such operation");
}

TEST_F(Routes, HealthIsAlwaysThere) {
  const auto health = from_json<HealthReport>(get("/healthz").body);
  ASSERT_TRUE(health);
  EXPECT_TRUE(health->ephemeral);
  EXPECT_FALSE(health->version.empty());
}

}  // namespace
}  // namespace mpm
