// SPDX-License-Identifier: Apache-2.0
//
// Each rule of lint() twice: a configuration that has what it looks for, and one that almost has
// it, of which nothing may be said.
#include "agent/config/lint_rules.h"

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/config/lint_fixture.h"

namespace mpm::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing_lint::Given;
using testing_lint::of_rule;
using testing_lint::only;

// A tree that has what the rule looks for, and one that almost has it.
struct Pair {
  std::string rule;
  Given has;
  Given almost;
  std::string code;
};

const std::string kUse = "<Macro m>\nTimeout 1\n</Macro>\nUse m\n";
const std::string kWorkers = "MaxRequestWorkers 100\n";

std::vector<Pair> refusals() {
  return {
      {"refused", {.text = "<Directory /x>\n"}, {.text = "<Directory /x>\n</Directory>\n"}, ""},
      {"warned",
       {.text = "", .modules = {"ssl_module", "ssl_module"}},
       {.text = "", .modules = {"ssl_module"}},
       "AH01574"},
      {"in-section",
       {.text = "<VirtualHost *:80>\nListenBacklog 100\n</VirtualHost>\n"},
       {.text = "<VirtualHost *:80>\nKeepAliveTimeout 3\n</VirtualHost>\n"},
       "AH00526"},
      {"in-section",
       {.text = "<VirtualHost *:80>\n<If true>\nTimeout 3\n</If>\n</VirtualHost>\n"},
       {.text = "<Perl>\nTimeout 3\n</Perl>\n"},
       "AH00526"},
      {"other-mpm",
       {.text = "MinSpareServers 5\n"},
       {.text = "<IfModule prefork.c>\nMinSpareServers 5\n</IfModule>\n"},
       "AH00526"},
      {"other-mpm",
       {.mpm = Mpm::Prefork, .text = "ThreadsPerChild 5\n"},
       {.mpm = Mpm::Prefork, .text = "ThreadStackSize 100000\n"},
       "AH00526"},
      {"newer-directive",
       {.text = "ListenCoresBucketsRatio 8\n", .surroundings = {.version = "2.4.16"}},
       {.text = "ListenCoresBucketsRatio 8\n", .surroundings = {.version = "2.4.17-dev"}},
       "AH00526"},
      {"newer-directive",
       {.text = "MaxRequestWorkers 100\n", .surroundings = {.version = "2.2.34"}},
       {.text = "MaxClients 100\n", .surroundings = {.version = "2.2.34"}},
       "AH00526"},
      {"refused",
       {.text = "<IfFile x>\n</IfFile>\n", .surroundings = {.version = "2.4.33"}},
       {.text = "<IfVersion >= 2.4.34>\n<IfFile x>\n</IfFile>\n</IfVersion>\n",
        .surroundings = {.version = "2.4.33"}},
       ""},
      {"one-word",
       {.text = "MaxRequestWorkers 100 # enough\n"},
       {.text = "MaxRequestWorkers \"100\"\n"},
       "AH00526"},
      {"one-word", {.text = "KeepAlive\n"}, {.text = "KeepAlive On\n"}, "AH00526"},
      {"refused-value", {.text = "ListenBacklog 0\n"}, {.text = "ListenBacklog 1\n"}, "AH00526"},
      {"refused-value",
       {.text = "ListenCoresBucketsRatio 0\n"},
       {.text = "ListenCoresBucketsRatio 8\n"},
       "AH00526"},
      {"refused-value",
       {.text = "AsyncRequestWorkerFactor 1.5x\n"},
       {.text = "AsyncRequestWorkerFactor 1.5\n"},
       "AH00526"},
      {"refused-value", {.text = "MaxMemFree -1\n"}, {.text = "MaxMemFree 0\n"}, "AH00526"},
      {"refused-value",
       {.text = "KeepAliveTimeout 5m\n"},
       {.text = "KeepAliveTimeout 500ms\n"},
       "AH00526"},
      {"refused-value",
       {.text = "KeepAliveTimeout 5MIN\n"},
       {.text = "KeepAliveTimeout 5mins\n"},
       "AH00526"},
      {"refused-value", {.text = "KeepAlive maybe\n"}, {.text = "KeepAlive oFF\n"}, "AH00526"},
      {"mpm-switch",
       {.text = "", .running_mpm = Mpm::Worker},
       {.text = "", .running_mpm = Mpm::Event},
       "AH00534"},
  };
}

