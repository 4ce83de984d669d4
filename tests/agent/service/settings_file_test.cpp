// SPDX-License-Identifier: Apache-2.0
#include "agent/service/settings_file.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include <gmock/gmock.h>

#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string text_of(const std::string& name) {
  std::ifstream file(std::string(MPM_DEPLOY) + "/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> complaints(std::string_view text) {
  ProgramOptions options;
  return take_settings(text, "a.toml", options);
}

tl::expected<ProgramOptions, EarlyExit> parse(std::vector<std::string> words) {
  std::vector<const char*> arguments{"mpm-agent"};
  for (const std::string& word : words)
    arguments.push_back(word.c_str());
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

TEST(SettingsFile, KeepsTheDefaultsOfWhatItLeavesOut) {
  ProgramOptions options;
  EXPECT_THAT(take_settings("", "a.toml", options), ElementsAre());
  EXPECT_EQ(options.socket, ProgramOptions().socket);
  EXPECT_EQ(options.agent.interval, AgentOptions().interval);
}

TEST(SettingsFile, SetsEveryKey) {
  ProgramOptions options;
  const auto wrong = take_settings(
      "socket = '/tmp/s'\nmetrics = '[::1]:9'\ngroup = 'adm'\nlisten = '127.0.0.1:8'\n"
      "tokens = '/t'\ncertificate = '/c'\nkey = '/k'\nclient_ca = '/a'\n"
      "interval_milliseconds = 100\n"
      "sweep_milliseconds = 500\nsweep_share = 0.1\nhistory = ':memory:'\nkeep_hours = 3\n"
      "keep_rollups_days = 30\nhistory_mebibytes = 64\nstate = '/tmp/t'\n"
      "[policy]\nmemory_share = 0.5\nheadroom = 3\nmin_samples = 4\nmin_span_seconds = 5.5\n"
      "min_requests_per_child = 6\n",
      "a.toml", options);
  EXPECT_THAT(wrong, ElementsAre());
  EXPECT_EQ(options.socket, "/tmp/s");
  EXPECT_EQ(options.metrics, "[::1]:9");
  EXPECT_EQ(options.group, "adm");
  EXPECT_EQ(options.port.endpoint, "127.0.0.1:8");
  EXPECT_EQ(options.port.tokens, "/t");
  EXPECT_EQ(options.port.tls.certificate, "/c");
  EXPECT_EQ(options.port.tls.key, "/k");
  EXPECT_EQ(options.port.tls.client_ca, "/a");
  EXPECT_EQ(options.agent.interval, std::chrono::milliseconds(100));
  EXPECT_EQ(options.agent.sweep_every, std::chrono::milliseconds(500));
  EXPECT_EQ(options.agent.history, ":memory:");
  EXPECT_EQ(options.agent.sweep_share, 0.1);
  EXPECT_EQ(options.agent.keep.samples, std::chrono::hours(3));
  EXPECT_EQ(options.agent.keep.rollups, std::chrono::days(30));
  EXPECT_EQ(options.agent.keep.most, kMiB * 64);
  EXPECT_EQ(options.agent.state, "/tmp/t");
  EXPECT_EQ(options.agent.policy.memory_share, 0.5);
  EXPECT_EQ(options.agent.policy.headroom, 3);
  EXPECT_EQ(options.agent.policy.min_samples, 4);
  EXPECT_EQ(options.agent.policy.min_span_seconds, 5.5);
  EXPECT_EQ(options.agent.policy.min_requests_per_child, 6);
}

TEST(SettingsFile, SaysAllThatIsWrongWithLineAndColumn) {
  EXPECT_THAT(
      complaints("intervall = 5\n\n  metrics = 9117\n[policy]\nheadroom = 0.5\nmemory = 1\n"),
      testing::UnorderedElementsAre(
          HasSubstr("a.toml:1:1: there is no key intervall; "),
          "a.toml:3:13: metrics has to be an address and a port, as in \"127.0.0.1:9117\"",
          "a.toml:5:12: policy.headroom has to be a number from 1 on",
          "a.toml:6:1: there is no key policy.memory; memory_share is meant?"));
  EXPECT_THAT(complaints("socket ="), ElementsAre(HasSubstr("a.toml:1:")));
  EXPECT_THAT(complaints("policy = 1"),
              ElementsAre("a.toml:1:10: policy has to be a table, as [policy]"));
}

TEST(SettingsFile, SuggestsTheKeyThatIsMeant) {
  EXPECT_THAT(complaints("soket = '/a'"), ElementsAre(HasSubstr("; socket is meant?")));
  EXPECT_THAT(complaints("interval = 5"),
              ElementsAre(HasSubstr("; interval_milliseconds is meant?")));
  EXPECT_THAT(complaints("zzz = 5"), ElementsAre(HasSubstr("; there are socket, group, ")));
}

TEST(SettingsFile, TakesNoValueThatTheCommandLineWouldRefuse) {
  for (const char* text :
       {"interval_milliseconds = 99", "interval_milliseconds = 60001", "sweep_milliseconds = 1",
        "keep_hours = 0", "keep_hours = 1.5", "keep_rollups_days = 0", "history_mebibytes = 8",
        "sweep_share = 2", "socket = 'relative'", "state = ''", "history = 'h.db'",
        "socket = ['/a']", "[policy]\nmemory_share = 0", "[policy]\nmemory_share = nan",
        "[policy]\nmin_samples = 0.5"})
    EXPECT_EQ(complaints(text).size(), 1U) << text;
}

TEST(SettingsFile, TheOneThatIsInstalledShowsEveryKeyWithItsDefault) {
  const std::string shipped = text_of("mpm-agent.toml");
  ProgramOptions options;
  EXPECT_THAT(take_settings(shipped, "shipped", options), ElementsAre());
  const std::string open = std::regex_replace(shipped, std::regex("(^|\n)#([a-z_]+ = )"), "$1$2");
  options.group = "mpm-agent";  // what is shown there is no default
  options.agent.history = "/var/lib/mpm-agent/history.db";
  ProgramOptions shown = options;
  EXPECT_THAT(take_settings(open, "shipped", shown), ElementsAre());
  EXPECT_THAT(keys_for_a_start(options, shown), ElementsAre());
}

TEST(SettingsFile, EveryKeyIsInTheOneThatIsInstalledAndInTheManual) {
  const std::string all = complaints("zzz = 1").at(0) + ", " + complaints("[policy]\nzz=1").at(0);
  const std::string shipped = text_of("mpm-agent.toml");
  const std::string manual = text_of("man/mpm-agent.toml.5");
  const std::regex name("[a-z_]+");
  const std::string list = std::regex_replace(all, std::regex("a.toml[^;]*; there are "), "");
  std::set<std::string> keys;
  for (std::sregex_iterator i(list.begin(), list.end(), name), end; i != end; ++i)
    keys.insert(i->str());
  EXPECT_GT(keys.size(), 10U);
  keys.erase("policy");
  for (const std::string& key : keys) {
    EXPECT_THAT(shipped, HasSubstr("#" + key + " = "));
    EXPECT_THAT(manual, HasSubstr(".BI " + key + " "));
  }
}

TEST(SettingsFile, WhatCannotBeTakenUpAtAReloadIsNamed) {
  const ProgramOptions was;
  ProgramOptions is = was;
  is.metrics = "127.0.0.1:1";
  EXPECT_THAT(keys_for_a_start(was, is), ElementsAre());
  is.agent.interval *= 2;
  is.agent.policy.headroom = 3;
  EXPECT_THAT(keys_for_a_start(was, is), ElementsAre("interval_milliseconds", "policy.headroom"));
}

TEST(SettingsFile, TheCommandLineGoesBeforeIt) {
  const TempDir dir;
  dir.write("a.toml", "socket = '/tmp/of-the-file'\nkeep_hours = 7\n");
  const auto options = parse({"--config", dir / "a.toml", "--socket", "/tmp/of-the-line"});
  ASSERT_TRUE(options) << options.error().text;
  EXPECT_EQ(options->socket, "/tmp/of-the-line");
  EXPECT_EQ(options->agent.keep.samples, std::chrono::hours(7));
  EXPECT_EQ(options->config, dir / "a.toml");
}

TEST(SettingsFile, IsCheckedWithoutStartingAnything) {
  const TempDir dir;
  dir.write("good.toml", "keep_hours = 7\n");
  dir.write("bad.toml", "keep_hors = 7\nsocket = 1\n");
  const auto good = parse({"--config", dir / "good.toml", "--check"});
  ASSERT_FALSE(good);
  EXPECT_EQ(good.error().status, 0);
  EXPECT_THAT(good.error().text, HasSubstr("good.toml is in order."));
  const auto bad = parse({"--config", dir / "bad.toml", "--check"});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().status, 1);
  EXPECT_THAT(bad.error().text, HasSubstr("bad.toml:1:1: there is no key keep_hors; keep_hours"));
  EXPECT_THAT(bad.error().text, HasSubstr("bad.toml:2:10: socket has to be a path"));
  EXPECT_EQ(parse({"--config", dir / "none.toml"}).error().status, 1);
  EXPECT_EQ(parse({"--check"}).error().status, 2);
}

