// SPDX-License-Identifier: Apache-2.0
#include "agent/config/place.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "agent/config/generated.h"
#include "agent/config/modules.h"
#include "agent/config/style.h"

namespace mpm::config {
namespace {

constexpr std::size_t kMostPlaces = 3;

// Directives that stand together.
enum class Family : std::uint8_t {
  Pool,        // the MPM's own, StartServers to AsyncRequestWorkerFactor
  Mpm,         // every MPM's: ListenBacklog, MaxMemFree
  Connection,  // KeepAlive, Timeout: of the core
  Server,      // ExtendedStatus, ScoreBoardFile: of the core, often apart
};

Family family_of(const Directive& directive) {
  constexpr std::array kMpm =
      std::to_array<std::string_view>({"ListenBacklog", "ListenCoresBucketsRatio",
                                       "ThreadStackSize", "MaxMemFree", "GracefulShutdownTimeout"});
  constexpr std::array kConnection = std::to_array<std::string_view>(
      {"KeepAlive", "KeepAliveTimeout", "MaxKeepAliveRequests", "Timeout"});
  const auto in = [&](const auto& names) {
    return std::find(names.begin(), names.end(), directive.name) != names.end();
  };
  if (in(kMpm)) return Family::Mpm;
  if (in(kConnection)) return Family::Connection;
  if (directive.name == "ExtendedStatus" || directive.name == "ScoreBoardFile")
    return Family::Server;
  return Family::Pool;
}

// Whose company a directive seeks, in order.
std::vector<Family> likes_of(const Directive& directive) {
  switch (family_of(directive)) {
    case Family::Pool:
    case Family::Mpm:
      return {Family::Pool, Family::Mpm};
    case Family::Connection:
      return {Family::Connection, Family::Server};
    case Family::Server:
      return {Family::Server, Family::Connection};
  }
  return {};
}

std::size_t rank_of(const Directive& directive) {
  return static_cast<std::size_t>(&directive - directives().data());
}

// An active like, in the file that is looked at.
struct Like {
  const Directive* directive = nullptr;
  std::size_t line = 0;  // index in the tree
};

// Whether the section of a line is a place for the family.
bool fits(Family family, const Tree& tree, const std::vector<std::ptrdiff_t>& enclosing,
          std::size_t line) {
  if (family == Family::Pool || family == Family::Mpm) return true;
  std::ptrdiff_t section = enclosing[line];
  if (family == Family::Server && section >= 0) return false;
  while (section >= 0) {
    if (opens_mpm_section(tree.lines()[static_cast<std::size_t>(section)].text)) return false;
    section = enclosing[static_cast<std::size_t>(section)];
  }
  return true;
}

// "#ServerLimit 16": the directive, commented out, with something that could be its value.
bool is_twin(std::string_view text, const Directive& directive) {
  if (text.empty() || text.front() != '#') return false;
  text.remove_prefix(std::min(text.find_first_not_of("# \t"), text.size()));
  const std::vector<Word> words = split_words(text);
  if (words.size() != 2) return false;
  const bool named =
      equal_ignoring_case(words[0].value, directive.name) ||
      (!directive.old_name.empty() && equal_ignoring_case(words[0].value, directive.old_name));
  if (!named) return false;
  const std::string& value = words[1].value;
  if (directive.kind == ValueKind::Word) return true;
  return !value.empty() && (std::isdigit(static_cast<unsigned char>(value.front())) != 0);
}

// One file, its likes of one family, and the section of the last of them.
class Block {
 public:
  Block(const OpenFile& file, Family family, const Draft& draft)
      : file_(file), enclosing_(enclosing_sections(file.tree)) {
    std::vector<Like> all;
    for (const ActiveDirective& node : draft.site.directives) {
      const Directive* directive = find_directive(node.name);
      if (directive == nullptr || family_of(*directive) != family || !is_of(node, *directive))
        continue;
      if (node.from_macro || is_of_command_line(node)) continue;
      const auto real = draft.files.real_path(node.file);
      if (!real || *real != file.path) continue;
      const Line* line = line_at(file.tree, node.first_line);
      if (line == nullptr) continue;
      const auto index = static_cast<std::size_t>(line - file.tree.lines().data());
      if (fits(family, file.tree, enclosing_, index)) all.push_back({directive, index});
    }
    if (all.empty()) return;
    section_ = enclosing_[all.back().line];
    for (const Like& like : all)
      if (enclosing_[like.line] == section_) likes_.push_back(like);
  }

  bool empty() const { return likes_.empty(); }

  std::string with(const CheckedWish& wish) const {
    const Directive& directive = *wish.directive;
    const Like* before = nullptr;  // the nearest that comes before it
    const Like* first = likes_.data();
    for (const Like& like : likes_) {
      if (like.line < first->line) first = &like;
      if (rank_of(*like.directive) >= rank_of(directive)) continue;
      if (before == nullptr || rank_of(*like.directive) >= rank_of(*before->directive))
        before = &like;
    }
    const Like& nearest = before != nullptr ? *before : *first;
    const std::string text = written(wish, nearest);
    if (const Line* twin = twin_of(directive)) return with_line_after(file_.tree, *twin, text);
    if (before != nullptr) return with_line_after(file_.tree, line(before->line), text);
    std::string bytes = file_.tree.bytes();
    return bytes.insert(line(first->line).bytes.begin, text);
  }

 private:
  const Line& line(std::size_t index) const { return file_.tree.lines()[index]; }

