// SPDX-License-Identifier: Apache-2.0
//
// Conditional sections and macros: what decides, with the state at this point of the reading.
#include <algorithm>

#include <fmt/format.h>

#include "agent/apache/directives.h"
#include "agent/config/known_names.h"
#include "agent/config/reader.h"
#include "agent/config/version.h"

namespace mpm::config {
namespace {

// The words of a section's head, up to the last '>' of the line; what follows it is dropped.
Result<std::string> head_of(const std::string& name, std::string_view args) {
  const auto end = args.rfind('>');
  if (end == std::string_view::npos)
    return fail(Error::Kind::Malformed, fmt::format("{}> directive missing closing '>'", name));
  return std::string(args.substr(0, end));
}

bool parameter_like(const std::string& word) {
  return !word.empty() && std::string_view("$%@").find(word.front()) != std::string_view::npos;
}

}  // namespace

Result<void> SiteReader::condition(LineFeed& feed, const std::string& name, std::string_view args) {
  const auto head = head_of(name, args);
  if (!head) return fail(head.error());

  Result<bool> active = false;
  if (same_word(name, "<IfVersion")) {
    active = version_holds(*head);
  } else {
    std::string_view rest = *head;
    const bool reverse = !rest.empty() && rest.front() == '!';
    if (reverse) rest.remove_prefix(1);
    active = holds(name, take_word(rest));
    if (active) active = *active != reverse;
  }
  if (!active) return fail(active.error());
  return *active ? read_section(feed, name) : skip_section(feed, name);
}

Result<bool> SiteReader::holds(const std::string& name, std::string argument) const {
  if (argument.empty())
    return fail(refused(fmt::format("{}> directive requires additional arguments", name)));
  if (same_word(name, "<IfModule")) return site_.has_module(argument);
  if (same_word(name, "<IfDefine")) return variables_.defined(argument);
  if (same_word(name, "<IfFile")) return files_.kind(absolute(argument)) != FileKind::Missing;
  if (same_word(name, "<IfSection") && argument.front() != '<') argument.insert(0, "<");
  if (is_core_name(argument)) return true;
  if (same_word(argument, "<IfVersion")) return site_.has_module("mod_version.c");
  if (same_word(argument, "<Macro") || same_word(argument, "Use"))
    return site_.has_module("mod_macro.c");
  const Directive* directive = find_directive(argument);
  if (directive == nullptr) return false;
  return (directive->known_to(Mpm::Prefork) && site_.has_module("prefork.c")) ||
         (directive->known_to(Mpm::Worker) && site_.has_module("worker.c")) ||
         (directive->known_to(Mpm::Event) && site_.has_module("event.c"));
}

Result<bool> SiteReader::version_holds(std::string_view args) const {
  std::vector<std::string> words = words_of(args);
  // "2.4 >": an end of its own is an empty last word by now.
  if (!words.empty() && words.back().empty()) words.pop_back();
  return version_is(options_.version, std::move(words));
}

Result<void> SiteReader::define_macro(LineFeed& feed, std::string_view args) {
  const auto head = head_of("<Macro", args);
  if (!head) return fail(head.error());
  std::vector<std::string> words = words_of(*head);
  if (words.empty() || words[0].empty())
    return fail(refused("<Macro macro definition: name not found"));
  Macro macro;
  macro.name = lower_case(words[0]);
  macro.parameters.assign(words.begin() + 1, words.end());
  macro.defined = fmt::format("(defined on line {} of \"{}\")", at_line_, at_file_);
  for (const std::string& parameter : macro.parameters) {
    if (parameter.empty()) return fail(refused("macro definition: empty parameter"));
    if (!parameter_like(parameter))
      note(feed, fmt::format("macro '{}' has the parameter '{}', which should begin with $, % or @",
                             macro.name, parameter));
    if (std::ranges::count(macro.parameters, parameter) > 1)
      return fail(refused(fmt::format("argument name conflict: '{}' is there twice", parameter)));
  }

  int nested = 0;
  while (const LogicalLine* line = feed.next()) {
    if (!line->text.empty() && line->text.front() == '#') continue;
    std::string_view rest = line->text;
    const std::string word = take_word(rest);
    if (same_word(word, "<Macro")) ++nested;
    if (same_word(word, "</Macro>") && nested-- == 0) {
      macros_[macro.name] = std::move(macro);
      return {};
    }
    if (!line->text.empty()) macro.body.push_back(line->text);
  }
  return fail(refused("bad (empty?) macro: expected token not found: </Macro>"));
}

Result<void> SiteReader::use_macro(LineFeed& feed, std::string_view args) {
  std::vector<std::string> words = words_of(args);
  if (words.empty() || words[0].empty()) return fail(refused("no macro name specified with Use"));
  const auto found = macros_.find(lower_case(words[0]));
  if (found == macros_.end())
    return fail(refused(fmt::format("macro '{}' undefined", lower_case(words[0]))));
  words.erase(words.begin());

  const Macro& macro = found->second;
  if (at_file_.find(fmt::format("macro '{}' ", macro.name)) != std::string::npos)
    return fail(refused(fmt::format("recursive use of macro '{}' is invalid", macro.name)));
  auto lines = unfold(macro, words);
  if (!lines) return fail(std::move(lines.error()));
  feed.push(std::move(*lines), fmt::format("macro '{}' {} used on line {} of \"{}\"", macro.name,
                                           macro.defined, at_line_, at_file_));
  return {};
}

}  // namespace mpm::config
