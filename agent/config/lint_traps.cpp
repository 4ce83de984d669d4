// SPDX-License-Identifier: Apache-2.0
//
// What httpd takes without a word and nobody expects: the reader's traps, with what each of them
// costs in this configuration, and MPM blocks that are all for another MPM. A trap that costs
// nothing, as a comment that takes a comment along, is not reported.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "agent/config/lint_rules.h"
#include "agent/config/modules.h"

namespace mpm::config {
namespace {

// "'MaxRequestWorkers 150'", cut where it grows long.
std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  if (text.size() <= kLongest) return fmt::format("'{}'", text);
  return fmt::format("'{}...'", text.substr(0, kLongest - 3));
}

bool is_comment(std::string_view line) {
  return line.empty() || line.front() == '#';
}

// The first physical line below the comment's own that is neither blank nor a comment, with its
// number counted from the comment's.
struct Swallowed {
  std::string text;
  std::int64_t offset = 0;
};
Swallowed swallowed_by(std::string_view bytes) {
  for (std::int64_t offset = 0; !bytes.empty(); ++offset) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    std::string_view line = trim(bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (!line.empty() && line.back() == '\\') line = trim(line.substr(0, line.size() - 1));
    if (offset > 0 && !is_comment(line)) return {std::string(line), offset};
  }
  return {};
}

// A directive or a section of httpd's own; prose in a comment is none.
bool looks_like_directive(std::string_view text) {
  std::size_t at = 0;
  const std::string word = next_word(text, at).value;
  if (find_directive(word) != nullptr || word.rfind("</", 0) == 0) return true;
  return is_directive_of_httpd(word);
}

void look_for_comments(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Trap& trap : context.site().traps) {
    if (trap.kind != TrapKind::CommentContinues) continue;
    const Line* line = context.line_at(trap.file, trap.line);
    if (line == nullptr) continue;
    const Swallowed swallowed = swallowed_by(context.bytes_of(trap.file, *line));
    if (swallowed.offset == 0 || !looks_like_directive(swallowed.text)) continue;
    LintFinding& finding = findings.add(rule, context.place_of(trap.file, trap.line));
    finding.claim = fmt::format(
        "This comment ends in a backslash and goes on: line {}, {}, belongs to it and does not "
        "count.",
        trap.line + swallowed.offset, quoted(swallowed.text));
    finding.mend = fmt::format("Remove the backslash, or begin line {} with '#'.",
                               trap.line + swallowed.offset);
  }
}

void look_for_text(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Trap& trap : context.site().traps) {
    if (trap.kind != TrapKind::TextAfterSection) continue;
    const Line* line = context.line_at(trap.file, trap.line);
    if (line == nullptr) continue;
    const std::string_view text = line->text;
    const std::size_t first = text.find('>');
    const std::size_t last = text.rfind('>');
    if (first == std::string_view::npos || last == std::string_view::npos) continue;
    const std::string_view rest = trim(text.substr(last + 1));
    const bool changed = first != last;
    if (!changed && is_comment(rest)) continue;
    LintFinding& finding = findings.add(rule, context.place_of(trap.file, trap.line));
    if (changed)
      finding.claim = fmt::format(
          "The argument of {} ends at the last '>' of its line, so that {} is part of it: the "
          "section is for a name that nothing has.",
          quoted(text.substr(0, first + 1)), quoted(text.substr(first + 1, last - first)));
    else
      finding.claim = fmt::format("httpd drops what stands behind {}: {} does not count.",
                                  quoted(text.substr(0, last + 1)), quoted(rest));
    finding.mend = fmt::format("Write {} alone on its line.", text.substr(0, first + 1));
  }
}

void look_for_one_line(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Trap& trap : context.site().traps) {
    if (trap.kind != TrapKind::OneLineSection) continue;
    LintFinding& finding = findings.add(rule, context.place_of(trap.file, trap.line));
    finding.claim =
        "A section and its content stand on one line: all of it is the section's argument, and "
        "httpd skips the lines below as far as the next closing tag.";
    finding.mend = "Put the opening tag, each directive and the closing tag on lines of their own.";
  }
}

