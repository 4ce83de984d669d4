// SPDX-License-Identifier: Apache-2.0
#include "tests/agent/config/oracle/fixture_tree.h"

#include <algorithm>
#include <cstddef>
#include <fstream>

#include "tests/agent/config/oracle/reading.h"

namespace mpm::config {
namespace {

namespace fs = std::filesystem;

void take_option(FixtureTree& layout, const std::string& word, const std::string& rest) {
  const std::size_t equals = rest.find('=');
  const std::size_t blank = rest.find(' ');
  if (word == "-D") layout.defines.push_back(rest);
  if (word == "-C") layout.before.push_back(rest);
  if (word == "-c") layout.after.push_back(rest);
  if (word == "env")
    layout.environment.emplace_back(rest.substr(0, equals), rest.substr(equals + 1));
  if (word == "link") layout.links.emplace_back(rest.substr(0, blank), rest.substr(blank + 1));
  if (word == "directory") layout.directories.push_back(rest);
  if (word == "without") layout.without.push_back(rest);
  if (word == "own-mpm") layout.own_mpm = true;
  if (word == "refused") layout.refused = rest;
  if (word == "executed") layout.executed = rest;
}

}  // namespace

FixtureTree layout_of(const fs::path& tree) {
  FixtureTree layout;
  std::ifstream in(tree / "options");
  for (std::string line; std::getline(in, line);) {
    const std::size_t blank = line.find(' ');
    take_option(layout, line.substr(0, blank),
                blank == std::string::npos ? "" : line.substr(blank + 1));
  }
  return layout;
}

std::vector<fs::path> fixture_trees() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(MPM_TESTS "/fixtures/conf"))
    if (entry.is_directory()) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

void lay(const HttpdJail& jail, const fs::path& tree, const FixtureTree& layout) {
  jail.remove("/R");
  jail.put(tree, "/R");
  jail.remove("/R/options");
  for (const auto& [place, target] : layout.links)
    jail.link("/R/" + place, target);
  for (const std::string& directory : layout.directories)
    jail.make_directory("/R/" + directory);
}

SiteOptions options_of(const FixtureTree& layout, const std::string& mpm) {
  SiteOptions options = oracle_options(layout.own_mpm ? "" : mpm);
  options.environment = layout.environment;
  options.environment.emplace_back("MPM", mpm);
  options.before.insert(options.before.end(), layout.before.begin(), layout.before.end());
  options.after = layout.after;
  for (const std::string& source : layout.without)
    options.builtin_sources.erase(
        std::remove(options.builtin_sources.begin(), options.builtin_sources.end(), source),
        options.builtin_sources.end());
  return options;
}

}  // namespace mpm::config
