// SPDX-License-Identifier: Apache-2.0
//
// The API over a machine on which no httpd runs: every operation answers, and every error is a
// Problem with its status.
#include "agent/service/routes.h"

#include <gtest/gtest.h>

#include "agent/base/file.h"
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
    options.state = dir_ / "state";
    agent_ = std::move(*Agent::start(options, clock_));
  }

  ApiResponse get(const std::string& path, std::map<std::string, std::string> query = {}) {
    return respond(*agent_, {"GET", path, std::move(query), {}});
  }
  ApiResponse post(const std::string& path, const ConfigQuestion& question) {
    return respond(*agent_, {"POST", path, {}, to_json(question)});
  }
  // A tree of a server with event, in a folder of its own.
  ConfigQuestion about_tree(std::vector<Wish> wishes) {
    dir_.write("tree/etc/httpd/conf/httpd.conf",
               "LoadModule mpm_event_module x.so\nThreadsPerChild 25\nMaxRequestWorkers 100\n");
    ConfigQuestion question;
    question.offline = OfflineSite{};
    question.offline->root = dir_ / "tree";
    question.wishes = std::move(wishes);
    return question;
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

TEST_F(Routes, PlanAChangeOfATreeAndWriteItOnlyWhenAsked) {
  ConfigQuestion question = about_tree({{"MaxRequestWorkers", "200"}});
  const std::string file = dir_ / "tree/etc/httpd/conf/httpd.conf";
  const ApiResponse planned = post("/v1/config/plan", question);
  ASSERT_EQ(planned.status, 200) << planned.body;
  const auto plan = from_json<EditPlan>(planned.body);
  ASSERT_TRUE(plan);
  EXPECT_FALSE(plan->written);
  ASSERT_EQ(plan->files.size(), 1U);
  EXPECT_NE(plan->files[0].diff.find("+MaxRequestWorkers 200"), std::string::npos);
  EXPECT_NE(read_file(file)->find("MaxRequestWorkers 100"), std::string::npos);

  question.basis = "of other bytes";
  expect_problem(post("/v1/config/write", question), 409, "somebody else");
  question.basis = plan->basis;
  const ApiResponse written = post("/v1/config/write", question);
  ASSERT_EQ(written.status, 200) << written.body;
  EXPECT_TRUE(from_json<EditPlan>(written.body)->written);
  EXPECT_NE(read_file(file)->find("MaxRequestWorkers 200"), std::string::npos);
}

TEST_F(Routes, CheckATreeAndReadIt) {
  const ApiResponse checked = post("/v1/config/check", about_tree({}));
  ASSERT_EQ(checked.status, 200) << checked.body;
  EXPECT_EQ(from_json<LintReport>(checked.body)->mpm, Mpm::Event);
  const auto settings = from_json<MpmSettings>(post("/v1/config/settings", about_tree({})).body);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->worker_limit, 100);
  expect_problem(post("/v1/config/plan", about_tree({})), 400, "Nothing is to be changed");
  expect_problem(post("/v1/config/plan", about_tree({{"MaxRequestWorkers", "many"}})), 400,
                 "MaxRequestWorkers");
  expect_problem(respond(*agent_, {"POST", "/v1/config/plan", {}, "{"}), 422, "JSON");
}

// It has more rights than who asks it.
TEST_F(Routes, ADaemonReadsNoTreesAndWritesNothing) {
  AgentOptions options;
  options.proc_root = dir_.path();
  agent_ = std::move(*Agent::start(options, clock_));
  const ConfigQuestion question = about_tree({{"MaxRequestWorkers", "200"}});
  expect_problem(post("/v1/config/plan", question), 403, "your own rights");
  expect_problem(post("/v1/config/write", question), 403, "your own rights");
}

TEST_F(Routes, ExplainADirective) {
  EXPECT_EQ(
      from_json<DirectiveExplanation>(get("/v1/config/directive", {{"name", "maxclients"}}).body)
          ->directive,
      "MaxRequestWorkers");
  expect_problem(get("/v1/config/directive", {{"name", "Listen"}}), 404, "Listen");
}

TEST_F(Routes, SayThatNoServerRuns) {
  for (const char* path : {"/v1/status", "/v1/settings", "/v1/scoreboard", "/v1/samples",
                           "/v1/observation", "/v1/proposal", "/v1/workers", "/v1/top"})
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
  expect_problem(get("/v1/workers", {{"pid", "0"}}), 400, "pid=0: give 1 or more");
  expect_problem(get("/v1/workers", {{"slot", "-1"}}), 400, "slot=-1");
  expect_problem(get("/v1/workers", {{"limit", "0"}}), 400, "limit=0");
  expect_problem(get("/v1/workers", {{"state", "asleep"}}), 400, "state=asleep: give busy, or one");
  expect_problem(get("/v1/workers", {{"state", "?"}}), 400, "state=?");
  expect_problem(get("/v1/top", {{"limit", "many"}}), 400, "limit=many");
}

TEST_F(Routes, KnowNoOtherPath) {
  expect_problem(get("/v2/targets"), 404, "/v2/targets");
  expect_problem(get("/"), 404, "no such operation");
}

TEST_F(Routes, MetricsAreTextAndThereWithoutAServer) {
  const ApiResponse response = get("/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(response.body.find("apache_up 0\n"), std::string::npos) << response.body;
  expect_problem(get("/metrics", {{"target", ":80"}}), 404, ":80");
}

TEST_F(Routes, APortForPrometheusHasTheMetricsAndNothingElse) {
  const auto ask = [&](const std::string& method, const std::string& path,
                       const std::string& host) {
    return respond_to_scrape(*agent_, {method, path, {}, "", host}, "web1.example.org");
  };
  EXPECT_EQ(ask("GET", "/metrics", "127.0.0.1:9117").status, 200);
  EXPECT_EQ(ask("GET", "/healthz", "").status, 200);
  for (const char* path : {"/v1/status", "/v1/settings", "/", "/metrics/"})
    expect_problem(ask("GET", path, "localhost"), 404, "/metrics");
  expect_problem(ask("POST", "/metrics", "localhost"), 404, "POST");
  expect_problem(ask("GET", "/metrics", "rebound.example.com:9117"), 403, "rebound.example.com");
}

TEST(OwnHost, IsAnAddressOrThisHostsName) {
  for (const char* host : {"127.0.0.1", "10.1.2.3:9117", "[::1]:9117", "localhost:1", "LocalHost",
                           "web1", "web1:9117", "WEB1.example.org:80"})
    EXPECT_TRUE(is_own_host(host, "web1.example.org")) << host;
  EXPECT_TRUE(is_own_host("web1", "web1"));
  for (const char* host : {"", ":9117", "example.org", "web1.evil.org", "web2",
                           "127.0.0.1.evil.org", "localhost.evil.org", "[::1"})
    EXPECT_FALSE(is_own_host(host, "web1.example.org")) << host;
  EXPECT_FALSE(is_own_host("", ""));
}

TEST_F(Routes, HealthIsAlwaysThere) {
  const auto health = from_json<HealthReport>(get("/healthz").body);
  ASSERT_TRUE(health);
  EXPECT_TRUE(health->ephemeral);
  EXPECT_FALSE(health->version.empty());
}

}  // namespace
}  // namespace mpm