TEST(SettingsFile, WhatItNamesIsCheckedToo) {
  const TempDir dir;
  dir.write("tokens", "read short\n");
  std::filesystem::permissions(dir / "tokens", std::filesystem::perms(0600));
  dir.write("a.toml", "listen = '127.0.0.1:9'\ntokens = '" + dir / "tokens" + "'\n");
  const auto tokens = parse({"--config", dir / "a.toml", "--check"});
  EXPECT_EQ(tokens.error().status, 1);
  EXPECT_THAT(tokens.error().text, HasSubstr("tokens:1: a token has at least 32 characters"));
  dir.write("b.toml", "group = 'nobody-is-called-so'\n");
  EXPECT_THAT(parse({"--config", dir / "b.toml", "--check"}).error().text,
              HasSubstr("there is no group nobody-is-called-so; make it with groupadd"));
}

TEST(SettingsFile, APortNeedsWhatMakesItSafe) {
  const auto refusal = [](const std::vector<std::string>& words) {
    const auto options = parse(words);
    EXPECT_TRUE(options || options.error().status == 2);
    return options ? std::string() : options.error().text;
  };
  EXPECT_EQ(refusal({"--listen", "127.0.0.1:9", "--tokens", "/t"}), "");
  EXPECT_EQ(refusal({"--listen", "[::1]:9", "--tokens", "/t"}), "");
  EXPECT_EQ(refusal({"--listen", "10.1.2.3:9", "--tokens", "/t", "--certificate", "/c", "--key",
                     "/k", "--client-ca", "/a"}),
            "");
  EXPECT_THAT(refusal({"--listen", "127.0.0.1:9"}), HasSubstr("give tokens"));
  EXPECT_THAT(refusal({"--listen", "10.1.2.3:9", "--tokens", "/t"}), HasSubstr("in the clear"));
  EXPECT_THAT(refusal({"--listen", "0.0.0.0:9", "--tokens", "/t"}), HasSubstr("in the clear"));
  EXPECT_THAT(refusal({"--listen", "[::]:9", "--tokens", "/t"}), HasSubstr("in the clear"));
  EXPECT_THAT(refusal({"--listen", "localhost:9", "--tokens", "/t"}), HasSubstr("no place"));
  EXPECT_THAT(refusal({"--tokens", "/t"}), HasSubstr("give listen"));
  EXPECT_THAT(refusal({"--listen", "127.0.0.1:9", "--tokens", "/t", "--key", "/k"}),
              HasSubstr("one needs the other"));
  EXPECT_THAT(refusal({"--listen", "127.0.0.1:9", "--tokens", "/t", "--client-ca", "/k"}),
              HasSubstr("client_ca"));
  EXPECT_THAT(refusal({"--metrics", "9117"}), HasSubstr("metrics: \"9117\" is no place"));
}

}  // namespace
}  // namespace mpm
