// SPDX-License-Identifier: Apache-2.0
//
// One way to lint a configuration in a test: /R/httpd.conf with an MPM loaded above it, and what
// was found of one rule.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "agent/config/lint.h"
#include "agent/config/lint_context.h"
#include "tests/agent/config/site_fixture.h"
#include "tests/support/memory_files.h"

namespace mpm::config::testing_lint {

// One configuration, and the server that runs it.
struct Given {
  Mpm mpm = Mpm::Event;
  std::string text = {};
  std::vector<std::string> modules = {};  // identifiers of LoadModule, before the text
  std::optional<Mpm> running_mpm = {};
  RunningLimits running = {};
  Surroundings surroundings = {};
};

inline std::vector<LintFinding> findings(const Given& given) {
  SiteOptions options = testing_site::event_options();
  const std::string name(name_of_mpm(given.mpm));
  options.before = {"LoadModule mpm_" + name + "_module modules/mod_mpm_" + name + ".so"};
  for (const std::string& module : given.modules)
    options.before.push_back("LoadModule " + module + " modules/x.so");
  if (!given.surroundings.version.empty()) options.version = given.surroundings.version;
  MemoryFiles files;
  files.add("/R/httpd.conf", given.text);
  const Site site = read_site(options, files);
  return lint(site, files, given.running_mpm, given.running, given.surroundings);
}

inline std::vector<LintFinding> of_rule(const Given& given, const std::string& rule) {
  std::vector<LintFinding> found = findings(given);
  found.erase(std::remove_if(found.begin(), found.end(),
                             [&](const LintFinding& finding) { return finding.rule != rule; }),
              found.end());
  return found;
}

inline LintFinding only(const Given& given, const std::string& rule) {
  const auto found = of_rule(given, rule);
  EXPECT_EQ(found.size(), 1U) << rule << " in\n" << given.text;
  return found.empty() ? LintFinding{} : found.front();
}

}  // namespace mpm::config::testing_lint
