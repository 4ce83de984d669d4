// SPDX-License-Identifier: Apache-2.0
//
// Our metrics of a real httpd beside those of Debian's prometheus-apache-exporter, while every
// worker is busy, and in a real Prometheus.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/live/scrape.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::vector<std::string> lines_with(const std::string& page, const std::string& prefix) {
  std::vector<std::string> found;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);)
    if (line.rfind(prefix, 0) == 0) found.push_back(line);
  return found;
}

// "# TYPE apache_workers gauge", its HELP, and "apache_workers{state="busy"}" without the value. A
// version is a number of its own, and the exporter's own build is not httpd's.
std::set<std::string> shape_of(const std::string& page) {
  const std::regex version("version=\"[^\"]*\"");
  std::set<std::string> shape;
  for (const char* prefix : {"# HELP apache_", "# TYPE apache_", "apache_"})
    for (std::string line : lines_with(page, prefix)) {
      if (line.find("apache_exporter_") != std::string::npos) continue;
      if (line.front() != '#') line.resize(line.rfind(' '));
      shape.insert(std::regex_replace(line, version, "version"));
    }
  return shape;
}

// NaN when there is none.
double value_of(const std::string& page, const std::string& name) {
  const auto lines = lines_with(page, name + " ");
  return lines.empty() ? std::nan("") : std::stod(lines.front().substr(name.size()));
}

// Bounds within which no child is started or ended while two tools look one after the other.
std::string still_pool(Mpm mpm) {
  if (mpm == Mpm::Prefork) return "StartServers 5\nMinSpareServers 1\nMaxSpareServers 10\n";
  return "StartServers 2\nMinSpareThreads 25\nMaxSpareThreads 250\n";
}

class MetricsBesideExporter : public testing::TestWithParam<Mpm> {};
INSTANTIATE_TEST_SUITE_P(Live, MetricsBesideExporter,
                         testing::Values(Mpm::Prefork, Mpm::Worker, Mpm::Event), name_of_mpm);

TEST_P(MetricsBesideExporter, HaveItsNamesTypesHelpAndLabels) {
  const PrivateHttpd httpd({.mpm = GetParam(), .directives = still_pool(GetParam())});
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(get_status(httpd.port(), "/", 5s), 200);
  const ScrapedAgent agent(MPM_AGENT);
  std::string ours = agent.wait_for(httpd);
  const std::string theirs = exporter_page(httpd);
  EXPECT_EQ(shape_of(ours), shape_of(theirs));
  EXPECT_EQ(lines_with(ours, "apache_").size(), GetParam() == Mpm::Event ? 34U : 28U);

  // The exporter's own questions are counted while it asks, so ours are compared with what it says.
  EXPECT_TRUE(wait_for([&] {
    ours = agent.page(httpd);
    return value_of(ours, "apache_accesses_total") >= value_of(theirs, "apache_accesses_total");
  })) << ours;
  for (const char* name :
       {"apache_version", "apache_generation{type=\"config\"}", "apache_generation{type=\"mpm\"}",
        "apache_scoreboard{state=\"open_slot\"}"})
    EXPECT_EQ(value_of(ours, name), value_of(theirs, name)) << name;
  EXPECT_NEAR(value_of(ours, "apache_uptime_seconds_total"),
              value_of(theirs, "apache_uptime_seconds_total"), 10);
  EXPECT_EQ(value_of(ours, "apache_workers{state=\"busy\"}") +
                value_of(ours, "apache_workers{state=\"idle\"}"),
            value_of(theirs, "apache_workers{state=\"busy\"}") +
                value_of(theirs, "apache_workers{state=\"idle\"}"));
}

