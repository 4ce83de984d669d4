// SPDX-License-Identifier: Apache-2.0
//
// mpmctl as a script uses it: --json, parsed, and the exit status.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/child.h"

namespace mpm {

using Json = nlohmann::json;

inline Finished mpmctl(std::vector<std::string> arguments, RunOptions options = {}) {
  arguments.insert(arguments.begin(), {MPM_CTL, "--no-daemon"});
  return run(arguments, std::move(options));
}

// What the command prints with --json; null, and a failure, when it is none.
inline Json ask(std::vector<std::string> arguments, RunOptions options = {}) {
  arguments.push_back("--json");
  const Finished finished = mpmctl(arguments, std::move(options));
  Json answer = Json::parse(finished.out, nullptr, false);
  EXPECT_FALSE(answer.is_discarded()) << finished.status << " " << finished.out << finished.err;
  return answer.is_discarded() ? Json() : answer;
}

// The one target of a status report.
inline Json status_of(const std::string& target) {
  const Json report = ask({"status", target});
  EXPECT_EQ(report["targets"].size(), 1U) << report.dump(2);
  return report["targets"][0];
}

inline Json setting(const Json& settings, const std::string& directive) {
  for (const Json& entry : settings["settings"])
    if (entry["directive"] == directive) return entry;
  ADD_FAILURE() << directive << " is not among the settings";
  return {};
}

inline const Json* find_rule(const Json& proposal, const std::string& rule) {
  for (const Json& finding : proposal["findings"])
    if (finding["rule"] == rule) return &finding;
  return nullptr;
}

inline const Json* find_change(const Json& proposal, const std::string& directive) {
  for (const Json& change : proposal["changes"])
    if (change["directive"] == directive) return &change;
  return nullptr;
}

}  // namespace mpm
