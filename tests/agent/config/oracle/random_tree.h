// SPDX-License-Identifier: Apache-2.0
//
// Configurations that nobody wrote: nests of all that httpd's language has, over several files.
// A tree is built by steps, each of which stands in the nest that those before it opened, so a
// tree with one step less is a tree, too: what httpd and we read differently can be made small.
#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/site.h"

namespace mpm::config {

// One line, mostly. The numbers pick what it is, its words and how they are written.
struct Step {
  std::uint32_t kind = 0;
  std::uint32_t words = 0;
  std::uint32_t style = 0;
};

// How httpd is started.
struct Start {
  std::uint32_t mpm = 0;
  std::uint32_t defines = 0;
  std::uint32_t texts = 0;
  std::uint32_t version = 0;  // mod_version is left out of httpd for one number in eight
  std::uint32_t mood = 0;     // three of eight trees are odd
};

struct RandomTree {
  SiteOptions options;
  std::map<std::string, std::string> files;  // bytes, by place: "/R/httpd.conf"
};

// Below /R there are always d0, empty but for the files of the tree, `link` to d0 and `dangling`.
RandomTree tree_of(const Start& start, const std::vector<Step>& steps);

// The command line and the files, for people; bytes that are not printable as \xHH.
std::string told(const RandomTree& tree);

}  // namespace mpm::config
