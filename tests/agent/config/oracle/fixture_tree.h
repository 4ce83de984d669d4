// SPDX-License-Identifier: Apache-2.0
//
// The trees of tests/fixtures/conf: what each says of itself in its file `options`, how it comes
// into the jail, and how httpd is started on it. See the README there.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/site.h"
#include "tests/support/httpd_jail.h"

namespace mpm::config {

// What the file `options` of a tree says.
struct FixtureTree {
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

FixtureTree layout_of(const std::filesystem::path& tree);

// The folders of all of them, sorted.
std::vector<std::filesystem::path> fixture_trees();

// Puts the tree at /R.
void lay(const HttpdJail& jail, const std::filesystem::path& tree, const FixtureTree& layout);

SiteOptions options_of(const FixtureTree& layout, const std::string& mpm);

}  // namespace mpm::config
