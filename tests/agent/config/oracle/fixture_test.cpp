// SPDX-License-Identifier: Apache-2.0
//
// The trees of tests/fixtures/conf, each named after its trouble, as httpd reads them and as we
// do: under each MPM, with and without each -D that the tree names. See the README there.
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "agent/files/host_files.h"
#include "tests/agent/config/oracle/reading.h"
#include "tests/support/httpd_jail.h"

namespace mpm::config {
namespace {

namespace fs = std::filesystem;

// What the file `options` of a tree says.
struct Layout {
  std::vector<std::string> defines;
  std::vector<std::string> before, after;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::pair<std::string, std::string>> links;  // place and target
  std::vector<std::string> directories;
  std::vector<std::string> without;  // built-in sources that are not to be
  bool own_mpm = false;              // the tree loads it
  std::string refused;               // where httpd stops reading; empty when it does not
  std::string executed;              // where httpd -t stops, having read all
};

void take_option(Layout& layout, const std::string& word, const std::string& rest) {
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

Layout layout_of(const fs::path& tree) {
  Layout layout;
  std::ifstream in(tree / "options");
  for (std::string line; std::getline(in, line);) {
    const std::size_t blank = line.find(' ');
    take_option(layout, line.substr(0, blank),
                blank == std::string::npos ? "" : line.substr(blank + 1));
  }
  return layout;
}

std::vector<fs::path> trees() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(MPM_TESTS "/fixtures/conf"))
    if (entry.is_directory()) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

void lay(const HttpdJail& jail, const fs::path& tree, const Layout& layout) {
  jail.remove("/R");
  jail.put(tree, "/R");
  jail.remove("/R/options");
  for (const auto& [place, target] : layout.links)
    jail.link("/R/" + place, target);
  for (const std::string& directory : layout.directories)
    jail.make_directory("/R/" + directory);
}

// None of the names, each alone, and all.
std::vector<std::vector<std::string>> choices(const std::vector<std::string>& defines) {
  std::vector<std::vector<std::string>> sets{{}};
  for (const std::string& name : defines)
    sets.push_back({name});
  if (defines.size() > 1) sets.push_back(defines);
  return sets;
}

SiteOptions options_of(const Layout& layout, const std::string& mpm) {
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

// What httpd only finds when it executes the directives, we say when we read. The same place?
std::string disagreement_when_executed(const HttpdJail& jail, const SiteOptions& options,
                                       const std::string& place) {
  const Reading httpd = read_by_httpd(jail.test(options));
  const Reading ours = read_by_us(read_site(options, HostFiles(jail.path())), Until::Executed);
  if (httpd.place == place && ours.place == place) return {};
  return fmt::format("expected '{}', httpd -t refuses at '{}', we at '{}'\n", place, httpd.place,
                     ours.place);
}

TEST(ConfigOracle, ReadsEachTroubleAsHttpdDoes) {
  const HttpdJail jail;
  std::size_t readings = 0;
  for (const fs::path& tree : trees()) {
    const Layout layout = layout_of(tree);
    lay(jail, tree, layout);
    for (const char* mpm : {"event", "worker", "prefork"}) {
      for (const std::vector<std::string>& defines : choices(layout.defines)) {
        SCOPED_TRACE(fmt::format("{} under {}, {} names defined", tree.filename().string(), mpm,
                                 defines.size()));
        SiteOptions options = options_of(layout, mpm);
        options.defines = defines;
        if (layout.executed.empty())
          EXPECT_EQ(disagreement(jail, options), "");
        else
          EXPECT_EQ(disagreement_when_executed(jail, options, layout.executed), "");
        ++readings;
      }
    }
  }
  EXPECT_GE(trees().size(), 60U);
  EXPECT_GE(readings, 200U);
}

// A tree that is meant to be refused and is not would compare nothing, and the other way round.
TEST(ConfigOracle, KnowsWhichTroublesHttpdRefuses) {
  const HttpdJail jail;
  for (const fs::path& tree : trees()) {
    const Layout layout = layout_of(tree);
    if (!layout.executed.empty()) continue;
    lay(jail, tree, layout);
    SiteOptions options = options_of(layout, "event");
    options.defines = layout.defines;
    const Reading httpd = read_by_httpd(jail.ask_with_modules(options));
    SCOPED_TRACE(tree.filename().string() + "\n" + httpd.message);
    EXPECT_EQ(httpd.refused, !layout.refused.empty());
    EXPECT_NE(httpd.refused, !httpd.directives.empty());
    if (httpd.refused && layout.refused != "anywhere") {
      EXPECT_EQ(httpd.place, layout.refused);
    }
  }
}

}  // namespace
}  // namespace mpm::config