std::vector<Pair> traps() {
  return {
      {"comment-continues",
       {.text = "# note \\\nMaxRequestWorkers 100\n"},
       {.text = "# note \\\n# MaxRequestWorkers 100\n"},
       ""},
      {"comment-continues",
       {.text = "# note \\\n\\\n  KeepAlive Off\n"},
       {.text = "#LogFormat one \\\n   two words\n"},
       ""},
      {"text-after-section",
       {.text = "<IfModule event.c> # a -> b\n" + kWorkers + "</IfModule>\n"},
       {.text = "<IfModule event.c> # a to b\n" + kWorkers + "</IfModule>\n"},
       ""},
      {"text-after-section",
       {.text = "<IfModule event.c> Timeout 5\n</IfModule>\n"},
       {.text = "<IfModule event.c>\nTimeout 5\n</IfModule>\n"},
       ""},
      {"one-line-section",
       {.text = "<IfModule event.c>Timeout 5</IfModule>\n</IfModule>\n"},
       {.text = "<IfModule event.c>\n</IfModule>\n"},
       ""},
      {"macro-continues",
       {.text = "<Macro m $a>\nX $a\n</Macro>\nUse m \"1\\\\\"\n"},
       {.text = kUse},
       ""},
      {"whole-argument",
       {.text = "<IfModule \"event.c\">\n</IfModule>\n", .surroundings = {.version = "2.4.34"}},
       {.text = "<IfModule \"event.c\">\n</IfModule>\n", .surroundings = {.version = "2.4.35"}},
       ""},
      {"variable-case",
       {.text = "Define N 100\nMaxRequestWorkers ${n}\n"},
       {.text = "Define N 100\nMaxRequestWorkers ${N}\n"},
       ""},
      {"lost-line", {.text = kUse + "Timeout 2"}, {.text = kUse + "Timeout 2\nTimeout 3"}, ""},
      {"unclosed-condition",
       {.text = "<IfModule event.c>\n" + kWorkers},
       {.text = "<IfModule event.c>\n" + kWorkers + "</IfModule>\n"},
       ""},
      {"never-matches",
       {.text = "<IfModule mod_mpm_event.c>\n" + kWorkers + "</IfModule>\n"},
       {.text = "<IfModule event.c>\n" + kWorkers + "</IfModule>\n"},
       ""},
      {"never-matches",
       {.text = "<IfModule event_module>\n" + kWorkers + "</IfModule>\n"},
       {.text = "<IfModule mod_events.c>\n" + kWorkers + "</IfModule>\n"},
       ""},
      {"no-block",
       {.text = "<IfModule prefork.c>\n" + kWorkers + "</IfModule>\n"},
       {.text = "<IfModule prefork.c>\n" + kWorkers + "</IfModule>\nThreadsPerChild 25\n"},
       ""},
      {"no-block",
       {.text = "<IfModule worker.c>\n" + kWorkers + "</IfModule>\n"},
       {.text = "<IfModule worker.c>\n" + kWorkers +
                "</IfModule>\n<IfDefine X>\n<IfModule "
                "mod_event.c>\n" +
                kWorkers + "</IfModule>\n</IfDefine>\n"},
       ""},
  };
}

