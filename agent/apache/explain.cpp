// SPDX-License-Identifier: Apache-2.0
#include "agent/apache/explain.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "agent/apache/directives.h"
#include "agent/apache/explanations.h"

namespace mpm {
namespace {

constexpr std::array kMpms{Mpm::Prefork, Mpm::Worker, Mpm::Event, Mpm::Winnt};

const Explanation* find_explanation(std::string_view directive) {
  for (const auto table : {explanations_of_spares(), explanations_of_limits(),
                           explanations_of_children(), explanations_of_connections()})
    if (const auto found = std::ranges::find(table, directive, &Explanation::directive);
        found != table.end())
      return &*found;
  return nullptr;
}

// "256 processes under prefork.", one sentence for all MPMs that have the same.
std::vector<std::string> default_sentences(const Directive& directive,
                                           const Explanation& explanation) {
  std::vector<std::string> sentences;
  std::vector<std::int64_t> said;
  for (const Mpm first : kMpms) {
    const std::int64_t value = directive.default_for(first);
    if (!directive.known_to(first) || std::ranges::find(said, value) != said.end()) continue;
    said.push_back(value);
    std::string mpms;
    std::size_t count = 0;
    for (const Mpm mpm : kMpms)
      if (directive.known_to(mpm) && directive.default_for(mpm) == value) {
        mpms += fmt::format("{}{}", count == 0 ? "" : ", ", name_of_mpm(mpm));
        ++count;
      }
    std::string text = directive.kind == ValueKind::Word ? std::string(directive.default_word)
                                                         : fmt::format("{}", value);
    if (directive.kind != ValueKind::Word && value == 0 && !explanation.zero.empty())
      text += fmt::format(", {}", explanation.zero);
    else if (!directive.unit.empty())
      text += fmt::format(" {}", directive.unit);
    if (count < kMpms.size()) text += fmt::format(" under {}", mpms);
    sentences.push_back(text + ".");
  }
  if (!explanation.distributions.empty()) sentences.emplace_back(explanation.distributions);
  return sentences;
}

std::vector<Remark> codes_of(const Explanation& explanation) {
  std::vector<Remark> remarks;
  for (const ExplainedCode& code : explanation.codes) {
    if (code.text.empty()) continue;
    if (code.prefork == code.worker && code.worker == code.event) {
      remarks.push_back({std::string(code.event), std::string(code.text)});
      continue;
    }
    for (const auto& [mpm, number] : {std::pair(Mpm::Prefork, code.prefork),
                                      {Mpm::Worker, code.worker},
                                      {Mpm::Event, code.event}})
      if (!number.empty())
        remarks.push_back(
            {std::string(number), fmt::format("{}: {}", name_of_mpm(mpm), code.text)});
  }
  return remarks;
}

template <std::size_t N>
std::vector<std::string> texts_of(const std::array<std::string_view, N>& texts) {
  std::vector<std::string> list;
  for (const std::string_view text : texts)
    if (!text.empty()) list.emplace_back(text);
  return list;
}

}  // namespace

std::optional<DirectiveExplanation> explain(std::string_view name) {
  const Directive* directive = find_directive(name);
  const Explanation* words = directive == nullptr ? nullptr : find_explanation(directive->name);
  if (words == nullptr) return std::nullopt;
  DirectiveExplanation explanation;
  explanation.directive = directive->name;
  if (!same_name(directive->name, directive->old_name)) explanation.old_name = directive->old_name;
  for (const Mpm mpm : kMpms)
    if (directive->known_to(mpm)) explanation.mpms.push_back(mpm);
  explanation.summary = words->summary;
  explanation.paragraphs = texts_of(words->paragraphs);
  explanation.unit = directive->unit;
  explanation.defaults = default_sentences(*directive, *words);
  explanation.bounds = words->bounds;
  explanation.restart = directive->restart;
  explanation.codes = codes_of(*words);
  explanation.see_also = texts_of(words->see_also);
  return explanation;
}

}  // namespace mpm
