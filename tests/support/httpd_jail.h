// SPDX-License-Identifier: Apache-2.0
//
// Debian's httpd in a root directory of its own, to ask what it reads of a configuration: a tree
// may lie at the place that it names in itself ("ServerRoot /etc/httpd"), and nothing of this
// machine is seen or touched. Answers come from mod_oracle, so no directive is executed.
//
// It needs root, for chroot. Modules that a configuration loads are put where it looks for them:
// the real one where Debian has it, else a stub.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/config/site.h"
#include "tests/support/temp_dir.h"

namespace mpm {

// What httpd said.
struct OracleAnswer {
  int status = -1;
  std::string out;  // of mod_oracle
  std::string err;
};

class HttpdJail {
 public:
  HttpdJail();

  // The jail's root as this machine names it.
  const std::string& path() const { return root_.path(); }
  // A file or directory of this machine, as it is, at a place of the jail. Links stay links.
  void put(const std::string& from, const std::string& to) const;
  void write(const std::string& place, const std::string& bytes) const;
  void link(const std::string& place, const std::string& target) const;
  void make_directory(const std::string& place) const;
  void remove(const std::string& place) const;

  // builtin_sources that the options do not name are as if this httpd were built without them.
  OracleAnswer ask(const config::SiteOptions& options) const;
  // The same, and each module's file that httpd does not find is put there. What else is missing
  // is not: the tree's own includes are its own.
  OracleAnswer ask_with_modules(const config::SiteOptions& options) const;
  // What httpd -t says, which executes the directives.
  OracleAnswer test(const config::SiteOptions& options) const;

 private:
  void put_program(const std::string& file) const;
  bool put_module(std::string_view error) const;

  TempDir root_;
};

// The modules that Debian's httpd has built in.
inline const std::vector<std::string>& debian_builtin_sources() {
  static const std::vector<std::string> kSources{
      "core.c",           "mod_so.c",    "mod_watchdog.c", "http_core.c",
      "mod_log_config.c", "mod_logio.c", "mod_version.c",  "mod_unixd.c"};
  return kSources;
}

}  // namespace mpm