std::vector<Pair> writings() {
  return {
      {"undefined-variable",
       {.text = "MaxRequestWorkers ${N}\n"},
       {.text = "Define N 100\nMaxRequestWorkers ${N}\n"},
       "AH00111"},
      {"repeated",
       {.text = "MaxClients 100\nMaxRequestWorkers 200\n"},
       {.text = "MaxRequestWorkers 200\nMaxRequestsPerChild 0\n"},
       ""},
      {"repeated",
       {.text = "KeepAlive On\nKeepAlive Off\n"},
       {.text = "KeepAlive On\n<VirtualHost *>\nKeepAlive Off\n</VirtualHost>\n"},
       ""},
      {"old-name",
       {.text = "MaxClients 100\n", .surroundings = {.version = "2.4.1"}},
       {.text = "MaxClients 100\n", .surroundings = {.version = "2.2.34"}},
       "AH00521"},
      {"old-name",
       {.mpm = Mpm::Prefork, .text = "MaxClients 100\n"},
       {.mpm = Mpm::Prefork, .text = "maxrequestworkers 100\n"},
       "AH00188"},
      {"old-name", {.text = "MaxRequestsPerChild 0\n"}, {.text = "TimeOut 300\n"}, "AH00545"},
      {"not-a-number", {.text = "MaxRequestWorkers 150MB\n"}, {.text = kWorkers}, ""},
      {"not-a-number",
       {.text = "MaxRequestWorkers 99999999999\n"},
       {.text = "MaxConnectionsPerChild 2147483647\n"},
       ""},
      {"not-a-number", {.text = "Timeout 500ms\n"}, {.text = "KeepAliveTimeout 500ms\n"}, ""},
      {"not-a-number", {.text = "MaxMemFree 0xg\n"}, {.text = "MaxMemFree 0x800\n"}, ""},
  };
}

std::vector<Pair> numbers() {
  return {
      {"server-limit-high",
       {.text = "ServerLimit 20001\nThreadLimit 25\n"},
       {.text = "ServerLimit 20000\nThreadLimit 25\n"},
       "AH00497"},
      {"server-limit-low", {.text = "ServerLimit 0\n"}, {.text = "ServerLimit 1\n"}, "AH00499"},
      {"server-limit-kept",
       {.text = "ServerLimit 20\n", .running = {8, 64}},
       {.text = "ServerLimit 20\n", .running = {20, 64}},
       "AH00501"},
      {"thread-limit-high",
       {.text = "ThreadLimit 100001\n"},
       {.text = "ThreadLimit 100000\n"},
       "AH00502"},
      {"thread-limit-low",
       {.mpm = Mpm::Worker, .text = "ThreadLimit 0\n"},
       {.mpm = Mpm::Worker, .text = "ThreadLimit 1\n"},
       "AH00307"},
      {"thread-limit-kept",
       {.mpm = Mpm::Worker, .text = "ThreadLimit 100\n", .running = {16, 64}},
       {.mpm = Mpm::Worker, .text = "ThreadLimit 64\n", .running = {16, 64}},
       "AH00309"},
      {"threads-above-limit",
       {.text = "ThreadsPerChild 65\n"},
       {.text = "ThreadsPerChild 65\nThreadLimit 65\n"},
       "AH00507"},
      {"threads-low", {.text = "ThreadsPerChild 0\n"}, {.text = "ThreadsPerChild 1\n"}, "AH00509"},
      {"workers-below-threads",
       {.text = "MaxRequestWorkers 24\n"},
       {.text = "MaxRequestWorkers 25\n"},
       "AH00511"},
      {"workers-not-multiple",
       {.text = "MaxRequestWorkers 150\nThreadsPerChild 64\n"},
       {.text = "MaxRequestWorkers 128\nThreadsPerChild 64\n"},
       "AH00513"},
      {"workers-above-limit",
       {.text = "MaxRequestWorkers 425\n"},
       {.text = "MaxRequestWorkers 400\n"},
       "AH00515"},
      {"workers-above-limit",
       {.mpm = Mpm::Prefork, .text = "ServerLimit 100\n"},
       {.mpm = Mpm::Prefork, .text = "ServerLimit 256\n"},
       "AH00180"},
      {"workers-low",
       {.mpm = Mpm::Prefork, .text = "MaxRequestWorkers 0\n"},
       {.mpm = Mpm::Prefork, .text = "MaxRequestWorkers 1\n"},
       "AH00182"},
      {"start-low", {.text = "StartServers 0\n"}, {.text = "StartServers 1\n"}, "AH00517"},
      {"start-above-limit",
       {.text = kWorkers + "StartServers 5\n"},
       {.text = kWorkers + "StartServers 4\n"},
       ""},
      {"start-above-limit",
       {.text = "StartServers 3\nMaxRequestWorkers 50\n"},
       {.text = "MaxRequestWorkers 50\n"},  // httpd's own default of 3, and nobody's mistake
       ""},
      {"spare-low", {.text = "MinSpareThreads 0\n"}, {.text = "MinSpareThreads 1\n"}, "AH00519"},
      {"spare-too-near",
       {.text = "MinSpareThreads 25\nMaxSpareThreads 50\n"},
       {.text = "MinSpareThreads 25\nMaxSpareThreads 51\n"},
       ""},
      {"spare-crossed",
       {.mpm = Mpm::Prefork, .text = "MinSpareServers 10\nMaxSpareServers 5\n"},
       {.mpm = Mpm::Prefork, .text = "MinSpareServers 10\nMaxSpareServers 10\n"},
       ""},
  };
}

