// SPDX-License-Identifier: Apache-2.0
//
// What was read of a configuration, by httpd and by us, in one comparable form: every directive
// with depth, name, arguments and the place that httpd names; or the place of the refusal.
#pragma once

#include <string>
#include <vector>

#include "agent/config/site.h"
#include "tests/support/httpd_jail.h"

namespace mpm::config {

struct Reading {
  // "1 ServerName www | /R/httpd.conf:3"; bytes that are not printable as \xHH.
  std::vector<std::string> directives;
  std::vector<std::string> names;    // defined, sorted
  std::vector<std::string> modules;  // their sources, sorted
  std::string server_root;
  bool refused = false;
  std::string place;    // "/R/httpd.conf:3"; empty when httpd names none
  std::string message;  // why
  bool cut = false;     // the message, so that the place is none
};

Reading read_by_httpd(const OracleAnswer& answer);
// What is refused when it is executed counts only where `until` says so.
enum class Until { Read, Executed };
Reading read_by_us(const Site& site, Until until = Until::Read);

// What differs, in lines for people; empty when nothing does. Two refusals are the same when
// their places are: the words are everybody's own.
std::string difference(const Reading& httpd, const Reading& ours);

// Event, worker or prefork before the tree, as a distribution would load it; this httpd's version
// and what it has built in; the tree at /R.
SiteOptions oracle_options(const std::string& mpm);

// Our reading of what lies in the jail, with the built-in modules' other names.
Reading read_as_httpd(const HttpdJail& jail, const SiteOptions& options);

// Asks both and compares. `jail` holds the tree.
std::string disagreement(const HttpdJail& jail, const SiteOptions& options);

}  // namespace mpm::config
