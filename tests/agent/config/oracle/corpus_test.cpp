// SPDX-License-Identifier: Apache-2.0
//
// The corpus that lies beside the project, as httpd reads it here and now and as we do: all
// synthetic cases and all real trees, under each MPM, with and without each name that the tree
// asks for. What a tree includes and does not bring is made step by step where httpd asks for it,
// and at each step both must say the same.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agent/config/tree.h"
#include "tests/agent/config/corpus_files.h"
#include "tests/agent/config/oracle/reading.h"
#include "tests/support/httpd_jail.h"

namespace mpm::config {
namespace {

using namespace testing_corpus;

struct Case {
  std::string name;
  fs::path folder;
  std::string mount, main;
  std::string mpm;  // that it was recorded with; empty: the tree loads it
  std::vector<std::string> defines;
  std::vector<std::pair<std::string, std::string>> environment;
};

Case case_of(const json& expected, std::string name, fs::path folder) {
  Case one{std::move(name), std::move(folder), "/R", "httpd.conf", {}, {}, {}};
  if (expected["mpm"].is_string() && expected["mpm"] != "(tree)") one.mpm = expected["mpm"];
  for (const auto& define : expected["defines"])
    one.defines.push_back(define);
  for (const auto& [variable, value] : expected["env"].items())
    one.environment.emplace_back(variable, value);
  return one;
}

std::vector<Case> synthetic() {
  std::vector<Case> cases;
  for (const auto& entry : fs::directory_iterator(fs::path(corpus()) / "synthetic"))
    cases.push_back(case_of(json::parse(slurp(entry.path() / "expect.json")),
                            entry.path().filename().string(), entry.path()));
  return cases;
}

std::vector<Case> real_trees() {
  std::vector<Case> cases;
  for (const json& tree : json::parse(slurp(fs::path(corpus()) / "EXPECTED.json"))) {
    const std::string group = tree["group"];
    Case one = case_of(tree, group, fs::path(corpus()) / group);
    one.mount = tree["mount"];
    one.main = one.mount + "/" + tree["main"].get<std::string>();
    cases.push_back(std::move(one));
  }
  return cases;
}

// The tree at its place, its links as links.
void lay(const HttpdJail& jail, const Case& one) {
  jail.remove(one.mount);
  jail.put(one.folder, one.mount);
  for (const auto& entry : fs::recursive_directory_iterator(one.folder)) {
    if (!entry.is_regular_file()) continue;
    const fs::path target = link_target(entry.path(), slurp(entry.path()));
    if (target.empty()) continue;
    const std::string place =
        (fs::path(one.mount) / entry.path().lexically_relative(one.folder)).string();
    jail.remove(place);
    jail.link(place, target.lexically_relative(entry.path().parent_path()).string());
  }
}

// The names that its <IfDefine> ask for, and those that it was recorded with.
std::set<std::string> names_in(const Case& one) {
  std::set<std::string> names(one.defines.begin(), one.defines.end());
  for (const auto& entry : fs::recursive_directory_iterator(one.folder)) {
    if (!entry.is_regular_file()) continue;
    const Tree tree = Tree::read(slurp(entry.path()));
    for (const Line& line : tree.lines()) {
      const std::vector<Word> words = split_words(line.text);
      if (words.size() < 2 || !equal_ignoring_case(words[0].value, "<IfDefine")) continue;
      std::string name = words[1].value;
      name.erase(0, name.find_first_not_of('!'));
      name.erase(std::min(name.find('>'), name.size()));
      if (!name.empty() && name.find('$') == std::string::npos) names.insert(name);
    }
  }
  return names;
}

std::vector<std::vector<std::string>> choices(const Case& one) {
  std::vector<std::vector<std::string>> sets{{}};
  for (const std::string& name : names_in(one))
    sets.push_back({name});
  if (one.defines.size() > 1) sets.push_back(one.defines);
  return sets;
}

// "/etc/x" between the two; empty when it is not there.
std::string between(const std::string& text, std::string_view begin, std::string_view end) {
  const std::size_t from = text.rfind(begin);
  if (from == std::string::npos) return {};
  const std::size_t to = text.find(end, from + begin.size());
  return text.substr(from + begin.size(), to - from - begin.size());
}

// Makes what httpd did not find; false when it stopped at something else.
bool make_missing(const HttpdJail& jail, const Reading& httpd, const Reading& ours) {
  const std::string& said = httpd.message;
  const std::string file = between(said, "Could not open configuration file ", ": No such");
  const std::string directory = between(said, "Could not open directory ", ": No such");
  const std::string config = between(said, "Could not open config directory ", ": No such");
  const std::string wildcard = between(said, "for the wildcard '", "'");
  const std::string runtime = between(ours.message, "DefaultRuntimeDir ", " is not");
  if (!runtime.empty())
    jail.make_directory(runtime);
  else if (said.find("ServerRoot must be a valid directory") != std::string::npos &&
           !ours.server_root.empty() && ours.server_root.find(':') == std::string::npos)
    jail.make_directory(ours.server_root);
  else if (!directory.empty() || !config.empty())
    jail.make_directory(directory.empty() ? config : directory);
  else if (!wildcard.empty() && wildcard.find_first_of("?[") == std::string::npos)
    jail.write(between(said, "' in '", "'") + "/x" + wildcard.substr(wildcard.rfind('*') + 1), "");
  else if (!file.empty())
    jail.write(file, "");
  else
    return false;
  return true;
}

struct Score {
  std::size_t readings = 0, taken = 0, refused = 0, directives = 0, filled = 0;
};

void compare(const HttpdJail& jail, const SiteOptions& options, Score& score) {
  constexpr int kMostMissing = 40;
  for (int step = 0; step < kMostMissing; ++step) {
    const Reading httpd = read_by_httpd(jail.ask_with_modules(options));
    const Reading ours = read_as_httpd(jail, options);
    EXPECT_EQ(difference(httpd, ours), "");
    ++score.readings;
    if (!httpd.refused) {
      ++score.taken;
      score.directives += httpd.directives.size();
      return;
    }
    if (!make_missing(jail, httpd, ours)) break;
    ++score.filled;
  }
  ++score.refused;
}

// The modules that an httpd with all modules apart has in itself.
SiteOptions options_of(const Case& one, const std::string& mpm) {
  SiteOptions options = oracle_options(one.mpm.empty() ? "" : mpm);
  options.server_root = one.mount;
  options.config_file = one.main;
  options.environment = one.environment;
  options.builtin_sources = {"core.c", "mod_so.c", "http_core.c"};
  return options;
}

Score compare_all(const std::vector<Case>& cases) {
  static constexpr std::array kMpms{"event", "worker", "prefork"};
  const HttpdJail jail;
  Score score;
  for (const Case& one : cases) {
    lay(jail, one);
    for (const char* mpm : kMpms) {
      for (const std::vector<std::string>& defines : choices(one)) {
        SCOPED_TRACE(fmt::format("{} {} under {} with -D '{}'", one.name, one.main, mpm,
                                 fmt::join(defines, "' -D '")));
        SiteOptions options = options_of(one, mpm);
        options.defines = defines;
        compare(jail, options, score);
      }
    }
  }
  std::printf(
      "%zu trees: %zu readings, %zu files made; %zu taken with %zu directives, %zu refused\n",
      cases.size(), score.readings, score.filled, score.taken, score.directives, score.refused);
  return score;
}

TEST(ConfigOracleCorpus, ReadsEachSyntheticCaseAsHttpdDoes) {
  const Score score = compare_all(synthetic());
  EXPECT_GE(score.taken, 300U);
}

TEST(ConfigOracleCorpus, ReadsEachRealTreeAsHttpdDoes) {
  const Score score = compare_all(real_trees());
  EXPECT_GE(score.taken, 95U);
  EXPECT_GE(score.directives, 5000U);
}

}  // namespace
}  // namespace mpm::config
