// SPDX-License-Identifier: Apache-2.0
//
// The rules of lint() over real trees: those that distributions ship have nothing to warn of, and
// nothing is found without a place. MPM_PRINT_LINT=1 in the environment prints every finding.
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agent/config/lint.h"
#include "schema/codec/names.h"
#include "tests/agent/config/corpus_files.h"

namespace mpm::config {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing_corpus::corpus;
using testing_corpus::mounted;
using testing_corpus::options_for;
using testing_corpus::slurp;

struct Tree {
  std::string name;
  SiteOptions options;
  fs::path folder;
  std::string mount;
  // What the installed tree has and the corpus has not.
  std::vector<std::pair<std::string, std::string>> more = {};
};

std::string line_of(const LintFinding& finding) {
  return fmt::format("  {} {} {}:{}:{} {} | {} | {}", name_of(finding.severity), finding.rule,
                     finding.file, finding.line, finding.column, finding.claim, finding.mend,
                     finding.code);
}

std::vector<LintFinding> findings_of(const Tree& tree) {
  MemoryFiles files = mounted(tree.folder, tree.mount);
  for (const auto& [path, bytes] : tree.more)
    files.add(path, bytes);
  const Site site = read_site(tree.options, files);
  std::vector<LintFinding> findings = lint(site, files, std::nullopt);
  if (std::getenv("MPM_PRINT_LINT") != nullptr) {
    std::cout << tree.name << "\n";
    for (const LintFinding& finding : findings)
      std::cout << line_of(finding) << "\n";
  }
  return findings;
}

std::vector<Tree> all_trees() {
  std::vector<Tree> trees;
  for (const json& expected : json::parse(slurp(fs::path(corpus()) / "EXPECTED.json"))) {
    const auto mount = expected["mount"].get<std::string>();
    const auto main = expected["main"].get<std::string>();
    const auto group = expected["group"].get<std::string>();
    Tree tree{group + " " + main, options_for(expected), fs::path(corpus()) / group, mount};
    tree.options.server_root = mount;
    tree.options.config_file = mount + "/" + main;
    trees.push_back(tree);
  }
  for (const auto& entry : fs::directory_iterator(fs::path(corpus()) / "synthetic")) {
    const json expected = json::parse(slurp(entry.path() / "expect.json"));
    trees.push_back({entry.path().filename(), options_for(expected), entry.path(), "/R"});
  }
  return trees;
}

// As Debian and RHEL install them: the distribution's modules, the environment of its unit.
std::vector<Tree> stock_trees() {
  Tree debian{"debian12-live", {}, fs::path(corpus()) / "debian12-live", "/etc/apache2"};
  debian.options.server_root = "/etc/apache2";
  debian.options.config_file = "apache2.conf";
  debian.options.environment = {
      {"APACHE_RUN_DIR", "/var/run/apache2"}, {"APACHE_LOCK_DIR", "/var/lock/apache2"},
      {"APACHE_LOG_DIR", "/var/log/apache2"}, {"APACHE_PID_FILE", "/var/run/apache2/apache2.pid"},
      {"APACHE_RUN_USER", "www-data"},        {"APACHE_RUN_GROUP", "www-data"}};
  Tree rhel{"rhel9-srpm", {}, fs::path(corpus()) / "rhel9-srpm", "/etc/httpd/conf"};
  rhel.options.server_root = "/etc/httpd/conf";
  rhel.options.config_file = "httpd.conf";
  rhel.more = {{"/etc/httpd/conf.modules.d/00-mpm.conf",
                "LoadModule mpm_event_module modules/mod_mpm_event.so\n"}};
  Tree image{"docker-a2bgo", {}, fs::path(corpus()) / "docker-a2bgo", "/usr/local/apache2/conf"};
  image.options.server_root = "/usr/local/apache2/conf";
  image.options.config_file = "httpd.conf";
  image.more = {{"/usr/local/apache2/conf/extra/mod_status.conf", ""}};
  std::vector<Tree> trees{debian, rhel, image};
  for (Tree& tree : trees) {
    tree.options.version = "2.4.62";
    tree.options.require_module_files = false;
    tree.options.builtin_sources = {"core.c", "http_core.c", "mod_so.c"};
    if (tree.name == "debian12-live")
      for (const char* source :
           {"mod_watchdog.c", "mod_log_config.c", "mod_version.c", "mod_unixd.c", "mod_logio.c"})
        tree.options.builtin_sources.emplace_back(source);
  }
  return trees;
}

TEST(LintCorpus, WhatDistributionsShipHasNothingToWarnOf) {
  for (const Tree& tree : stock_trees())
    for (const LintFinding& finding : findings_of(tree))
      EXPECT_LE(finding.severity, Severity::Advice) << tree.name << "\n" << line_of(finding);
}

TEST(LintCorpus, EveryFindingHasAPlaceAndAClaim) {
  std::map<std::string, int> by_rule;
  for (const Tree& tree : all_trees())
    for (const LintFinding& finding : findings_of(tree)) {
      EXPECT_FALSE(finding.file.empty()) << tree.name << "\n" << line_of(finding);
      EXPECT_EQ(finding.line == 0, finding.column == 0) << tree.name << "\n" << line_of(finding);
      EXPECT_THAT(finding.claim, testing::EndsWith(".")) << line_of(finding);
      if (!finding.mend.empty()) {
        EXPECT_THAT(finding.mend, testing::EndsWith(".")) << line_of(finding);
      }
      ++by_rule[finding.rule];
    }
  for (const auto& [rule, count] : by_rule)
    std::cout << fmt::format("{:5} {}\n", count, rule);
  EXPECT_GE(by_rule.size(), 8U);
}

}  // namespace
}  // namespace mpm::config
