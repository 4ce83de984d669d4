// SPDX-License-Identifier: Apache-2.0
//
// A whole configuration, from the root file to the list of directives that httpd would
// execute, in its order: conditional sections are decided where they are met, includes are
// followed, macros are expanded (server/config.c ap_build_config, server/core.c, mod_macro.c).
// "<IfModule event.c>\nThreadLimit 64\n</IfModule>" gives ThreadLimit when the event MPM was
// loaded above it, and nothing when it was not.
//
// What httpd would refuse becomes a problem and reading goes on as far as it makes sense.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/files.h"

namespace mpm::config {

// What a site holds of the directives that count.
enum class Keep : std::uint8_t {
  Every,
  Known,  // those of find_directive and ErrorLog, which are few; of all others a digest tells
          // whether they differ
};

struct SiteOptions {
  std::string server_root;           // -d, or HTTPD_ROOT; relative names start here
  std::string config_file;           // -f, or SERVER_CONFIG_FILE; absolute or below server_root
  std::vector<std::string> defines;  // -D, in order
  std::vector<std::string> before, after;  // -C and -c, one line each
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> builtin_sources;      // "mod_so.c", as httpd -l lists them
  std::vector<std::string> builtin_identifiers;  // "so_module"
  // Whether a LoadModule or LoadFile of a file that is not there is a problem, or a
  // DefaultRuntimeDir: the configuration is read where its server runs.
  bool require_module_files = true;
  std::string version;  // "2.4.57", for <IfVersion> and what came with a version; empty: unknown
  Keep keep = Keep::Every;
};

// One directive that counts. Sections other than conditions are directives too ("<VirtualHost",
// arguments without the last '>'); their content follows at depth + 1.
struct ActiveDirective {
  std::string name;  // as written
  std::string args;  // after ${} expansion, quotes kept; one trailing '>' cut of a section
  std::string file;  // of the text itself; for a macro the file of the <Macro>
  std::uint32_t first_line = 0;
  std::uint32_t last_line = 0;
  std::uint32_t depth = 0;  // number of open sections; 0 is the server configuration
  bool from_macro = false;  // its text passed through a Use
  // As httpd names the place in its errors: file and last line, or
  // "macro 'm' (defined on line 2 of \"F\") used on line 9 of \"G\"" and the line of the body.
  std::string origin;
  std::uint32_t origin_line = 0;
  bool dead = false;  // inside <IfVersion> or <Macro> met before their module was loaded
  // Of what was not kept above it: names, arguments and sections, in their order.
  std::uint64_t digest_above = 0;
};

struct LoadedModule {
  std::string identifier;  // "mpm_event_module"
  std::string source;      // "event.c"; empty when the module is not one of httpd's own
};

// Problems that somebody treats apart from the rest.
enum class ProblemKind : std::uint8_t {
  Other,
  NotOneMpm,          // no MPM is loaded, or more than one; it has no line
  LoadedTwice,        // a LoadModule of a module that is there already
  UndefinedVariable,  // ${NAME} that stays as it is
};

// What httpd would refuse (fatal) or warn about.
struct ConfigProblem {
  std::string file;
  std::uint32_t line = 0;    // the last physical line, as httpd reports
  std::uint32_t column = 1;  // of the first byte of the logical line
  std::string sentence;
  bool fatal = false;
  // As httpd names the place, see ActiveDirective; empty when it names none.
  std::string origin;
  std::uint32_t origin_line = 0;
  // httpd reads on, and refuses it when it executes what it has read. Such problems stand behind
  // those of reading, as httpd comes to them.
  bool when_executed = false;
  ProblemKind kind = ProblemKind::Other;
};

// What httpd accepts silently and a person would not expect.
enum class TrapKind : std::uint8_t {
  CommentContinues,   // a comment ending in a backslash takes the next line
  TextAfterSection,   // <IfModule x> # a -> b : the last '>' ends the argument
  OneLineSection,     // <IfModule x>Dir 1</IfModule>
  VariableCase,       // ${name} found under another spelling
  UnclosedCondition,  // an active condition ended with its file
  DeadBody,           // <IfVersion> or <Macro> before its LoadModule
  LostLine,           // the last line, without an end and directly behind a Use
  MacroContinues,     // a macro ending in a backslash takes the line behind its Use
  WholeArgument,      // <IfModule "x"> in a version that takes the quotes for part of the name
  MpmSourceName,      // <IfModule mod_mpm_event.c> never matches; event.c does
};

struct Trap {
  TrapKind kind{};
  std::string file;
  std::uint32_t line = 0;  // first physical line
  std::string sentence;
};

struct Site {
  std::vector<ActiveDirective> directives;
  std::uint64_t digest = 0;           // of all that was not kept; 0 when everything was
  std::vector<LoadedModule> modules;  // built-in first, then in order of loading
  std::vector<std::string> files;     // in order of first reading, absolute
  std::string fingerprint;            // FNV-1a of 128 bits, of names and bytes of all files; hex
  std::vector<ConfigProblem> problems;
  std::vector<Trap> traps;
  std::vector<std::string> defines;  // names defined at the end
  std::string server_root;           // at the end
};

Site read_site(const SiteOptions& options, const FileSystem& files);

}  // namespace mpm::config
