// SPDX-License-Identifier: Apache-2.0
//
// What the rules of lint() look at: the directives of the MPM with their sections and words, the
// numbers that httpd makes of them, and the text of every file, also of what is skipped.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/apache/constraints.h"
#include "agent/apache/directives.h"
#include "agent/config/files.h"
#include "agent/config/lint.h"
#include "agent/config/site.h"
#include "agent/config/tree.h"
#include "schema/model/scoreboard.h"

namespace mpm::config {

struct Place {
  std::string file;
  std::int64_t line = 0;  // the first physical line; 0: of the whole
  std::int64_t column = 0;

  std::string text() const;  // "/etc/httpd/mpm.conf:7"
};

// A directive that mpmctl knows, where httpd would execute it.
struct Occurrence {
  const Directive* directive = nullptr;
  const ActiveDirective* at = nullptr;
  std::string_view section;        // the innermost that it stands in, "<VirtualHost"; or empty
  std::vector<std::string> words;  // its arguments
  bool in_force = false;           // the last of its name in the server's own configuration

  std::string_view value() const { return words.empty() ? std::string_view() : words.front(); }
};

// A section of a file as it is written, whether it counts or not.
struct WrittenSection {
  std::string name;  // "<IfModule"
  std::string argument;
  Place place;
};

// The same of a directive of an MPM, with the sections around it in its file.
struct WrittenDirective {
  const Directive* directive = nullptr;
  Place place;
  std::vector<WrittenSection> sections;
};

struct LintSubject {
  const Site& site;
  const FileSystem& files;
  std::optional<Mpm> running_mpm;
  RunningLimits running;
  Surroundings surroundings;
};

class LintContext {
 public:
  explicit LintContext(const LintSubject& subject);

  const Site& site() const { return site_; }
  const RunningLimits& running() const { return running_; }
  // Whether httpd is known to be of a version below that one.
  bool is_older_than(std::string_view version) const;
  const Surroundings& surroundings() const { return surroundings_; }
  const std::optional<Mpm>& running_mpm() const { return running_mpm_; }
  // The MPM that the configuration is for: the one that it loads, else the one that runs.
  const std::optional<Mpm>& mpm() const { return mpm_; }
  bool mpm_is_loaded() const { return mpm_is_loaded_; }

  // In the order in which httpd reads them.
  const std::vector<Occurrence>& occurrences() const { return occurrences_; }
  // Null when it is not written, so that httpd's default holds.
  const Occurrence* in_force(std::string_view directive) const;
  // What a server that starts with these files runs with. Without an MPM there are none.
  const EffectiveNumbers& numbers() const { return numbers_; }
  std::int64_t number(std::string_view directive) const { return numbers_.value_of(directive); }
  std::vector<WrittenNumber> written_numbers() const;

  // What the files say of the MPMs' own directives, in sections that are skipped too.
  const std::vector<WrittenDirective>& written() const { return written_; }

  // The logical line that begins there; null when the file has none.
  const Line* line_at(const std::string& file, std::int64_t first_line) const;
  // The bytes of a line as they stand in the file, with their line ends.
  std::string_view bytes_of(const std::string& file, const Line& line) const;

  Place place_of(const ActiveDirective& directive) const;
  Place place_of(const std::string& file, std::int64_t first_line) const;
  Place place_of_value(const Occurrence& occurrence) const;
  // Of the first of these directives that is written; else of the whole configuration.
  Place place_of_any(std::initializer_list<std::string_view> directives) const;
  Place whole() const { return {site_.files.empty() ? std::string() : site_.files.front(), 0, 0}; }

  bool has_module(std::string_view source) const;
  // Of a module's LoadModule; of the whole when it is linked in.
  Place place_of_load(std::string_view identifier) const;

 private:
  void collect_occurrences();
  void collect_written(const std::string& file, const Tree& tree);

  const Site& site_;
  std::optional<Mpm> running_mpm_;
  RunningLimits running_;
  Surroundings surroundings_;
  std::optional<Mpm> mpm_;
  bool mpm_is_loaded_ = false;
  std::map<std::string, Tree, std::less<>> trees_;
  std::vector<Occurrence> occurrences_;
  std::vector<WrittenDirective> written_;
  std::map<std::string, Place, std::less<>> loads_;  // of modules, by identifier
  EffectiveNumbers numbers_;
};

// The sources of the MPMs, "event.c"; and the MPM that a name of <IfModule> stands for, or was
// meant to stand for.
std::optional<Mpm> mpm_of_source(std::string_view source);
std::optional<Mpm> mpm_of_condition(std::string_view name);
std::string source_of_mpm(Mpm mpm);  // "event.c"

// A directive of the MPM itself, as StartServers; not one of httpd's core, as KeepAlive.
bool is_of_mpm(const Directive& directive);
bool takes_directive(Mpm mpm, const Directive& directive);

}  // namespace mpm::config
