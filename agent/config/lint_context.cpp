// SPDX-License-Identifier: Apache-2.0
#include "agent/config/lint_context.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "agent/config/modules.h"
#include "agent/config/version_expression.h"

namespace mpm::config {
namespace {

constexpr std::array kMpms{Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt};

// The MPM that is loaded when there is exactly one.
std::optional<Mpm> loaded_mpm(const Site& site) {
  std::optional<Mpm> found;
  for (const LoadedModule& module : site.modules) {
    if (!is_mpm_source(module.source)) continue;
    const auto mpm = mpm_of_source(module.source);
    if (!mpm || found) return std::nullopt;
    found = mpm;
  }
  return found;
}

// The argument of a section up to the last '>' of its line, without a '!' and quotes.
std::string argument_of(std::string_view line, std::size_t at) {
  std::string_view rest = at < line.size() ? line.substr(at) : std::string_view();
  const std::size_t end = rest.rfind('>');
  rest = trim(end == std::string_view::npos ? rest : rest.substr(0, end));
  const bool negated = !rest.empty() && rest.front() == '!';
  if (negated) rest.remove_prefix(1);
  std::size_t from = 0;
  const std::string word = next_word(rest, from).value;
  return negated ? "!" + word : word;
}

Place place_in(const std::string& file, const Tree& tree, const Line& line) {
  const std::size_t first = line.start;
  const std::size_t end = first == 0 ? std::string::npos : tree.bytes().rfind('\n', first - 1);
  const std::size_t begin = end == std::string::npos ? 0 : end + 1;
  return {file, line.first_line, static_cast<std::int64_t>(first - begin + 1)};
}

}  // namespace

std::string Place::text() const {
  return line > 0 ? fmt::format("{}:{}", file, line) : file;
}

std::optional<Mpm> mpm_of_source(std::string_view source) {
  for (const Mpm mpm : kMpms)
    if (source == source_of_mpm(mpm)) return mpm;
  return std::nullopt;
}

std::optional<Mpm> mpm_of_condition(std::string_view name) {
  for (const Mpm mpm : kMpms)
    if (name == source_of_mpm(mpm) || name == module_identifier(mpm)) return mpm;
  return mpm_of_source(meant_mpm(name));
}

std::string source_of_mpm(Mpm mpm) {
  return source_of_module(module_identifier(mpm));
}

bool is_of_mpm(const Directive& directive) {
  return !module_has_directive("core.c", directive.name) &&
         !module_has_directive("http_core.c", directive.name);
}

bool takes_directive(Mpm mpm, const Directive& directive) {
  return !is_of_mpm(directive) || directive.known_to(mpm);
}

LintContext::LintContext(const LintSubject& subject)
    : site_(subject.site),
      running_mpm_(subject.running_mpm),
      running_(subject.running),
      surroundings_(subject.surroundings),
      mpm_(loaded_mpm(subject.site)),
      mpm_is_loaded_(mpm_.has_value()) {
  if (!mpm_) mpm_ = running_mpm_;
  for (const std::string& file : site_.files)
    if (auto bytes = subject.files.read(file)) trees_.emplace(file, Tree::read(std::move(*bytes)));
  collect_occurrences();
  for (const std::string& file : site_.files)
    if (const auto tree = trees_.find(file); tree != trees_.end())
      collect_written(file, tree->second);
  if (mpm_) numbers_ = effective_numbers(*mpm_, written_numbers());
}

bool LintContext::is_older_than(std::string_view version) const {
  return is_older(surroundings_.version, version);
}

void LintContext::collect_occurrences() {
  std::vector<std::string_view> open;  // the sections around, one a depth
  std::map<const Directive*, std::size_t> last;
  for (const ActiveDirective& node : site_.directives) {
    open.resize(std::min<std::size_t>(node.depth, open.size()));
    if (!node.name.empty() && node.name.front() == '<') {
      open.emplace_back(node.name);
      continue;
    }
    const Directive* directive = find_directive(node.name);
    if (directive == nullptr || node.dead) continue;
    Occurrence occurrence{
        directive, &node, open.empty() ? std::string_view() : open.back(), {}, false};
    for (Word& word : split_words(node.args))
      occurrence.words.push_back(std::move(word.value));
    if (node.depth == 0) last[directive] = occurrences_.size();
    occurrences_.push_back(std::move(occurrence));
  }
  for (const auto& [directive, index] : last)
    occurrences_[index].in_force = true;
}

void LintContext::collect_written(const std::string& file, const Tree& tree) {
  std::vector<WrittenSection> open;
  for (const Line& line : tree.lines()) {
    if (line.text.empty() || line.text.front() == '#') continue;
    std::size_t at = 0;
    const std::string name = next_word(line.text, at).value;
    if (name.rfind("</", 0) == 0) {
      if (!open.empty()) open.pop_back();
    } else if (!name.empty() && name.front() == '<') {
      open.push_back({name, argument_of(line.text, at), place_in(file, tree, line)});
    } else if (const Directive* directive = find_directive(name);
               directive != nullptr && is_of_mpm(*directive)) {
      written_.push_back({directive, place_in(file, tree, line), open});
    } else if (same_name(name, "LoadModule")) {
      loads_.emplace(next_word(line.text, at).value, place_in(file, tree, line));
    }
  }
}

const Occurrence* LintContext::in_force(std::string_view directive) const {
  const auto found = std::ranges::find_if(occurrences_, [&](const Occurrence& occurrence) {
    return occurrence.in_force && occurrence.directive->name == directive;
  });
  return found == occurrences_.end() ? nullptr : &*found;
}

std::vector<WrittenNumber> LintContext::written_numbers() const {
  std::vector<WrittenNumber> list;
  for (const Occurrence& occurrence : occurrences_) {
    if (!occurrence.in_force) continue;
    const ValueKind kind = occurrence.directive->kind;
    const std::string value(occurrence.value());
    if (kind == ValueKind::Fraction)
      list.push_back({occurrence.directive->name,
                      std::max<std::int64_t>(
                          1, static_cast<std::int64_t>(std::strtod(value.c_str(), nullptr)))});
    else if (kind == ValueKind::Count || kind == ValueKind::Size)
      list.push_back({occurrence.directive->name, leading_integer(value)});
  }
  return list;
}

const Line* LintContext::line_at(const std::string& file, std::int64_t first_line) const {
  const auto tree = trees_.find(file);
  if (tree == trees_.end()) return nullptr;
  const auto& lines = tree->second.lines();
  const auto found = std::ranges::lower_bound(lines, first_line, {}, &Line::first_line);
  return found != lines.end() && found->first_line == first_line ? &*found : nullptr;
}

std::string_view LintContext::bytes_of(const std::string& file, const Line& line) const {
  const auto tree = trees_.find(file);
  if (tree == trees_.end()) return {};
  return std::string_view(tree->second.bytes()).substr(line.bytes.begin, line.bytes.size());
}

Place LintContext::place_of(const ActiveDirective& directive) const {
  return place_of(directive.file, directive.first_line);
}

Place LintContext::place_of(const std::string& file, std::int64_t first_line) const {
  if (const Line* line = line_at(file, first_line))
    return place_in(file, trees_.find(file)->second, *line);
  return {file, first_line, first_line > 0 ? 1 : 0};
}

// The value's own column when it stands on the line of its name, so that the place can be jumped
// to; a value that comes from a variable has the variable's.
Place LintContext::place_of_value(const Occurrence& occurrence) const {
  Place place = place_of(*occurrence.at);
  const Line* line = line_at(occurrence.at->file, occurrence.at->first_line);
  if (line == nullptr) return place;
  const std::vector<Word> words = split_words(line->text);
  if (words.size() < 2) return place;
  const Tree& tree = trees_.find(place.file)->second;
  const std::size_t name = line->start;
  const std::size_t value = Tree::physical(*line, words[1].logical).begin;
  if (value <= name) return place;
  if (tree.bytes().substr(name, value - name).find('\n') == std::string::npos)
    place.column += static_cast<std::int64_t>(value - name);
  return place;
}

Place LintContext::place_of_any(std::initializer_list<std::string_view> directives) const {
  for (const std::string_view directive : directives)
    if (const Occurrence* occurrence = in_force(directive)) return place_of_value(*occurrence);
  return whole();
}

Place LintContext::place_of_load(std::string_view identifier) const {
  const auto found = loads_.find(identifier);
  return found == loads_.end() ? whole() : found->second;
}

bool LintContext::has_module(std::string_view source) const {
  return std::ranges::find(site_.modules, source, &LoadedModule::source) != site_.modules.end();
}

}  // namespace mpm::config