  std::string written(const CheckedWish& wish, const Like& nearest) const {
    std::vector<WrittenLine> block;
    for (const Like& like : likes_)
      block.push_back(written_line(file_.tree, line(like.line)));
    return line_like({wish.directive->name, as_word(*wish.value), line_end_of(file_.tree.bytes())},
                     written_line(file_.tree, line(nearest.line)), block);
  }

  const Line* twin_of(const Directive& directive) const {
    const std::vector<Line>& lines = file_.tree.lines();
    for (std::size_t i = 0; i < lines.size(); ++i)
      if (enclosing_[i] == section_ && is_twin(lines[i].text, directive)) return &lines[i];
    return nullptr;
  }

  const OpenFile& file_;
  std::vector<std::ptrdiff_t> enclosing_;
  std::ptrdiff_t section_ = -1;
  std::vector<Like> likes_;
};

// Real paths of the files with likes of a family, the one that is read last first.
std::vector<std::string> files_with(const Draft& draft, Family family) {
  std::vector<std::string> paths;
  std::set<std::string> seen;
  const auto& nodes = draft.site.directives;
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    const Directive* directive = find_directive(node->name);
    if (directive == nullptr || family_of(*directive) != family || !is_of(*node, *directive))
      continue;
    if (node->from_macro || is_of_command_line(*node) || !seen.insert(node->file).second) continue;
    auto real = draft.files.real_path(node->file);
    if (real && std::find(paths.begin(), paths.end(), *real) == paths.end())
      paths.push_back(std::move(*real));
  }
  return paths;
}

bool is_mpm_name(std::string_view name) {
  return is_mpm_source(name) || is_mpm_source(source_of_module(name));
}

// Closes the innermost section of that name, and what was left open in it.
void close(std::vector<std::pair<std::string, std::ptrdiff_t>>& open, std::string_view name) {
  for (std::size_t i = open.size(); i > 0; --i)
    if (equal_ignoring_case(open[i - 1].first, name)) {
      open.resize(i - 1);
      return;
    }
}

}  // namespace

std::vector<std::ptrdiff_t> enclosing_sections(const Tree& tree) {
  std::vector<std::ptrdiff_t> enclosing;
  enclosing.reserve(tree.lines().size());
  std::vector<std::pair<std::string, std::ptrdiff_t>> open;
  for (std::size_t i = 0; i < tree.lines().size(); ++i) {
    const std::string& text = tree.lines()[i].text;
    std::size_t at = 0;
    std::string name =
        !text.empty() && text.front() == '<' ? next_word(text, at).value : std::string();
    if (!name.empty() && name.back() == '>') name.pop_back();
    const bool closes = name.size() > 1 && name[1] == '/';
    if (closes) close(open, std::string_view(name).substr(2));
    enclosing.push_back(open.empty() ? -1 : open.back().second);
    if (!name.empty() && !closes) open.emplace_back(name.substr(1), static_cast<std::ptrdiff_t>(i));
  }
  return enclosing;
}

bool opens_mpm_section(std::string_view text) {
  std::size_t at = 0;
  if (!equal_ignoring_case(next_word(text, at).value, "<IfModule")) return false;
  std::string_view argument = text.substr(at, text.rfind('>') - at);
  if (!argument.empty() && argument.front() == '!') argument.remove_prefix(1);
  at = 0;
  return is_mpm_name(next_word(argument, at).value);
}

bool is_of_the_mpm(const Directive& directive) {
  const Family family = family_of(directive);
  return family == Family::Pool || family == Family::Mpm;
}

Result<void> may_edit(const OpenFile& file) {
  if (const auto author = author_of(file.tree.bytes()))
    return fail(Error::Kind::Conflict,
                fmt::format("{} is written by {}, and a change by hand would be lost. Make it {}.",
                            file.path, author->name, author->way));
  const std::string mark = template_mark(file.tree.bytes());
  if (!mark.empty())
    return fail(Error::Kind::Conflict,
                fmt::format("{} is a template (it has {}), and no configuration that httpd reads. "
                            "Change it by hand, or what it is filled with.",
                            file.path, mark));
  return {};
}

std::string with_line_after(const Tree& tree, const Line& line, const std::string& text) {
  std::string bytes = tree.bytes();
  const std::size_t end = line.bytes.end;
  bool open = end == 0 || bytes[end - 1] != '\n';
  // "\\" LF at the end of the file would go on with what is put there.
  std::size_t last = end;
  while (!open && last > line.bytes.begin && (bytes[last - 1] == '\n' || bytes[last - 1] == '\r'))
    --last;
  open = open || (last > line.bytes.begin && bytes[last - 1] == '\\');
  return bytes.insert(open ? line.bytes.begin : end, text);
}

std::vector<Insertion> places_beside(const Draft& draft, const CheckedWish& wish,
                                     std::string& obstacle) {
  std::vector<Insertion> places;
  for (const Family family : likes_of(*wish.directive))
    for (const std::string& path : files_with(draft, family)) {
      if (places.size() >= kMostPlaces) return places;
      const auto file = open_file(draft.files, path);
      if (!file) continue;
      const Block block(*file, family, draft);
      if (block.empty()) continue;
      const auto editable = may_edit(*file);
      if (!editable && obstacle.empty()) obstacle = editable.error().what;
      if (editable) places.push_back({file->path, block.with(wish)});
    }
  return places;
}

}  // namespace mpm::config
