// SPDX-License-Identifier: Apache-2.0
//
// The state of reading one site: what is defined, loaded and open so far. Private to the
// folder; site.h is the door.
//
// Conditions and sections lie on one stack per file, as httpd has one tree per file. An active
// condition ends at a line that is exactly its closing tag, and only when no section inside it
// is open; a skipped one is passed over by the first word of each line (ap_soak_end_container).
// What httpd would stop at is reported, and reading goes on unless that could not end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/fingerprint.h"
#include "agent/config/input.h"
#include "agent/config/macro.h"
#include "agent/config/site.h"
#include "agent/config/variables.h"

namespace mpm::config {

class Reader {
 public:
  Reader(const SiteOptions& options, const FileSystem& files);

  Site read();

 private:
  // Where something stands, for us and as httpd names it.
  struct Place {
    std::shared_ptr<const std::string> file;
    std::uint32_t first_line = 0;
    std::uint32_t last_line = 0;
    std::uint32_t column = 1;
    std::shared_ptr<const std::string> origin;
    std::uint32_t origin_line = 0;
  };

  // An open section; conditions dissolve, sections are directives.
  struct Frame {
    std::string name;  // "<IfModule"
    bool condition = false;
    bool dead = false;  // an <IfVersion> or <Macro> that nobody understood when it was met
    Place place;
  };

  // One file, with the macros read in its place.
  struct Level {
    InputStack input;
    std::vector<Frame> open;
    std::uint32_t depth = 0;  // open sections, those of the including files too
    std::uint32_t dead = 0;   // open dead sections, those of the including files too
    // The line being read; null before the first and behind the last.
    const InputLine* line = nullptr;
    Place place;  // of the line, or of the last one
  };

  using Arguments = std::vector<std::string>;
  using Handler = void (Reader::*)(Level&, std::string_view args);
  struct OnRead {
    std::string_view name;
    std::string_view source;  // of the module that brings it; empty for what is always there
    Handler handler;
    std::string_view since = {};  // the first version of httpd that has it
  };

  // reader.cpp: lines and sections.
  void read_texts(const std::vector<std::string>& texts);
  void read_file(const std::string& path, Level* from);
  void read_level(Level& level);
  bool advance(Level& level);
  void read_line(Level& level);
  void close_section(Level& level, std::string_view name);
  void read_words(Level& level, std::string_view line);
  void add(Level& level, std::string name, std::string_view args);
  void keep(const Level& level, std::string_view name, std::string_view args, bool dead);
  void end_level(Level& level);
  void enter_or_skip(Level& level, std::string_view name, bool active);
  void skip(Level& level, std::string_view name);
  void finish();

  // reading.cpp: what httpd does while it reads.
  static const OnRead* find_on_read(std::string_view name);
  bool known(const OnRead& directive) const;
  void run_condition(Level& level, std::string_view name, std::string_view args,
                     const std::function<bool(const std::string&)>& test);
  void if_module(Level& level, std::string_view args);
  void if_define(Level& level, std::string_view args);
  void if_file(Level& level, std::string_view args);
  void if_directive(Level& level, std::string_view args);
  void if_section(Level& level, std::string_view args);
  void if_version(Level& level, std::string_view args);
  void include(Level& level, std::string_view args);
  void include_optional(Level& level, std::string_view args);
  void include_files(Level& level, std::string_view args, bool optional);
  void define(Level& level, std::string_view args);
  void undefine(Level& level, std::string_view args);
  void server_root(Level& level, std::string_view args);
  void load_module(Level& level, std::string_view args);
  void load_file(Level& level, std::string_view args);
  void pass_over(Level& level, std::string_view args);
  void runtime_dir(Level& level, std::string_view args);
  void define_macro(Level& level, std::string_view args);
  void read_body(Level& level, Macro& macro);
  void use_macro(Level& level, std::string_view args);
  void undefine_macro(Level& level, std::string_view args);
  bool module_known(std::string_view name) const;
  bool directive_known(std::string_view name) const;

  // Words of `args`, or nothing and a refusal when there are not from `least` to `most`.
  bool take(Level& level, std::string_view args, Arguments& words, std::size_t least,
            std::size_t most, std::string_view usage);
  void refuse(const Level& level, std::string sentence);
  void refuse_at(const Place& place, std::string sentence);
  void refuse_when_executed(const Level& level, std::string sentence);
  void warn(const Level& level, ProblemKind kind, std::string sentence);
  void trap(const Level& level, TrapKind kind, std::string sentence);
  void stop(const Level& level, std::string sentence);
  void remember(const std::string& path, const std::string& bytes);

  const SiteOptions& options_;
  const FileSystem& files_;
  std::set<std::string> known_files_;  // those of site_.files
  Variables variables_;
  std::map<std::string, std::shared_ptr<const Macro>, std::less<>> macros_;
  Site site_;
  std::size_t directives_ = 0;  // that count, kept or not
  Fingerprint left_out_;
  std::vector<ConfigProblem> later_;     // when httpd executes what it has read
  std::vector<std::string> dead_names_;  // "<IfVersion" or "<Macro" that became plain nodes
  std::size_t include_depth_ = 0;
  std::size_t bytes_read_ = 0;
  bool stopped_ = false;
};

}  // namespace mpm::config