std::vector<Pair> advice() {
  return {
      {"factor-fraction",
       {.text = "AsyncRequestWorkerFactor 1.5\n"},
       {.text = "AsyncRequestWorkerFactor 2.0\n"},
       ""},
      {"factor-fraction",
       {.text = "AsyncRequestWorkerFactor 0.5\n"},
       {.text = "AsyncRequestWorkerFactor 1\n"},
       ""},
      {"factor-fraction",
       {.text = "AsyncRequestWorkerFactor 1.5\n", .surroundings = {.version = "2.4.30"}},
       {.text = "AsyncRequestWorkerFactor 1.5\n", .surroundings = {.version = "2.4.29"}},
       ""},
      {"backlog-above-kernel",
       {.text = "ListenBacklog 1024\n", .surroundings = {"", 1023}},
       {.text = "ListenBacklog 1024\n", .surroundings = {"", 1024}},
       ""},
      {"backlog-above-kernel",
       {.text = "ListenBacklog 1024\n", .surroundings = {"", 128}},
       {.text = "ListenBacklog 1024\n"},
       ""},
      {"graceful-stop-only",
       {.text = "GracefulShutdownTimeout 10\n"},
       {.text = "GracefulShutdownTimeout 0\n"},
       ""},
      {"server-limit-without-slack",
       {.text = kWorkers + "ServerLimit 4\n"},
       {.text = kWorkers + "ServerLimit 5\n"},
       "AH03490"},
      {"server-limit-without-slack",
       {.text = kWorkers + "ServerLimit 4\n"},
       {.mpm = Mpm::Worker, .text = kWorkers + "ServerLimit 4\n"},  // uses a slot twice
       "AH03490"},
      {"scoreboard-large", {.text = "ServerLimit 3200\n"}, {.text = "ServerLimit 3000\n"}, ""},
      {"scoreboard-large",
       {.text = "ServerLimit 3200\n"},
       {.mpm = Mpm::Prefork, .text = "ServerLimit 3200\nMaxRequestWorkers 3200\n"},
       ""},
      {"keepalive-holds-workers",
       {.mpm = Mpm::Prefork, .text = "KeepAliveTimeout 16\n"},
       {.mpm = Mpm::Prefork, .text = "KeepAliveTimeout 15000ms\n"},
       ""},
      {"keepalive-holds-workers",
       {.mpm = Mpm::Worker, .text = "<VirtualHost *>\nKeepAliveTimeout 1min\n</VirtualHost>\n"},
       {.mpm = Mpm::Event, .text = "KeepAliveTimeout 60\n"},
       ""},
      {"keepalive-holds-workers",
       {.mpm = Mpm::Worker, .text = "KeepAliveTimeout 60\n"},
       {.mpm = Mpm::Worker, .text = "KeepAliveTimeout 60\nKeepAlive off\n"},
       ""},
      {"keepalive-unlimited",
       {.text = "MaxKeepAliveRequests 0\n"},
       {.text = "MaxKeepAliveRequests 1\n"},
       ""},
      {"no-extended-status",
       {.text = "ExtendedStatus Off\n", .modules = {"status_module"}},
       {.text = "ExtendedStatus Off\n"},
       ""},
      {"spare-unreachable",
       {.text = kWorkers + "MinSpareThreads 101\n"},
       {.text = kWorkers + "MinSpareThreads 100\n"},
       ""},
      {"spares-narrow",
       {.text = "MinSpareThreads 25\nMaxSpareThreads 75\n"},
       {.text = "MinSpareThreads 25\nMaxSpareThreads 100\n"},
       ""},
      {"child-churn",
       {.text = "MaxConnectionsPerChild 99\n"},
       {.text = "MaxConnectionsPerChild 100\n"},
       ""},
      {"php-threads",
       {.text = "", .modules = {"php_module"}},
       {.mpm = Mpm::Prefork, .text = "", .modules = {"php_module"}},
       ""},
      {"php-threads",
       {.mpm = Mpm::Worker, .text = "", .modules = {"php7_module"}},
       {.mpm = Mpm::Worker, .text = "", .modules = {"proxy_fcgi_module"}},
       ""},
      {"php-leaks",
       {.mpm = Mpm::Prefork, .text = "", .modules = {"php5_module"}},
       {.mpm = Mpm::Prefork, .text = "MaxConnectionsPerChild 5000\n", .modules = {"php5_module"}},
       ""},
  };
}

