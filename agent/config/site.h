// SPDX-License-Identifier: Apache-2.0
//
// A whole configuration, from its first file to the list of directives that are active, in the
// order in which httpd has them: included files in place, conditions decided with what was
// defined and loaded so far, variables replaced, macros unfolded. Follows server/config.c and
// core.c of httpd 2.4. Pure: files come through a FileSystem.
//
// httpd stops at the first thing that it refuses, and so does this; what was read until then is
// kept, and the refusal is the last of the problems.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/files.h"

namespace mpm::config {

// What decides how the files are read, apart from the files: the server's binary, its command
// line and its environment.
struct SiteOptions {
  std::string server_root;                                       // -d, or compiled in
  std::string config_file;                                       // absolute
  std::string version;                                           // "2.4.71", for IfVersion
  std::vector<std::string> defines;                              // -D
  std::vector<std::string> before;                               // -C
  std::vector<std::string> after;                                // -c
  std::vector<std::string> builtin_sources;                      // "core.c", "mod_so.c"
  std::vector<std::pair<std::string, std::string>> environment;  // for ${NAME}
};

struct ActiveDirective {
  std::string name;  // as written; "<Directory" for the head of a section
  std::string args;  // the rest of the line, variables replaced
  std::string file;
  std::int64_t first_line = 0;
  std::int64_t last_line = 0;
  int depth = 0;      // sections around it; conditions and macros are none
  std::string macro;  // httpd's words for where it comes from; empty when it stands in the file
  std::int64_t macro_line = 0;
};

struct LoadedModule {
  std::string identifier;  // "mpm_event_module"; empty for one that is linked in
  std::string source;      // "event.c"
};

struct ConfigProblem {
  std::string file;
  std::int64_t line = 0;
  std::string text;
  bool refused = false;  // httpd does not start with it
};

struct Site {
  std::vector<ActiveDirective> directives;
  std::vector<LoadedModule> modules;
  std::vector<std::string> files;  // in the order of their first reading
  std::string fingerprint;         // of the names and bytes of all that was read, FNV-1a
  std::string server_root;         // after the last ServerRoot
  std::vector<ConfigProblem> problems;

  bool has_module(std::string_view source_or_identifier) const;
};

Site read_site(const SiteOptions& options, const FileSystem& files);

// The source file name of the module that LoadModule calls `identifier`: "ssl_module" is
// "mod_ssl.c" and "mpm_event_module" is "event.c". IfModule compares with either.
std::string module_source(std::string_view identifier);

}  // namespace mpm::config
