// SPDX-License-Identifier: Apache-2.0
//
// One way to write a site in a test: files below /R, the root file /R/httpd.conf, the event MPM
// loaded before it; and what was read of it as short texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/config/site.h"
#include "tests/support/memory_files.h"

namespace mpm::config::testing_site {

using Texts = std::vector<std::string>;

inline SiteOptions event_options() {
  SiteOptions options;
  options.server_root = "/R";
  options.config_file = "httpd.conf";
  options.version = "2.4.57";
  options.builtin_sources = {"core.c", "mod_so.c", "http_core.c", "mod_version.c", "mod_macro.c"};
  options.before = {"LoadModule mpm_event_module modules/mod_mpm_event.so"};
  options.require_module_files = false;
  return options;
}

inline Site read(std::string text, SiteOptions options = event_options(),
                 MemoryFiles files = MemoryFiles()) {
  files.add("/R/httpd.conf", std::move(text));
  return read_site(options, files);
}

// "Name args" of each directive.
inline Texts lines(const Site& site) {
  Texts result;
  for (const ActiveDirective& d : site.directives)
    result.push_back(d.args.empty() ? d.name : d.name + " " + d.args);
  return result;
}

inline Texts lines(std::string text) {
  return lines(read(std::move(text)));
}

// "line: sentence" of what httpd would refuse.
inline Texts refusals(const Site& site) {
  Texts result;
  for (const ConfigProblem& p : site.problems)
    if (p.fatal) result.push_back(std::to_string(p.line) + ": " + p.sentence);
  return result;
}

inline bool has_trap(const Site& site, TrapKind kind) {
  for (const Trap& trap : site.traps)
    if (trap.kind == kind) return true;
  return false;
}

}  // namespace mpm::config::testing_site