std::vector<Pair> pairs() {
  std::vector<Pair> all;
  for (const auto& table : {refusals(), traps(), writings(), numbers(), advice()})
    all.insert(all.end(), table.begin(), table.end());
  return all;
}

std::set<std::string> all_rules() {
  std::set<std::string> ids;
  for (const auto table :
       {refusal_rules(), trap_rules(), writing_rules(), number_rules(), advice_rules()})
    for (const Rule& rule : table)
      EXPECT_TRUE(ids.insert(std::string(rule.id)).second) << rule.id;
  return ids;
}

TEST(LintRules, FindsWhatIsThereAndNotWhatIsAlmostThere) {
  for (const Pair& pair : pairs()) {
    const LintFinding found = only(pair.has, pair.rule);
    EXPECT_EQ(found.code, pair.code) << pair.rule << "\n" << pair.has.text;
    EXPECT_THAT(found.claim, testing::EndsWith(".")) << pair.rule;
    EXPECT_THAT(of_rule(pair.almost, pair.rule), IsEmpty()) << pair.rule << "\n"
                                                            << pair.almost.text;
  }
}

// dead-section needs a module that is loaded later: lint_test.cpp.
TEST(LintRules, EveryRuleHasItsPair) {
  std::set<std::string> tried{"dead-section"};
  for (const Pair& pair : pairs())
    tried.insert(pair.rule);
  EXPECT_EQ(tried, all_rules());
}

TEST(LintRules, EveryRuleIsDescribed) {
  std::ifstream readme(std::string(MPM_TESTS) + "/../agent/config/README.md");
  std::ostringstream text;
  text << readme.rdbuf();
  for (const std::string& rule : all_rules())
    EXPECT_THAT(text.str(), HasSubstr("| `" + rule + "` |"));
}

}  // namespace
}  // namespace mpm::config
