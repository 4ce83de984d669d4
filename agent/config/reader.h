// SPDX-License-Identifier: Apache-2.0
//
// The machine behind read_site(): one pass over the logical lines, with what is defined,
// loaded and open at this point of the reading. One object reads one site.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/lines.h"
#include "agent/config/macros.h"
#include "agent/config/site.h"
#include "agent/config/variables.h"
#include "schema/model/result.h"

namespace mpm::config {

// Where lines come from: a file, and on top of it the macros that are being unfolded, whose end
// goes unnoticed: a section that a macro opens may be closed by the file.
class LineFeed {
 public:
  LineFeed(std::string file, std::vector<LogicalLine> lines);

  // nullptr at the end of the file. Valid until the next call.
  const LogicalLine* next();
  // Unfolds lines on top; `label` is httpd's words for where they come from.
  void push(std::vector<std::string> lines, std::string label);

  const std::string& file() const { return levels_.front().label; }
  // Of the line that next() gave last: the file's name, or the macro's words.
  const std::string& label() const { return levels_.back().label; }
  bool in_macro() const { return levels_.size() > 1; }
  // The line of the file, also while a macro that it uses is read.
  const LogicalLine& file_line() const { return levels_.front().lines[levels_.front().at - 1]; }

 private:
  struct Level {
    std::string label;
    std::vector<LogicalLine> lines;
    std::size_t at = 0;
  };
  std::vector<Level> levels_;
};

class SiteReader {
 public:
  SiteReader(const SiteOptions& options, const FileSystem& files);
  Site read() &&;

 private:
  // Everything below returns an Error for what httpd refuses; the reading ends with it.
  Result<void> read_lines(std::vector<std::string> lines, const std::string& label);
  Result<void> read_file(const std::string& path);
  Result<void> read_all(LineFeed& feed);
  Result<void> read_section(LineFeed& feed, std::string_view name);  // active condition
  Result<void> skip_section(LineFeed& feed, std::string_view name);
  Result<void> read_line(LineFeed& feed, const LogicalLine& line);

  bool executes(std::string_view name) const;
  Result<void> execute(LineFeed& feed, const std::string& name, std::string_view args);
  Result<void> condition(LineFeed& feed, const std::string& name, std::string_view args);
  Result<bool> holds(const std::string& name, std::string argument) const;
  Result<bool> version_holds(std::string_view args) const;
  Result<void> define(const std::vector<std::string>& words);
  Result<void> load_module(const std::vector<std::string>& words);
  Result<void> define_macro(LineFeed& feed, std::string_view args);
  Result<void> use_macro(LineFeed& feed, std::string_view args);
  void add_node(const LineFeed& feed, const LogicalLine& line, std::string name,
                std::string_view args);
  Result<void> close_section(std::string word);
  void check_mpm();

  // include.cpp
  enum class Missing : std::uint8_t { Refused, Ignored };
  Result<void> include(std::string_view args, Missing missing);
  Result<void> include_path(const std::string& path, Missing missing);
  Result<void> include_pattern(const std::string& directory, std::string_view rest,
                               Missing missing);
  Result<void> include_directory(const std::string& path);
  std::string absolute(std::string_view path) const;

  Error refused(std::string text) const;
  void note(const LineFeed& feed, std::string text);

  const SiteOptions& options_;
  const FileSystem& files_;
  Variables variables_;
  std::map<std::string, Macro> macros_;
  std::vector<std::string> open_;  // sections around the present line, "<Directory"
  std::size_t base_ = 0;           // of open_: those that this file may close
  int include_depth_ = 0;
  std::uint64_t fingerprint_;
  Site site_;
  std::string at_file_;  // of the present line, for messages
  std::int64_t at_line_ = 0;
};

}  // namespace mpm::config