void look_for_macros(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Trap& trap : context.site().traps) {
    if (trap.kind != TrapKind::MacroContinues) continue;
    LintFinding& finding = findings.add(rule, context.place_of(trap.file, trap.line));
    finding.claim = trap.sentence;
    finding.mend = "Remove the backslash, or end the macro with a line of its own.";
  }
}

void look_for_whole(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Trap& trap : context.site().traps) {
    if (trap.kind != TrapKind::WholeArgument) continue;
    LintFinding& finding = findings.add(rule, context.place_of(trap.file, trap.line));
    finding.claim = trap.sentence;
    finding.mend = "Write the name alone, without quotes.";
  }
}

void look_for_case(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Trap& trap : context.site().traps) {
    if (trap.kind != TrapKind::VariableCase) continue;
    LintFinding& finding = findings.add(rule, context.place_of(trap.file, trap.line));
    finding.claim = trap.sentence;
    finding.mend = "Write the variable as its Define does; <IfDefine> does heed case.";
  }
}

void look_for_unclosed(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Trap& trap : context.site().traps) {
    if (trap.kind != TrapKind::UnclosedCondition) continue;
    LintFinding& finding = findings.add(rule, context.place_of(trap.file, trap.line));
    finding.claim = trap.sentence +
                    " httpd says nothing while the condition holds, and refuses "
                    "the configuration as soon as it does not.";
    finding.mend = "Close the section.";
  }
}

void look_for_lost(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Trap& trap : context.site().traps) {
    if (trap.kind != TrapKind::LostLine) continue;
    const Line* line = context.line_at(trap.file, trap.line);
    if (line == nullptr || is_comment(line->text)) continue;
    LintFinding& finding = findings.add(rule, context.place_of(trap.file, trap.line));
    finding.claim = fmt::format(
        "This is the last line of its file, has no end and stands directly behind a Use: httpd "
        "does not read it, and {} does not count.",
        quoted(line->text));
    finding.mend = "Put an end of line behind it.";
  }
}

// A section whose module is linked in or loaded later; without one httpd refuses it.
void look_for_dead(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Trap& trap : context.site().traps) {
    if (trap.kind != TrapKind::DeadBody) continue;
    const Line* line = context.line_at(trap.file, trap.line);
    const bool macro = line != nullptr && lower(line->text).find("<macro") != std::string::npos;
    const std::string_view source = macro ? "mod_macro.c" : "mod_version.c";
    LintFinding& finding = findings.add(rule, context.place_of(trap.file, trap.line));
    if (context.has_module(source)) {
      finding.claim = trap.sentence + " httpd says nothing, and DUMP_CONFIG shows it as if it did.";
      finding.mend = fmt::format("Move the LoadModule of {} above this line.",
                                 macro ? "macro_module" : "version_module");
      continue;
    }
    finding.severity = Severity::Danger;
    finding.claim = fmt::format(
        "This section is one of {}, which is not loaded: httpd refuses "
        "the configuration.",
        source);
    finding.mend =
        fmt::format("Load {} above this line.", macro ? "macro_module" : "version_module");
    finding.code = "AH00526";
  }
}

// The directives of an MPM that stand in the section that begins there.
std::int64_t directives_in(const LintContext& context, const Place& section) {
  return std::ranges::count_if(context.written(), [&](const WrittenDirective& directive) {
    return std::ranges::any_of(directive.sections, [&](const WrittenSection& around) {
      return around.place.file == section.file && around.place.line == section.line;
    });
  });
}

// What an <IfModule> asks for, as it is written.
struct Asked {
  std::string name;
  bool negated = false;
};
Asked asked_by(const Line& line) {
  std::size_t at = 0;
  next_word(line.text, at);
  std::string_view argument = std::string_view(line.text).substr(at);
  argument = trim(argument.substr(0, argument.rfind('>')));
  Asked asked;
  asked.negated = !argument.empty() && argument.front() == '!';
  if (asked.negated) argument.remove_prefix(1);
  at = 0;
  asked.name = next_word(argument, at).value;
  return asked;
}

