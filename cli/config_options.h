// SPDX-License-Identifier: Apache-2.0
//
// The words behind `mpmctl config COMMAND`: directives, wishes and servers in any order, because no
// server is called like a directive; and the tree that is meant where it is not a server's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "schema/model/result.h"

namespace mpm {

// What the options of a tree say, before they are judged.
struct RawSite {
  std::string root;
  std::string file;
  std::string server_root;
  std::vector<std::string> defines;
  std::vector<std::string> environment;
  std::string envvars;
  std::string version;

  bool given() const;
};

// Whether a word can be a directive's name: letters alone.
bool is_directive(std::string_view word);

// Sorts the words into `options`, by options.command. Usage: a word that is none of what it takes.
Result<void> judge_config(const std::vector<std::string>& words, const RawSite& site,
                          Options& options);

}  // namespace mpm
