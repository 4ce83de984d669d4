// SPDX-License-Identifier: Apache-2.0
//
// The dashboard, the rules and the alerts ask for metrics that there are: a name of ours that is
// no family and is recorded nowhere would draw an empty panel and never alert. And the hand's units
// are of one mind with its program.
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "agent/service/hand_options.h"
#include "agent/service/server_metrics.h"

namespace mpm {
namespace {

std::string text_of(const std::string& name) {
  std::ifstream file(std::string(MPM_DEPLOY) + "/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> names_in(const std::string& text) {
  const std::regex name("\\bmpm[_:][a-z0-9_:]+");
  std::set<std::string> names;
  for (std::sregex_iterator i(text.begin(), text.end(), name), end; i != end; ++i)
    names.insert(i->str());
  return names;
}

std::set<std::string> known() {
  std::set<std::string> names;
  for (const MetricName& name : server_family_names())
    names.emplace(name.name);
  const std::string rules = text_of("prometheus/rules.yml");
  const std::regex record("record: (\\S+)");
  for (std::sregex_iterator i(rules.begin(), rules.end(), record), end; i != end; ++i)
    names.insert((*i)[1].str());
  return names;
}

// Every "expr" and "query" of a panel, an annotation or a variable, wherever it stands.
void collect(const nlohmann::json& value, std::string& queries) {
  if (value.is_object() || value.is_array())
    for (const auto& [key, inner] : value.items()) {
      if ((key == "expr" || key == "query") && inner.is_string())
        queries += inner.get<std::string>() + "\n";
      collect(inner, queries);
    }
}

TEST(Deployment, TheDashboardIsJsonAndAsksForFamiliesThatThereAre) {
  const auto dashboard = nlohmann::json::parse(text_of("grafana/dashboard.json"), nullptr, false);
  ASSERT_FALSE(dashboard.is_discarded());
  std::string queries;
  collect(dashboard, queries);
  const std::set<std::string> asked = names_in(queries);
  EXPECT_GT(asked.size(), 20U);
  const std::set<std::string> there = known();
  for (const std::string& name : asked)
    EXPECT_TRUE(there.contains(name)) << name;
  for (const auto& panel : dashboard["panels"])
    for (const auto& target : panel["targets"])
      EXPECT_FALSE(names_in(target["expr"].get<std::string>()).empty()) << target["expr"];
}

TEST(Deployment, ThePanelsDoNotOverlap) {
  const auto dashboard = nlohmann::json::parse(text_of("grafana/dashboard.json"), nullptr, false);
  std::set<std::pair<int, int>> taken;
  std::set<int> ids;
  for (const auto& panel : dashboard["panels"]) {
    EXPECT_TRUE(ids.insert(panel["id"].get<int>()).second);
    const auto& place = panel["gridPos"];
    EXPECT_LE(place["x"].get<int>() + place["w"].get<int>(), 24);
    for (int x = place["x"]; x < place["x"].get<int>() + place["w"].get<int>(); ++x)
      for (int y = place["y"]; y < place["y"].get<int>() + place["h"].get<int>(); ++y)
        EXPECT_TRUE(taken.emplace(x, y).second) << panel["title"];
  }
}

TEST(Deployment, TheRulesAndAlertsAskForWhatThereIs) {
  const std::set<std::string> there = known();
  for (const char* file : {"prometheus/rules.yml", "prometheus/alerts.yml"})
    for (const std::string& name : names_in(text_of(file)))
      EXPECT_TRUE(there.contains(name)) << file << ": " << name;
}

// An alert that no test makes fire may never fire.
TEST(Deployment, EveryAlertFiresInATest) {
  const std::string alerts = text_of("prometheus/alerts.yml");
  const std::string tests = text_of("prometheus/rules_test.yml");
  const std::regex alert("- alert: (\\S+)");
  for (std::sregex_iterator i(alerts.begin(), alerts.end(), alert), end; i != end; ++i) {
    const std::regex fires("alertname: " + (*i)[1].str() + "\\s+exp_alerts:\\s+- exp_labels");
    EXPECT_TRUE(std::regex_search(tests, fires)) << (*i)[1].str();
  }
}

// What a unit says behind each "KEY=" of its, one line after the other.
std::vector<std::string> said(const std::string& unit, const std::string& key) {
  std::vector<std::string> values;
  const std::string text = text_of(unit);
  const std::regex line("(^|\n)" + key + "=([^\n]*)");
  for (std::sregex_iterator i(text.begin(), text.end(), line), end; i != end; ++i)
    values.push_back((*i)[2].str());
  return values;
}

// systemd makes what the hand looks for by its own choice.
TEST(Deployment, TheHandsUnitsAreOfTheHandsOptions) {
  const HandOptions options;
  const std::string socket = "systemd/mpm-hand.socket";
  EXPECT_EQ(said(socket, "ListenStream"), std::vector{options.socket});
  EXPECT_EQ(said(socket, "SocketGroup"), std::vector{options.group});
  EXPECT_EQ(said(socket, "SocketUser"), std::vector{std::string("root")});
  EXPECT_EQ(said(socket, "SocketMode"), std::vector{std::string("0660")});
  EXPECT_NE(text_of("systemd/mpm-hand.conf").find("\ng " + options.group + " "), std::string::npos);
  EXPECT_NE(text_of("systemd/mpm-agent.conf").find("\nu " + options.service_user + " "),
            std::string::npos);
  EXPECT_EQ(said("systemd/mpm-hand.service", "ExecStart"),
            std::vector{std::string("@BINDIR@/mpm-agent --hand")});
}

// The hand is root, and what it starts has no more than it has.
TEST(Deployment, TheHandHasNoCapabilityThatNoChangeTakes) {
  std::string all;
  for (const std::string& some : said("systemd/mpm-hand.service", "CapabilityBoundingSet"))
    all += some + " ";
  for (const char* needed : {"CAP_DAC_OVERRIDE ", "CAP_CHOWN ", "CAP_KILL ", "CAP_SYS_PTRACE "})
    EXPECT_NE(all.find(needed), std::string::npos) << needed;
  for (const char* other : {"CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_BOOT", "CAP_SYS_TIME",
                            "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_BPF", "CAP_MKNOD"})
    EXPECT_EQ(all.find(other), std::string::npos) << other;
}

}  // namespace
}  // namespace mpm
