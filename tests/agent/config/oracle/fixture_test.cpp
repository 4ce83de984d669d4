// SPDX-License-Identifier: Apache-2.0
//
// The trees of tests/fixtures/conf, each named after its trouble, as httpd reads them and as we
// do: under each MPM, with and without each -D that the tree names. See the README there.
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "agent/files/host_files.h"
#include "tests/agent/config/oracle/fixture_tree.h"
#include "tests/agent/config/oracle/reading.h"
#include "tests/support/httpd_jail.h"

namespace mpm::config {
namespace {

namespace fs = std::filesystem;

// None of the names, each alone, and all.
std::vector<std::vector<std::string>> choices(const std::vector<std::string>& defines) {
  std::vector<std::vector<std::string>> sets{{}};
  for (const std::string& name : defines)
    sets.push_back({name});
  if (defines.size() > 1) sets.push_back(defines);
  return sets;
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
  for (const fs::path& tree : fixture_trees()) {
    const FixtureTree layout = layout_of(tree);
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
  EXPECT_GE(fixture_trees().size(), 60U);
  EXPECT_GE(readings, 200U);
}

// A tree that is meant to be refused and is not would compare nothing, and the other way round.
TEST(ConfigOracle, KnowsWhichTroublesHttpdRefuses) {
  const HttpdJail jail;
  for (const fs::path& tree : fixture_trees()) {
    const FixtureTree layout = layout_of(tree);
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