TEST(MetricsOfASaturatedServer, AreThereAtOnceAndTrue) {
  const PrivateHttpd httpd({.directives = "ServerLimit 2\nThreadsPerChild 4\n"
                                          "MaxRequestWorkers 8\nStartServers 2\n"});
  const ScrapedAgent agent(MPM_AGENT);
  agent.wait_for(httpd);
  const HeldRequests held(httpd.port(), 11);
  std::string page;
  EXPECT_TRUE(wait_for([&] {
    page = agent.page(httpd);
    return value_of(page, "apache_workers{state=\"busy\"}") == 8;
  })) << page;
  EXPECT_EQ(value_of(page, "apache_up"), 1);
  EXPECT_EQ(value_of(page, "apache_workers{state=\"idle\"}"), 0);
  EXPECT_THAT(page, HasSubstr("health=\"saturated\"} 1\n"));

  // Half of them, because another program may have this processor for longer than that.
  std::vector<double> seconds;
  for (int i = 0; i < 51; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_THAT(agent.page(httpd), HasSubstr("apache_up 1"));
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::ranges::nth_element(seconds, seconds.begin() + 25);
  EXPECT_LT(seconds[25], 0.005);

  const std::string name = lines_with(page, "mpm_saturated_seconds_total{").at(0);
  const std::string saturated = name.substr(0, name.rfind(' '));
  EXPECT_TRUE(wait_for([&] { return value_of(agent.page(httpd), saturated) > 1; }));
}

TEST(MetricsOfAStoppedServer, SayThatItIsGone) {
  PrivateHttpd httpd;
  const ScrapedAgent agent(MPM_AGENT);
  agent.wait_for(httpd);
  httpd.stop();
  EXPECT_TRUE(wait_for([&] { return agent.page(httpd).find("404") != std::string::npos; }));
}

TEST(MetricsPort, HasNoOtherDoor) {
  const ScrapedAgent agent(MPM_AGENT);
  EXPECT_TRUE(wait_for([&] { return !page_of(agent.port(), "/healthz").empty(); }));
  EXPECT_THAT(page_of(agent.port(), "/healthz"), HasSubstr(" 200 "));
  EXPECT_THAT(page_of(agent.port(), "/v1/status"), HasSubstr(" 404 "));
  const UniqueFd socket = connect_to(agent.port());
  send_text(socket,
            "GET /metrics HTTP/1.1\r\nHost: rebound.example.com\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(receive_all(socket), HasSubstr(" 403 "));
}

// The value of `query` for the server at `port`, from Prometheus; NaN while it has none.
double ask_prometheus(std::uint16_t prometheus, const std::string& query, std::uint16_t port) {
  const std::string answer = page_of(prometheus, "/api/v1/query?query=" + query);
  const auto body = answer.find("\r\n\r\n");
  if (body == std::string::npos) return std::nan("");
  const auto json = nlohmann::json::parse(answer.substr(body), nullptr, false);
  if (json.is_discarded() || !json.contains("data")) return std::nan("");
  for (const auto& result : json["data"]["result"])
    if (result["metric"].value("server", "") == fmt::format("127.0.0.1:{}", port))
      return std::stod(result["value"][1].get<std::string>());
  return std::nan("");
}

TEST(MetricsInPrometheus, AreThereWithTheRulesThatAreMadeOfThem) {
  const PrivateHttpd httpd({.directives = "ServerLimit 2\nThreadsPerChild 4\n"
                                          "MaxRequestWorkers 8\nStartServers 2\n"});
  const ScrapedAgent agent(MPM_AGENT);
  agent.wait_for(httpd);
  const HeldRequests held(httpd.port(), 4);
  const TempDir dir;
  dir.write("prometheus.yml",
            fmt::format("global: {{scrape_interval: 500ms, evaluation_interval: 500ms}}\n"
                        "rule_files: [{0}/prometheus/rules.yml, {0}/prometheus/alerts.yml]\n"
                        "scrape_configs:\n"
                        "  - job_name: mpm\n"
                        "    static_configs: [{{targets: [\"127.0.0.1:{1}\"]}}]\n",
                        MPM_DEPLOY, agent.port()));
  const std::uint16_t port = free_port();
  const Background prometheus({"prometheus", "--config.file=" + dir / "prometheus.yml",
                               "--storage.tsdb.path=" + dir / "data",
                               fmt::format("--web.listen-address=127.0.0.1:{}", port)});
  EXPECT_TRUE(
      wait_for([&] { return ask_prometheus(port, "mpm_worker_limit", httpd.port()) == 8; }, 60s));
  EXPECT_TRUE(wait_for(
      [&] { return ask_prometheus(port, "mpm:workers_busy:ratio", httpd.port()) == 0.5; }, 60s));
  EXPECT_THAT(page_of(port, "/api/v1/targets"), HasSubstr("\"health\":\"up\""));
}

}  // namespace
}  // namespace mpm
