// SPDX-License-Identifier: Apache-2.0
#include "agent/config/change.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "agent/config/apart.h"
#include "agent/config/place.h"
#include "agent/config/style.h"

namespace mpm::config {
namespace {

// Conflict when the occurrence stands in no file, or in one whose text is not what is read.
Result<void> may_reach(const Draft& draft, const ActiveDirective& node) {
  if (is_of_command_line(node)) {
    const auto& after = draft.options.after;
    const bool late = std::any_of(after.begin(), after.end(), [&](const std::string& text) {
      return text.find(node.name) != std::string::npos;
    });
    return fail(Error::Kind::Conflict,
                fmt::format("httpd is started with {} '{} {}', which no file can change. Change "
                            "the command line that starts it, in its unit or script.",
                            late ? "-c" : "-C", node.name, node.args));
  }
  if (!node.from_macro) return {};
  return fail(Error::Kind::Conflict,
              fmt::format("{} {} comes from {}. Change line {} of {}, or the Use.", node.name,
                          node.args, node.origin, node.first_line, node.file));
}

// "MRW" of "${MRW}"; empty when the word is more than that.
std::string variable_of(std::string_view word) {
  if (word.size() < 4 || word.substr(0, 2) != "${" || word.find('}') + 1 != word.size()) return {};
  return std::string(word.substr(2, word.size() - 3));
}

// A Define of a variable, with its value.
struct Definition {
  OpenFile file;
  std::size_t line = 0;
  Word value;

  std::string place() const {
    return fmt::format("{}:{}", file.path, file.tree.lines()[line].first_line);
  }
};

// In the order of reading; whether httpd reads a line the law will tell.
std::vector<Definition> definitions(const Draft& draft, const std::string& name) {
  std::vector<Definition> found;
  std::set<std::string> seen;
  for (const std::string& path : draft.site.files) {
    const auto file = open_file(draft.files, path);
    if (!file || !seen.insert(file->path).second) continue;
    for (std::size_t i = 0; i < file->tree.lines().size(); ++i) {
      const std::string& text = file->tree.lines()[i].text;
      std::size_t at = 0;
      if (!equal_ignoring_case(next_word(text, at).value, "Define")) continue;
      const std::vector<Word> words = split_words(text);
      if (words.size() == 3 && equal_ignoring_case(words[1].value, name))
        found.push_back({*file, i, words[2]});
    }
  }
  return found;
}

Result<void> refuse_environment(const Draft& draft, const ActiveDirective& node,
                                const std::string& name) {
  const auto& environment = draft.options.environment;
  const bool known = std::any_of(environment.begin(), environment.end(),
                                 [&name](const auto& variable) { return variable.first == name; });
  return fail(Error::Kind::Conflict,
              fmt::format("{} at {} takes its value from ${{{}}}, which {}. Change it in the "
                          "server's environment (on Debian /etc/apache2/envvars, else the unit "
                          "that starts httpd), or write a number in its place.",
                          node.name, place_of(node), name,
                          known ? "comes from the environment" : "no file defines before it"));
}

// Whether what the Define says is what the directive gets: with another text there, another
// value is read.
bool is_source_of(const Draft& draft, const Definition& definition, const CheckedWish& wish,
                  const Overlay& changed) {
  const Site after = read_site(draft.options, changed);
  return definition.value.value != *wish.value &&
         written_value(after, *wish.directive) != written_value(draft.site, *wish.directive);
}

Result<void> change_definition(Draft& draft, const CheckedWish& wish, const ActiveDirective& node,
                               const std::string& name) {
  const std::vector<Definition> found = definitions(draft, name);
  for (auto definition = found.rbegin(); definition != found.rend(); ++definition) {
    const OpenFile& file = definition->file;
    Overlay changed = draft.files;
    changed.write(file.path, with_word(file.tree, file.tree.lines()[definition->line],
                                       definition->value, *wish.value));
    if (!is_source_of(draft, *definition, wish, changed)) continue;
    auto done = may_edit(file);
    if (done && definition->value.value.find("${") != std::string::npos)
      done = fail(Error::Kind::Conflict, "The Define takes its value from another variable.");
    if (done) done = take_over(draft, std::move(changed), wish);
    if (done) return done;
    return fail(
        Error::Kind::Conflict,
        fmt::format("{} at {} takes its value from ${{{}}}, which is defined at {}. {} Give "
                    "the directive a number of its own, or change the variable by hand.",
                    node.name, place_of(node), name, definition->place(), done.error().what));
  }
  return refuse_environment(draft, node, name);
}

Result<void> change_word(Draft& draft, const CheckedWish& wish, const ActiveDirective& node) {
  auto file = open_file(draft.files, node.file);
  if (!file) return fail(file.error());
  if (auto editable = may_edit(*file); !editable) return editable;
  const Line* line = line_at(file->tree, node.first_line);
  const std::vector<Word> words = line != nullptr ? split_words(line->text) : std::vector<Word>();
  if (words.size() != 2 || !equal_ignoring_case(words[0].value, node.name))
    return fail(Error::Kind::Conflict,
                fmt::format("{} at {} is not written there as it is read, but made by a variable. "
                            "Change it by hand.",
                            node.name, place_of(node)));
  if (words[1].value.find("${") != std::string::npos) {
    const std::string name = variable_of(words[1].value);
    if (!name.empty()) return change_definition(draft, wish, node, name);
    return fail(Error::Kind::Conflict,
                fmt::format("{} at {} puts its value together from variables, \"{}\". Change it by "
                            "hand.",
                            node.name, place_of(node), words[1].value));
  }
  Overlay changed = draft.files;
  changed.write(file->path, with_word(file->tree, *line, words[1], *wish.value));
  // Reading all of it again needs the room; `line` ends here.
  file->tree = Tree();
  return take_over(draft, std::move(changed), wish);
}

std::string without_lines(const Tree& tree, const std::set<std::uint32_t>& first_lines) {
  std::string bytes;
  for (const Line& line : tree.lines())
    if (first_lines.count(line.first_line) == 0)
      bytes.append(tree.bytes(), line.bytes.begin, line.bytes.size());
  return bytes;
}

}  // namespace

Result<void> change_in_place(Draft& draft, const CheckedWish& wish) {
  // A copy: the draft's site gives way to another.
  const ActiveDirective node = *occurrences(draft.site, *wish.directive).back();
  if (auto reached = may_reach(draft, node); !reached) return reached;
  return change_word(draft, wish, node);
}

Result<void> take_away(Draft& draft, const CheckedWish& wish) {
  std::map<std::string, std::set<std::uint32_t>> lines;  // by the name it was read under
  for (const ActiveDirective* node : occurrences(draft.site, *wish.directive)) {
    if (auto reached = may_reach(draft, *node); !reached) return reached;
    lines[node->file].insert(node->first_line);
  }
  if (lines.empty()) return {};
  Overlay changed = draft.files;
  std::set<std::string> done;
  for (const auto& [path, first_lines] : lines) {
    const auto file = open_file(draft.files, path);
    if (!file) return fail(file.error());
    if (!done.insert(file->path).second) continue;
    if (auto editable = may_edit(*file); !editable) return editable;
    leave_without_ours(changed, path, without_lines(file->tree, first_lines));
  }
  return take_over(draft, std::move(changed), wish);
}

}  // namespace mpm::config
