// SPDX-License-Identifier: Apache-2.0
#include "agent/config/draft.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace mpm::config {
namespace {

constexpr std::size_t kMostNamed = 3;

bool same_node(const ActiveDirective& a, const ActiveDirective& b) {
  return a.depth == b.depth && a.dead == b.dead && a.args == b.args &&
         equal_ignoring_case(a.name, b.name);
}

// The next directive from `at` on that is not the wished one.
const ActiveDirective* next_other(const Site& site, const Directive& wished, std::size_t& at) {
  while (at < site.directives.size() && is_of(site.directives[at], wished))
    ++at;
  return at < site.directives.size() ? &site.directives[at++] : nullptr;
}

// Of sites that may have left out what no wish is about.
bool same_others(const Site& before, const Site& after, const Directive& wished) {
  std::size_t a = 0;
  std::size_t b = 0;
  for (;;) {
    const ActiveDirective* was = next_other(before, wished, a);
    const ActiveDirective* is = next_other(after, wished, b);
    if (was == nullptr || is == nullptr) return was == is && before.digest == after.digest;
    if (!same_node(*was, *is) || was->digest_above != is->digest_above) return false;
  }
}

// Of sites that hold everything: what differs besides the wished directive, as places in the
// configuration before; when directives came or went only the first is known.
std::vector<std::string> named_differences(const Site& before, const Site& after,
                                           const Directive& wished) {
  std::vector<std::string> places;
  std::size_t a = 0;
  std::size_t b = 0;
  for (;;) {
    const ActiveDirective* was = next_other(before, wished, a);
    const ActiveDirective* is = next_other(after, wished, b);
    if (was == nullptr && is == nullptr) return places;
    if (was == nullptr || is == nullptr) {
      const ActiveDirective& more = was != nullptr ? *was : *is;
      places.push_back(fmt::format("{} ({})", more.name, place_of(more)));
      return places;
    }
    if (same_node(*was, *is)) continue;
    places.push_back(fmt::format("{} ({})", was->name, place_of(*was)));
    if (places.size() >= kMostNamed || !equal_ignoring_case(was->name, is->name)) return places;
  }
}

bool same_modules(const Site& a, const Site& b) {
  return std::equal(a.modules.begin(), a.modules.end(), b.modules.begin(), b.modules.end(),
                    [](const LoadedModule& x, const LoadedModule& y) {
                      return x.identifier == y.identifier && x.source == y.source;
                    });
}

const ConfigProblem* first_fatal(const Site& site) {
  const auto found = std::find_if(site.problems.begin(), site.problems.end(),
                                  [](const ConfigProblem& problem) { return problem.fatal; });
  return found == site.problems.end() ? nullptr : &*found;
}

std::string place_of(const ConfigProblem& problem) {
  return problem.line > 0 ? fmt::format("{}:{}", problem.file, problem.line) : problem.file;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts)
    text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace

Result<OpenFile> open_file(const Overlay& files, const std::string& path) {
  auto real = files.real_path(path);
  if (!real) return fail(std::move(real).error());
  auto bytes = files.read(*real);
  if (!bytes) return fail(std::move(bytes).error());
  return OpenFile{std::move(*real), Tree::read(std::move(*bytes))};
}

const Line* line_at(const Tree& tree, std::uint32_t first_line) {
  const auto found = std::lower_bound(
      tree.lines().begin(), tree.lines().end(), first_line,
      [](const Line& line, std::uint32_t number) { return line.first_line < number; });
  return found == tree.lines().end() || found->first_line != first_line ? nullptr : &*found;
}

bool is_of(const ActiveDirective& node, const Directive& directive) {
  if (node.depth > 0 || node.dead) return false;
  return equal_ignoring_case(node.name, directive.name) ||
         (!directive.old_name.empty() && equal_ignoring_case(node.name, directive.old_name));
}

std::vector<const ActiveDirective*> occurrences(const Site& site, const Directive& directive) {
  std::vector<const ActiveDirective*> found;
  for (const ActiveDirective& node : site.directives)
    if (is_of(node, directive)) found.push_back(&node);
  return found;
}

std::optional<std::string> written_value(const Site& site, const Directive& directive) {
  const auto found = occurrences(site, directive);
  if (found.empty()) return std::nullopt;
  std::size_t at = 0;
  return next_word(found.back()->args, at).value;
}

std::string place_of(const ActiveDirective& node) {
  return fmt::format("{}:{}", node.file, node.first_line);
}

bool is_of_command_line(const ActiveDirective& node) {
  return node.file.empty() || node.file.front() != '/';
}

Result<Site> read_again(const Draft& draft, const Overlay& changed, const CheckedWish& wish) {
  const Directive& directive = *wish.directive;
  Site after = read_site(draft.options, changed);
  if (const ConfigProblem* problem = first_fatal(after))
    return fail(Error::Kind::Malformed,
                fmt::format("httpd would refuse the configuration with the new {} at {}: {}",
                            directive.name, place_of(*problem), problem->sentence));
  if (!same_others(draft.site, after, directive)) {
    SiteOptions whole = draft.options;
    whole.keep = Keep::Every;
    const auto others =
        named_differences(read_site(whole, draft.files), read_site(whole, changed), directive);
    return fail(Error::Kind::Conflict,
                fmt::format("The change of {} would change more than it: {}.", directive.name,
                            joined(others)));
  }
  if (!same_modules(draft.site, after) || draft.site.defines != after.defines)
    return fail(Error::Kind::Conflict,
                fmt::format("The change of {} would change which modules are loaded or which names "
                            "are defined. Change it by hand.",
                            directive.name));
  const std::optional<std::string> written = written_value(after, directive);
  const bool holds = written.has_value() == wish.value.has_value() &&
                     (!written || same_value(directive, *written, *wish.value));
  if (holds) return after;
  if (!written)
    return fail(Error::Kind::Conflict,
                fmt::format("{} would stand where httpd does not read it.", directive.name));
  return fail(
      Error::Kind::Conflict,
      fmt::format("{} {} at {} is read later and would win. Change it there.", directive.name,
                  *written, place_of(*occurrences(after, directive).back())));
}

Result<void> take_over(Draft& draft, Overlay changed, const CheckedWish& wish) {
  auto after = read_again(draft, changed, wish);
  if (!after) return fail(std::move(after).error());
  draft.files = std::move(changed);
  draft.site = std::move(*after);
  return {};
}

Result<void> refuse_broken(const Site& site, Mpm mpm) {
  if (const ConfigProblem* problem = first_fatal(site))
    return fail(Error::Kind::Malformed,
                fmt::format("httpd refuses the configuration as it is, at {}: {} Mend it first.",
                            place_of(*problem), problem->sentence));
  for (const ActiveDirective& node : site.directives) {
    const Directive* known = find_directive(node.name);
    if (known == nullptr || node.depth > 0 || node.dead) continue;
    const std::size_t words = split_words(node.args).size();
    if (words != 1)
      return fail(Error::Kind::Malformed,
                  fmt::format("httpd refuses the configuration as it is, at {}: {} takes one "
                              "argument, and here are {}. Mend it first.",
                              place_of(node), node.name, words));
    if (!known->known_to(mpm))
      return fail(
          Error::Kind::Malformed,
          fmt::format("httpd refuses the configuration as it is, at {}: the {} MPM does not "
                      "know {}. Put it into the <IfModule> of its MPM first.",
                      place_of(node), name_of_mpm(mpm), node.name));
  }
  return {};
}

}  // namespace mpm::config