void look_for_names(const LintContext& context, const Rule& rule, Findings& findings) {
  for (const Trap& trap : context.site().traps) {
    const Line* line =
        trap.kind == TrapKind::MpmSourceName ? context.line_at(trap.file, trap.line) : nullptr;
    if (line == nullptr) continue;
    const auto [name, negated] = asked_by(*line);
    const auto meant = mpm_of_condition(name);
    if (!meant) continue;
    const Place place = context.place_of(trap.file, trap.line);
    const std::int64_t inside = meant == context.mpm() ? directives_in(context, place) : 0;
    LintFinding& finding = findings.add(rule, place);
    if (inside == 0) finding.severity = Severity::Note;
    finding.claim = fmt::format("No module is called {}, so this section {} counts", name,
                                negated ? "always" : "never");
    if (inside > 0 && !negated)
      finding.claim += inside == 1 ? ": the directive of the MPM in it has no effect"
                                   : fmt::format(
                                         ": the {} directives of the MPM in it have no "
                                         "effect",
                                         inside);
    finding.claim += ".";
    finding.mend = fmt::format("Write <IfModule {0}{1}>, or <IfModule {0}{2}>.", negated ? "!" : "",
                               source_of_mpm(*meant), module_identifier(*meant));
  }
}

// The MPM that the innermost <IfModule> around a directive is for.
std::optional<Mpm> block_of(const WrittenDirective& directive) {
  std::optional<Mpm> innermost;
  for (const WrittenSection& section : directive.sections)
    if (same_name(section.name, "<IfModule"))
      if (const auto mpm = mpm_of_condition(section.argument)) innermost = mpm;
  return innermost;
}

void look_for_block(const LintContext& context, const Rule& rule, Findings& findings) {
  if (!context.mpm()) return;
  const auto& occurrences = context.occurrences();
  if (std::ranges::any_of(occurrences,
                          [](const Occurrence& entry) { return is_of_mpm(*entry.directive); }))
    return;
  std::vector<Mpm> others;
  Place first;
  for (const WrittenDirective& directive : context.written()) {
    const auto mpm = block_of(directive);
    if (!mpm || mpm == context.mpm()) return;
    if (others.empty()) first = directive.sections.back().place;
    if (std::ranges::find(others, *mpm) == others.end()) others.push_back(*mpm);
  }
  if (others.empty()) return;
  std::string names;
  for (const Mpm mpm : others)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name_of_mpm(mpm));
  const std::string_view loaded = name_of_mpm(*context.mpm());
  LintFinding& finding = findings.add(rule, first);
  finding.claim = fmt::format(
      "Values are written for {}, and none for {}, which is loaded: httpd's defaults hold, at "
      "most {} workers.",
      names, loaded, context.numbers().worker_limit);
  finding.mend = fmt::format("Write a block <IfModule {}> if others are wanted.",
                             source_of_mpm(*context.mpm()));
}

constexpr std::array kRules = std::to_array<Rule>({
    {"comment-continues", Severity::Warning, look_for_comments},
    {"text-after-section", Severity::Warning, look_for_text},
    {"one-line-section", Severity::Warning, look_for_one_line},
    {"macro-continues", Severity::Warning, look_for_macros},
    {"whole-argument", Severity::Warning, look_for_whole},
    {"variable-case", Severity::Note, look_for_case},
    {"unclosed-condition", Severity::Advice, look_for_unclosed},
    {"lost-line", Severity::Warning, look_for_lost},
    {"dead-section", Severity::Warning, look_for_dead},
    {"never-matches", Severity::Warning, look_for_names},
    {"no-block", Severity::Note, look_for_block},
});

}  // namespace

std::span<const Rule> trap_rules() {
  return kRules;
}

}  // namespace mpm::config
