// SPDX-License-Identifier: Apache-2.0
#include "agent/config/switch_mpm.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "agent/config/change.h"
#include "agent/config/glob.h"
#include "agent/config/modules.h"
#include "agent/config/place.h"
#include "agent/config/settings.h"

namespace mpm::config {
namespace {

constexpr std::string_view kSysconfig = "/etc/sysconfig/apache2";  // openSUSE

std::string directory_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_loaded(const Site& site, std::string_view identifier) {
  return std::any_of(site.modules.begin(), site.modules.end(),
                     [&](const LoadedModule& module) { return module.identifier == identifier; });
}

// A module that keeps state which two threads would spoil, and the way to do without it.
struct Unsafe {
  std::string_view identifier;
  std::string_view way;
};

constexpr std::string_view kPhpWay =
    "run PHP as php-fpm behind mod_proxy_fcgi (on Debian: a2dismod the php module, a2enmod "
    "proxy_fcgi, a2enconf php-fpm)";

constexpr std::array kUnsafe = std::to_array<Unsafe>({
    {"php_module", kPhpWay},
    {"php4_module", kPhpWay},
    {"php5_module", kPhpWay},
    {"php7_module", kPhpWay},
    {"mpm_itk_module", "use php-fpm with a pool for each user instead of mpm_itk"},
    {"ruby_module", "run Ruby in an application server behind mod_proxy"},
    {"suphp_module", "use php-fpm with a pool for each user"},
});

Result<void> refuse_unsafe(const Site& site, Mpm to) {
  if (to == Mpm::Prefork) return {};
  for (const Unsafe& module : kUnsafe)
    if (is_loaded(site, module.identifier))
      return fail(Error::Kind::Conflict,
                  fmt::format("{} is loaded, which is not safe in threads, so {} cannot take the "
                              "place of prefork. To go there, {}.",
                              module.identifier, name_of_mpm(to), module.way));
  return {};
}

// A module that stands in an <IfModule> of the old MPM is not loaded any more, and one in that of
// the new MPM is.
void remark_on_conditions(Draft& draft, const Site& before, Mpm from) {
  for (const LoadedModule& module : before.modules) {
    if (is_mpm_source(module.source) || is_loaded(draft.site, module.identifier)) continue;
    const auto* unsafe = std::ranges::find(kUnsafe, module.identifier, &Unsafe::identifier);
    draft.remarks.push_back(
        {"", fmt::format("{} is loaded for {} alone and goes with it{}{}.", module.identifier,
                         name_of_mpm(from), unsafe != kUnsafe.end() ? "; to do without it, " : "",
                         unsafe != kUnsafe.end() ? unsafe->way : "")});
  }
  for (const LoadedModule& module : draft.site.modules)
    if (!is_mpm_source(module.source) && !is_loaded(before, module.identifier))
      draft.remarks.push_back({"", fmt::format("{} is loaded for {} alone and comes with it.",
                                               module.identifier, name_of_mpm(draft.mpm))});
}

void remark_on_modules(Draft& draft, Mpm to) {
  if (to != Mpm::Prefork && is_loaded(draft.site, "cgi_module"))
    draft.remarks.push_back(
        {"",
         "cgi_module starts programs by forking a process full of threads; cgid_module is made for "
         "threaded MPMs. Load it instead (on Debian: a2dismod cgi, a2enmod cgid)."});
  if (to == Mpm::Prefork && is_loaded(draft.site, "http2_module"))
    draft.remarks.push_back(
        {"AH10034", "http2_module does not work under prefork: clients get HTTP/1.1."});
}

// An MPM that no file loads: it is linked in, or named where httpd is started.
Result<void> refuse_unreachable(const Draft& draft) {
  const std::string identifier(module_identifier(draft.mpm));
  const auto& builtin = draft.options.builtin_sources;
  const auto& before = draft.options.before;
  const bool started_with = std::any_of(before.begin(), before.end(), [&](const std::string& text) {
    return text.find(identifier) != std::string::npos;
  });
  if (started_with)
    return fail(
        Error::Kind::Conflict,
        fmt::format("httpd is started with -C 'LoadModule {} ...', which no file can change. "
                    "Change the command line that starts it.",
                    identifier));
  const auto own = std::find_if(
      draft.site.modules.begin(), draft.site.modules.end(), [&](const LoadedModule& module) {
        return module.identifier == identifier ||
               module.source == fmt::format("{}.c", name_of_mpm(draft.mpm));
      });
  const bool linked_in = own != draft.site.modules.end() &&
                         std::find(builtin.begin(), builtin.end(), own->source) != builtin.end();
  const auto& names = draft.options.builtin_identifiers;
  if (!linked_in && std::find(names.begin(), names.end(), identifier) == names.end()) return {};
  const bool suse = draft.files.kind(std::string(kSysconfig)) == FileKind::Regular;
  return fail(Error::Kind::Conflict,
              fmt::format("The {} MPM is linked into this httpd, and no configuration can take "
                          "another. {}",
                          name_of_mpm(draft.mpm),
                          suse ? fmt::format("Set APACHE_MPM in {} and install the package of that "
                                             "MPM; each has a program of its own.",
                                             kSysconfig)
                               : std::string("Install a program that is built with it, or with "
                                             "loadable MPMs.")));
}

// A line that loads an MPM, or would if it were no comment.
struct LoadLine {
  std::size_t line = 0;
  bool comment = false;
  std::vector<Word> words;  // of the text from `begin` on
  std::size_t begin = 0;    // behind the comment's mark
};

std::optional<LoadLine> load_line(const Tree& tree, std::size_t index,
                                  std::string_view identifier) {
  LoadLine found{index, false, {}, 0};
  const std::string& text = tree.lines()[index].text;
  if (!text.empty() && text.front() == '#') {
    found.comment = true;
    found.begin = text.find_first_not_of("# \t");
    if (found.begin == std::string::npos) return std::nullopt;
  }
  found.words = split_words(std::string_view(text).substr(found.begin));
  if (found.words.size() != 3 || !equal_ignoring_case(found.words[0].value, "LoadModule") ||
      found.words[1].value != identifier)
    return std::nullopt;
  return found;
}

// The name of the file with the other MPM in it.
std::string file_for(const std::string& file, Mpm from, Mpm to) {
  const std::string old_name = fmt::format("mpm_{}", name_of_mpm(from));
  const std::size_t at = file.rfind(old_name);
  const std::string new_name = fmt::format("mpm_{}", name_of_mpm(to));
  if (at != std::string::npos) return std::string(file).replace(at, old_name.size(), new_name);
  return fmt::format("{}/mod_{}.so", directory_of(file), new_name);
}

Result<void> require_module(const Draft& draft, const std::string& file, ModuleFiles modules) {
  const std::string path = join_path(draft.site.server_root, file);
  if (modules == ModuleFiles::NeedNotExist || draft.files.kind(path) == FileKind::Regular)
    return {};
  return fail(
      Error::Kind::Conflict,
      fmt::format("The module file {} does not exist. Install the package that has it.", path));
}

struct Target {
  Mpm to = Mpm::Event;
  ModuleFiles modules = ModuleFiles::MustExist;
};

// As RHEL's 00-mpm.conf asks for: the active line becomes a comment, and the comment a line. The
// mark moves with what stands between it and the line, so that the way back leads to the same.
std::string with_comments_swapped(const Tree& tree, const LoadLine& active,
                                  const LoadLine& wanted) {
  std::string bytes;
  for (std::size_t i = 0; i < tree.lines().size(); ++i) {
    const Line& line = tree.lines()[i];
    std::string text = tree.bytes().substr(line.bytes.begin, line.bytes.size());
    const std::size_t first = line.start - line.bytes.begin;
    if (i == active.line)
      text.insert(first, tree.lines()[wanted.line].text.substr(0, wanted.begin));
    if (i == wanted.line) text.erase(first, wanted.begin);
    bytes += text;
  }
  return bytes;
}

Result<std::string> with_load_line(const Draft& draft, const OpenFile& file, const LoadLine& active,
                                   const Target& target) {
  const Tree& tree = file.tree;
  for (std::size_t i = 0; i < tree.lines().size(); ++i) {
    const auto wanted = load_line(tree, i, module_identifier(target.to));
    if (!wanted || !wanted->comment) continue;
    if (auto there = require_module(draft, wanted->words[2].value, target.modules); !there)
      return fail(std::move(there).error());
    return with_comments_swapped(tree, active, *wanted);
  }
  const std::string module = file_for(active.words[2].value, draft.mpm, target.to);
  if (auto there = require_module(draft, module, target.modules); !there)
    return fail(std::move(there).error());
  const Line& line = tree.lines()[active.line];
  const std::string identifier(module_identifier(target.to));
  const Span whole{active.words[1].logical.begin, active.words[2].logical.end};
  std::string text = line.text.substr(whole.begin, whole.size());
  const std::size_t name_at = active.words[2].logical.begin - whole.begin;
  const std::string_view quote =
      active.words[2].quote != 0 ? std::string_view(&active.words[2].quote, 1) : "";
  text.replace(name_at, std::string::npos, fmt::format("{}{}{}", quote, module, quote));
  text.replace(0, active.words[1].logical.size(), identifier);
  const Span span = Tree::physical(line, whole);
  std::string bytes = tree.bytes();
  return bytes.replace(span.begin, span.size(), text);
}

// Where a link for `name` leads: as its forerunner did, if that was written for its name.
std::string target_like(const std::string& forerunner, const std::string& old_name,
                        const std::string& name) {
  if (name_of(forerunner) != old_name) return fmt::format("../mods-available/{}", name);
  return forerunner.substr(0, forerunner.size() - old_name.size()) + name;
}

// Debian: mods-enabled has links to what is to be loaded. Nothing when the file is no such link.
Result<std::optional<Overlay>> with_links(const Draft& draft, const std::string& path,
                                          const Target& target) {
  const std::string enabled = directory_of(path);
  const std::string available = directory_of(enabled) + "/mods-available";
  if (name_of(enabled) != "mods-enabled" || !draft.files.link_target(path)) return std::nullopt;
  Overlay changed = draft.files;
  for (const std::string_view end : {"load", "conf"}) {
    const std::string old_name = fmt::format("mpm_{}.{}", name_of_mpm(draft.mpm), end);
    const std::string old_link = fmt::format("{}/{}", enabled, old_name);
    const std::string name = fmt::format("mpm_{}.{}", name_of_mpm(target.to), end);
    const std::string file = fmt::format("{}/{}", available, name);
    const auto led = draft.files.link_target(old_link);
    if (draft.files.kind(file) != FileKind::Regular && (led || end == "load"))
      return fail(Error::Kind::Conflict,
                  fmt::format("{} does not exist. Install Debian's apache2 package again, or use "
                              "a2enmod with an MPM that is there.",
                              file));
    if (led) changed.remove(old_link);
    if (draft.files.kind(file) == FileKind::Regular)
      changed.link(fmt::format("{}/{}", enabled, name),
                   target_like(led.value_or(std::string()), old_name, name));
  }
  const auto load =
      open_file(draft.files, fmt::format("{}/mpm_{}.load", available, name_of_mpm(target.to)));
  if (!load) return fail(load.error());
  for (std::size_t i = 0; i < load->tree.lines().size(); ++i)
    if (const auto line = load_line(load->tree, i, module_identifier(target.to));
        line && !line->comment)
      if (auto there = require_module(draft, line->words[2].value, target.modules); !there)
        return fail(std::move(there).error());
  return changed;
}

// Reads the changed configuration; of its directives only an MPM's may differ.
Result<Site> read_switched(const Draft& draft, const Overlay& changed, Mpm to) {
  Site after = read_site(draft.options, changed);
  const auto fatal = std::find_if(after.problems.begin(), after.problems.end(),
                                  [](const ConfigProblem& problem) { return problem.fatal; });
  if (fatal != after.problems.end())
    return fail(Error::Kind::Malformed,
                fmt::format("httpd would refuse the configuration with {} at {}:{}: {}",
                            name_of_mpm(to), fatal->file, fatal->line, fatal->sentence));
  if (read_settings(after, std::nullopt).mpm != to)
    return fail(Error::Kind::Conflict,
                fmt::format("The configuration would still not load {}.", name_of_mpm(to)));
  return after;
}

Result<std::optional<Overlay>> with_other_mpm(const Draft& draft, const std::string& path,
                                              const Target& target) {
  const auto file = open_file(draft.files, path);
  if (!file) return std::nullopt;
  for (std::size_t i = 0; i < file->tree.lines().size(); ++i) {
    const auto active = load_line(file->tree, i, module_identifier(draft.mpm));
    if (!active || active->comment) continue;
    auto links = with_links(draft, path, target);
    if (!links || *links) return links;
    if (auto editable = may_edit(*file); !editable) return fail(editable.error());
    auto bytes = with_load_line(draft, *file, *active, target);
    if (!bytes) return fail(std::move(bytes).error());
    Overlay changed = draft.files;
    changed.write(file->path, std::move(*bytes));
    return changed;
  }
  return std::nullopt;
}

// Bare in the file, such a directive would be refused.
Result<void> take_unknown_away(Draft& draft) {
  for (const Directive& directive : directives()) {
    if (directive.known_to(draft.mpm) || occurrences(draft.site, directive).empty()) continue;
    if (auto done = take_away(draft, {&directive, std::nullopt}); !done) return done;
  }
  return {};
}

}  // namespace

Result<void> switch_mpm(Draft& draft, Mpm to, ModuleFiles modules) {
  if (to == Mpm::Winnt)
    return fail(Error::Kind::Usage, "winnt is the MPM of Windows; take event, worker or prefork.");
  if (auto reached = refuse_unreachable(draft); !reached) return reached;
  Error refusal{Error::Kind::Conflict, fmt::format("No LoadModule of {} was found to be changed.",
                                                   name_of_mpm(draft.mpm))};
  for (const std::string& path : draft.site.files) {
    auto changed = with_other_mpm(draft, path, {to, modules});
    if (!changed) return fail(std::move(changed).error());
    if (!*changed) continue;
    auto after = read_switched(draft, **changed, to);
    if (!after) {
      refusal = after.error();
      continue;
    }
    if (auto safe = refuse_unsafe(*after, to); !safe) return safe;
    const Site before = std::exchange(draft.site, std::move(*after));
    const Mpm from = std::exchange(draft.mpm, to);
    draft.files = std::move(**changed);
    remark_on_conditions(draft, before, from);
    remark_on_modules(draft, to);
    return take_unknown_away(draft);
  }
  return fail(std::move(refusal));
}

}  // namespace mpm::config
