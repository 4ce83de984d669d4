// SPDX-License-Identifier: Apache-2.0
#include "agent/config/apart.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "agent/apache/directives.h"
#include "agent/config/glob.h"
#include "agent/config/place.h"
#include "agent/config/style.h"
#include "agent/config/variables.h"

namespace mpm::config {
namespace {

constexpr std::string_view kName = "zz-mpmctl.conf";
constexpr std::string_view kBanner =
    "# Settings that mpmctl wrote; httpd reads this file after most of the others.\n"
    "# To return to what was before, remove this file and restart httpd.\n";
constexpr std::string_view kSectionComment = "# Settings that mpmctl wrote.";
constexpr std::string_view kIndent = "    ";

bool is_ours(std::string_view bytes) {
  return bytes.substr(0, kBanner.size()) == kBanner;
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// What <IfModule> can ask for the MPM by: its identifier, or its source when it is linked in
// under none that is known.
std::string section_opening(const Draft& draft) {
  const std::string identifier(module_identifier(draft.mpm));
  const auto& modules = draft.site.modules;
  const bool known = std::any_of(modules.begin(), modules.end(), [&](const LoadedModule& module) {
    return module.identifier == identifier;
  });
  if (known) return fmt::format("<IfModule {}>", identifier);
  return fmt::format("<IfModule {}.c>",
                     draft.mpm == Mpm::Winnt ? "mpm_winnt" : name_of_mpm(draft.mpm));
}

std::string line_of(const CheckedWish& wish) {
  return fmt::format("{} {}", wish.directive->name, as_word(*wish.value));
}

// The directive as a text that can stand at the top level.
std::string text_of(const Draft& draft, const CheckedWish& wish, const std::string& end) {
  if (!is_of_the_mpm(*wish.directive)) return line_of(wish) + end;
  return fmt::format("{}{}{}{}{}</IfModule>{}", section_opening(draft), end, kIndent, line_of(wish),
                     end, end);
}

// Our file with one more directive: in the section of this MPM, when it has one.
std::string with_directive(const Draft& draft, const CheckedWish& wish, const Tree& tree) {
  const std::string end = line_end_of(tree.bytes());
  if (is_of_the_mpm(*wish.directive)) {
    bool inside = false;
    for (const Line& line : tree.lines()) {
      if (inside && equal_ignoring_case(line.text, "</IfModule>")) {
        std::string bytes = tree.bytes();
        return bytes.insert(line.bytes.begin, std::string(kIndent) + line_of(wish) + end);
      }
      inside = inside || line.text == section_opening(draft);
    }
  }
  std::string bytes = tree.bytes();
  if (!bytes.empty() && bytes.back() != '\n') bytes += end;
  return bytes + text_of(draft, wish, end);
}

// A directory that an Include with a wildcard reads.
struct Directory {
  std::string path;
  int rank = 0;
};

// Directories for settings before others; those of modules and virtual hosts are not for us.
std::optional<int> rank_of(const std::string& directory) {
  const std::string name = lower(name_of(directory));
  for (const std::string_view word : {"mods", "modules", "sites", "vhost", "ssl", "users"})
    if (name.find(word) != std::string::npos) return std::nullopt;
  return name == "conf-enabled" || name == "conf.d" || name == "includes" ? 0 : 1;
}

// The directories of all wildcard Includes that would take our file. Whether httpd comes to one
// of them is tried out.
std::vector<Directory> wildcard_directories(const Draft& draft) {
  std::vector<Directory> found;
  Variables variables(draft.options.defines, draft.options.environment);
  for (const std::string& path : draft.site.files) {
    const auto file = open_file(draft.files, path);
    if (!file) continue;
    for (const Line& line : file->tree.lines()) {
      const std::vector<Word> words = split_words(line.text);
      if (words.size() == 3 && equal_ignoring_case(words[0].value, "Define"))
        variables.define(words[1].value, words[2].value);
      if (words.size() != 2 || (!equal_ignoring_case(words[0].value, "Include") &&
                                !equal_ignoring_case(words[0].value, "IncludeOptional")))
        continue;
      const std::string pattern =
          join_path(draft.site.server_root,
                    variables.expand(words[1].value, [](Variables::Remark, std::string_view) {}));
      const std::string directory = directory_of(pattern);
      const auto rank = rank_of(directory);
      if (!rank || has_wildcard(directory) || !has_wildcard(name_of(pattern)) ||
          !glob_match(name_of(pattern), kName) ||
          draft.files.kind(directory) != FileKind::Directory)
        continue;
      found.push_back({directory, *rank});
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Directory& a, const Directory& b) { return a.rank < b.rank; });
  return found;
}

// Our file in a directory; on Debian it lies in conf-available and is linked to, as a2enconf does.
std::optional<Overlay> with_our_file(const Draft& draft, const CheckedWish& wish,
                                     const std::string& directory) {
  Overlay changed = draft.files;
  std::string path = fmt::format("{}/{}", directory, kName);
  std::string target;
  const std::string available = directory_of(directory) + "/conf-available";
  if (name_of(directory) == "conf-enabled" && draft.files.kind(available) == FileKind::Directory) {
    target = fmt::format("../conf-available/{}", kName);
    if (draft.files.kind(path) == FileKind::Missing) changed.link(path, target);
    path = fmt::format("{}/{}", available, kName);
  }
  const auto there = draft.files.read(path);
  if (there && !is_ours(*there)) return std::nullopt;
  const bool read = std::any_of(
      draft.site.files.begin(), draft.site.files.end(),
      [&](const std::string& file) { return file == fmt::format("{}/{}", directory, kName); });
  changed.write(path, there && read ? with_directive(draft, wish, Tree::read(*there))
                                    : std::string(kBanner) + text_of(draft, wish, "\n"));
  return changed;
}

// The main file with a section of ours at its end.
Result<Overlay> with_our_section(const Draft& draft, const CheckedWish& wish) {
  const auto file =
      open_file(draft.files, join_path(draft.options.server_root, draft.options.config_file));
  if (!file) return fail(file.error());
  if (auto editable = may_edit(*file); !editable) return fail(editable.error());
  const Tree& tree = file->tree;
  const std::string end = line_end_of(tree.bytes());
  std::string text = text_of(draft, wish, end);
  if (is_of_the_mpm(*wish.directive)) text = std::string(kSectionComment) + end + text;
  Overlay changed = draft.files;
  const auto enclosing = enclosing_sections(tree);
  const bool closing = !tree.lines().empty() && tree.lines().back().text.substr(0, 2) == "</";
  const bool ends = tree.bytes().empty() || tree.bytes().back() == '\n';
  if (ends || !closing) {
    changed.write(file->path,
                  tree.lines().empty() ? text : with_line_after(tree, tree.lines().back(), text));
    return changed;
  }
  // Nothing may follow the last line, and what is before it is in a section: so before that.
  std::size_t first = tree.lines().size() - 1;
  while (first > 0 && !(enclosing[first] < 0 && tree.lines()[first].text.substr(0, 2) != "</"))
    --first;
  std::string bytes = tree.bytes();
  changed.write(file->path, bytes.insert(tree.lines()[first].bytes.begin, text));
  return changed;
}

// cPanel's file for what shall come after its own values.
std::optional<Overlay> with_panel_include(const Draft& draft, const CheckedWish& wish,
                                          std::string& path) {
  for (const std::string& file : draft.site.files) {
    const std::string name = name_of(file);
    if (name != "pre_virtualhost_global.conf" && name != "post_virtualhost_global.conf") continue;
    const auto opened = open_file(draft.files, file);
    if (!opened || !may_edit(*opened)) continue;
    const std::string& bytes = opened->tree.bytes();
    const std::string end = line_end_of(bytes);
    Overlay changed = draft.files;
    std::string text = text_of(draft, wish, end);
    if (is_of_the_mpm(*wish.directive)) text = std::string(kSectionComment) + end + text;
    if (opened->tree.lines().empty())
      changed.write(opened->path, text);
    else
      changed.write(opened->path, with_line_after(opened->tree, opened->tree.lines().back(), text));
    path = opened->path;
    return changed;
  }
  return std::nullopt;
}

// The sections of ours that hold nothing any more: in our own file any of an MPM, elsewhere such
// as stand under our comment.
std::string without_empty_sections(const std::string& bytes, bool whole_file) {
  const Tree tree = Tree::read(bytes);
  const std::vector<Line>& lines = tree.lines();
  std::set<std::size_t> gone;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    if (!opens_mpm_section(lines[i].text) || !equal_ignoring_case(lines[i + 1].text, "</IfModule>"))
      continue;
    const bool marked = i > 0 && lines[i - 1].text == kSectionComment;
    if (!marked && !whole_file) continue;
    gone.insert({i, i + 1});
    if (marked) gone.insert(i - 1);
  }
  std::string result;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (gone.count(i) == 0) result.append(bytes, lines[i].bytes.begin, lines[i].bytes.size());
  return result;
}

}  // namespace

Result<void> set_apart(Draft& draft, const CheckedWish& wish, Apart how) {
  Error refusal{Error::Kind::Conflict, {}};
  const auto attempt = [&](Overlay changed) {
    auto done = take_over(draft, std::move(changed), wish);
    if (!done && refusal.what.empty()) refusal = done.error();
    return done.has_value();
  };
  for (const Directory& directory : wildcard_directories(draft))
    if (auto changed = with_our_file(draft, wish, directory.path))
      if (attempt(std::move(*changed))) return {};
  std::string path;
  if (auto changed = with_panel_include(draft, wish, path))
    if (attempt(std::move(*changed))) {
      draft.remarks.push_back(
          {"", fmt::format("{} stands in {}, which the control panel leaves to administrators and "
                           "which is read after its own values.",
                           wish.directive->name, path)});
      return {};
    }
  if (how == Apart::Anywhere) {
    auto changed = with_our_section(draft, wish);
    if (changed && attempt(std::move(*changed))) return {};
    if (!changed && refusal.what.empty()) refusal = changed.error();
  }
  if (refusal.what.empty())
    refusal.what =
        fmt::format("No directory with settings is included, so there is no place for {}.",
                    wish.directive->name);
  return fail(std::move(refusal));
}

void leave_without_ours(Overlay& files, const std::string& path, std::string bytes) {
  const auto before = files.read(path);
  const bool whole_file = name_of(path) == kName && before && is_ours(*before);
  bytes = without_empty_sections(bytes, whole_file);
  if (!whole_file || bytes != kBanner) {
    files.write(path, std::move(bytes));
    return;
  }
  const auto real = files.real_path(path);
  if (files.link_target(path)) files.remove(path);
  if (real) files.remove(*real);
}

}  // namespace mpm::config
