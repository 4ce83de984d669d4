// SPDX-License-Identifier: Apache-2.0
#include "agent/config/reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "agent/config/known_names.h"

namespace mpm::config {
namespace {

constexpr std::uint64_t kFnvBasis = 14695981039346656037ULL;

Error missing_end(std::string_view name) {
  return {Error::Kind::Malformed, fmt::format("{}> directive missing closing '>'", name)};
}

std::vector<LogicalLine> numbered(std::vector<std::string> texts) {
  std::vector<LogicalLine> lines;
  for (std::string& text : texts) {
    LogicalLine line;
    line.text = std::move(text);
    line.first_line = line.last_line = static_cast<std::int64_t>(lines.size()) + 1;
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

LineFeed::LineFeed(std::string file, std::vector<LogicalLine> lines) {
  levels_.push_back({std::move(file), std::move(lines), 0});
}

const LogicalLine* LineFeed::next() {
  while (levels_.size() > 1 && levels_.back().at == levels_.back().lines.size())
    levels_.pop_back();
  Level& top = levels_.back();
  return top.at < top.lines.size() ? &top.lines[top.at++] : nullptr;
}

void LineFeed::push(std::vector<std::string> lines, std::string label) {
  levels_.push_back({std::move(label), numbered(std::move(lines)), 0});
}

SiteReader::SiteReader(const SiteOptions& options, const FileSystem& files)
    : options_(options),
      files_(files),
      variables_(options.defines, options.environment),
      fingerprint_(kFnvBasis) {
  site_.server_root = options.server_root;
  for (const std::string& source : options.builtin_sources)
    site_.modules.push_back({"", source});
}

Site SiteReader::read() && {
  Result<void> done = read_lines(options_.before, "-C directive");
  if (done) done = read_file(options_.config_file);
  if (done) done = read_lines(options_.after, "-c directive");
  if (done)
    check_mpm();
  else
    site_.problems.push_back({at_file_, at_line_, std::move(done.error().what), true});
  site_.fingerprint = fmt::format("{:016x}", fingerprint_);
  return std::move(site_);
}

Error SiteReader::refused(std::string text) const {
  return {Error::Kind::Malformed, std::move(text)};
}

void SiteReader::note(const LineFeed& feed, std::string text) {
  site_.problems.push_back({feed.file(), feed.file_line().last_line, std::move(text), false});
}

void SiteReader::check_mpm() {
  std::vector<std::string> loaded;
  for (const LoadedModule& module : site_.modules)
    for (const std::string_view source : {"prefork.c", "worker.c", "event.c"})
      if (module.source == source) loaded.push_back(module.source);
  if (loaded.size() == 1) return;
  site_.problems.push_back({options_.config_file, 0,
                            loaded.empty() ? "AH00534: no MPM is loaded: httpd does not start"
                                           : "AH00534: more than one MPM is loaded: httpd does "
                                             "not start",
                            true});
}

Result<void> SiteReader::read_lines(std::vector<std::string> lines, const std::string& label) {
  if (lines.empty()) return {};
  LineFeed feed(label, numbered(std::move(lines)));
  return read_all(feed);
}

Result<void> SiteReader::read_file(const std::string& path) {
  auto text = files_.read(path);
  if (!text)
    return fail(
        refused(fmt::format("Could not open configuration file {}: {}", path, text.error().what)));
  if (std::ranges::find(site_.files, path) == site_.files.end()) site_.files.push_back(path);
  for (const std::string_view part : {std::string_view(path), std::string_view(*text)})
    for (const char byte : part)
      fingerprint_ = (fingerprint_ ^ static_cast<std::uint8_t>(byte)) * 1099511628211ULL;

  LineFeed feed(path, split_lines(*text));
  return read_all(feed);
}

Result<void> SiteReader::read_all(LineFeed& feed) {
  const std::size_t outer = std::exchange(base_, open_.size());
  while (const LogicalLine* line = feed.next())
    if (auto done = read_line(feed, *line); !done) return done;
  if (open_.size() > base_) return fail(refused(fmt::format("{}> was not closed.", open_.back())));
  base_ = outer;
  return {};
}

Result<void> SiteReader::read_section(LineFeed& feed, std::string_view name) {
  // Compared with the whole line: "</IfModule> # end" does not close an active section.
  const std::string close = fmt::format("</{}>", name.substr(1));
  const std::size_t around = open_.size();
  while (const LogicalLine* line = feed.next()) {
    if (same_word(line->text, close)) {
      at_line_ = line->last_line;
      if (open_.size() > around)
        return fail(
            refused(fmt::format("Expected </{}> but saw {}", open_.back().substr(1), line->text)));
      return {};
    }
    if (auto done = read_line(feed, *line); !done) return done;
  }
  return {};  // an active condition ends with its file, and httpd says nothing
}

Result<void> SiteReader::skip_section(LineFeed& feed, std::string_view name) {
  while (const LogicalLine* line = feed.next()) {
    std::string_view rest = line->text;
    std::string word = take_word(rest);
    if (word.empty() || word.front() != '<') continue;
    at_line_ = line->last_line;
    if (word.size() > 1 && word[1] == '/') {
      word.pop_back();
      if (same_word(std::string_view(word).substr(2), name.substr(1))) return {};
      return fail(refused(fmt::format("Expected </{}> but saw {}>", name.substr(1), word)));
    }
    if (rest.empty() && word.back() == '>') word.pop_back();
    if (auto done = skip_section(feed, word); !done) return done;
  }
  return fail(refused(fmt::format("Expected </{}> before end of configuration", name.substr(1))));
}

Result<void> SiteReader::read_line(LineFeed& feed, const LogicalLine& written) {
  at_file_ = feed.label();
  at_line_ = written.last_line;
  if (written.text.empty() || written.text.front() == '#') return {};

  const LogicalLine line = written;  // the feed may move its lines while a section is read
  std::vector<std::string> unknown;
  const std::string text = variables_.expand(line.text, unknown);
  for (const std::string& name : unknown)
    note(feed, fmt::format("AH00111: ${{{}}} is not defined and stays as it is written", name));

  std::string_view args = text;
  std::string name = take_word(args);
  if (name.empty()) return {};
  if (name.size() > 1 && name[0] == '<' && name[1] == '/') return close_section(std::move(name));
  if (name.back() == '>') {
    name.pop_back();
    if (name.empty()) return {};
  }
  if (name.front() == '<' && args.empty()) args = ">";
  if (executes(name)) return execute(feed, name, args);
  add_node(feed, line, std::move(name), args);
  return {};
}

void SiteReader::add_node(const LineFeed& feed, const LogicalLine& line, std::string name,
                          std::string_view args) {
  ActiveDirective node;
  node.args = std::string(args);
  node.file = feed.file();
  const LogicalLine& place = feed.in_macro() ? feed.file_line() : line;
  node.first_line = place.first_line;
  node.last_line = place.last_line;
  node.depth = static_cast<int>(open_.size());
  if (feed.in_macro()) {
    node.macro = feed.label();
    node.macro_line = line.last_line;
  }
  const bool section = name.front() == '<';
  if (section) open_.push_back(name);
  node.name = std::move(name);
  site_.directives.push_back(std::move(node));
}

Result<void> SiteReader::close_section(std::string word) {
  if (word.back() != '>') return fail(missing_end(word));
  word.pop_back();
  if (open_.size() == base_)
    return fail(refused(fmt::format("{}> without matching <{}> section", word, word.substr(2))));
  if (!same_word(std::string_view(word).substr(2), std::string_view(open_.back()).substr(1)))
    return fail(refused(fmt::format("Expected </{}> but saw {}>", open_.back().substr(1), word)));
  open_.pop_back();
  return {};
}

// The directives that httpd runs while it reads; those of a module that is not loaded yet are
// plain nodes, and what they enclose is dead when the module comes later.
bool SiteReader::executes(std::string_view name) const {
  constexpr std::array kCore = std::to_array<std::string_view>(
      {"<IfModule", "<IfDefine", "<IfFile", "<IfDirective", "<IfSection", "Include",
       "IncludeOptional", "Define", "UnDefine", "ServerRoot", "DefaultRuntimeDir", "LoadModule",
       "LoadFile"});
  constexpr std::array kMacro = std::to_array<std::string_view>({"<Macro", "Use", "UndefMacro"});
  auto same = [&](std::string_view known) { return same_word(known, name); };
  if (std::ranges::any_of(kCore, same)) return true;
  if (same_word(name, "<IfVersion")) return site_.has_module("mod_version.c");
  return std::ranges::any_of(kMacro, same) && site_.has_module("mod_macro.c");
}

Result<void> SiteReader::execute(LineFeed& feed, const std::string& name, std::string_view args) {
  if (same_word(name, "<Macro")) return define_macro(feed, args);
  if (name.front() == '<') return condition(feed, name, args);
  if (same_word(name, "Use")) return use_macro(feed, args);
  if (same_word(name, "Include")) return include(args, Missing::Refused);
  if (same_word(name, "IncludeOptional")) return include(args, Missing::Ignored);
  const std::vector<std::string> words = words_of(args);
  if (same_word(name, "Define")) return define(words);
  if (same_word(name, "LoadModule")) return load_module(words);
  if (words.empty()) return fail(refused(name + " takes one argument"));
  if (same_word(name, "UnDefine")) variables_.undefine(words[0]);
  if (same_word(name, "UndefMacro")) macros_.erase(lower_case(words[0]));
  if (same_word(name, "ServerRoot")) site_.server_root = absolute(words[0]);
  return {};
}

Result<void> SiteReader::define(const std::vector<std::string>& words) {
  if (words.empty() || words.size() > 2) return fail(refused("Define takes one or two arguments"));
  if (words[0].find(':') != std::string::npos)
    return fail(refused("Variable name must not contain ':'"));
  variables_.define(words[0], words.size() == 2 ? std::optional(words[1]) : std::nullopt);
  return {};
}

Result<void> SiteReader::load_module(const std::vector<std::string>& words) {
  if (words.size() != 2) return fail(refused("LoadModule takes two arguments"));
  if (!site_.has_module(words[0])) site_.modules.push_back({words[0], module_source(words[0])});
  return {};
}

}  // namespace mpm::config
