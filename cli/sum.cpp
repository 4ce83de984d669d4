// SPDX-License-Identifier: Apache-2.0
#include "cli/sum.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/bar.h"
#include "cli/table.h"
#include "cli/text.h"

namespace mpm {
namespace {

// Bytes of the smallest step that is shown: a tenth of a MB, a MB. Not whole for a tenth.
double step(const SumUnit& unit) {
  return static_cast<double>(unit.bytes) / (unit.decimals == 0 ? 1.0 : 10.0);
}

std::int64_t rounded(Bytes amount, const SumUnit& unit) {
  return std::llround(static_cast<double>(amount.value) / step(unit));
}

Bytes sum_of(const std::vector<MemoryTerm>& terms) {
  return std::accumulate(terms.begin(), terms.end(), Bytes{},
                         [](Bytes sum, const MemoryTerm& term) { return sum + term.amount; });
}

std::string in_steps(std::int64_t steps, const SumUnit& unit) {
  const std::int64_t size = std::abs(steps);
  const std::string sign = steps < 0 ? "-" : "";
  if (unit.decimals == 0) return sign + count(size);
  return fmt::format("{}{}.{}", sign, count(size / 10), size % 10);
}

struct Line {
  std::string sign;
  std::string amount;
  std::string text;
};

std::string line_text(const Line& line, int digits, const SumUnit& unit, const Style& style,
                      Tone tone) {
  const std::string lead = fmt::format("    {} {} {}   ", padded(line.sign, 1),
                                       padded(line.amount, digits, Align::Right), unit.name);
  return paragraph({lead, tone}, line.text, style, tone);
}

// One of the two cases against the budget: "typical  ████░░░░  412.0 MB, 41 % of the budget".
std::string against_budget(std::string_view name, Bytes used, Bytes budget, const SumUnit& unit,
                           const Style& style) {
  const auto part = static_cast<double>(used.value);
  const auto whole = static_cast<double>(budget.value);
  const Tone tone = used > budget ? Tone::Bad : part > 0.9 * whole ? Tone::Caution : Tone::Good;
  const int cells = std::clamp(style.width - 52, 8, 40);
  return fmt::format("  {}  {}  {}, {} of the budget\n", padded(name, 10),
                     fill_bar({.used = part, .whole = whole, .tone = tone}, cells, style),
                     amount_in(used, unit), style.paint(tone, percent(part / whole)));
}

std::string verdict(const MemorySum& sum, const SumUnit& unit, const Style& style) {
  if (sum.worst.value == 0) return "";
  if (sum.worst > sum.budget)
    return paragraph({"  "},
                     fmt::format("The worst case is {} over the budget: the host may swap or kill "
                                 "processes when every worker needs its most.",
                                 amount_in(sum.worst - sum.budget, unit)),
                     style, Tone::Bad);
  return paragraph({"  "},
                   fmt::format("Even the worst case leaves {} of the budget free.",
                               amount_in(sum.budget - sum.worst, unit)),
                   style);
}

}  // namespace

SumUnit sum_unit(Bytes largest) {
  const std::int64_t size = std::abs(largest.value);
  if (size < kMiB.value) return {.name = "KB", .bytes = kKiB.value, .decimals = 0};
  if (size < kMiB.value * 1024) return {.name = "MB", .bytes = kMiB.value, .decimals = 1};
  if (size < kMiB.value * 1024 * 1024) return {.name = "MB", .bytes = kMiB.value, .decimals = 0};
  return {.name = "GB", .bytes = kMiB.value * 1024, .decimals = 0};
}

std::vector<std::int64_t> rounded_terms(const std::vector<MemoryTerm>& terms, Bytes total,
                                        const SumUnit& unit) {
  std::vector<std::int64_t> steps;
  if (sum_of(terms) != total) {
    for (const MemoryTerm& term : terms)
      steps.push_back(rounded(term.amount, unit));
    return steps;
  }
  std::vector<double> lost;
  for (const MemoryTerm& term : terms) {
    const double exact = static_cast<double>(term.amount.value) / step(unit);
    steps.push_back(static_cast<std::int64_t>(std::floor(exact)));
    lost.push_back(exact - std::floor(exact));
  }
  std::int64_t missing =
      rounded(total, unit) - std::accumulate(steps.begin(), steps.end(), std::int64_t{0});
  std::vector<std::size_t> order(terms.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lost[a] > lost[b]; });
  for (const std::size_t at : order) {
    if (missing-- <= 0) break;
    ++steps[at];
  }
  return steps;
}

std::string amount_in(Bytes amount, const SumUnit& unit) {
  return fmt::format("{} {}", in_steps(rounded(amount, unit), unit), unit.name);
}

std::string addition(const Addition& addition, const SumUnit& unit, const Style& style) {
  const std::vector<std::int64_t> steps = rounded_terms(addition.terms, addition.total, unit);
  std::vector<Line> lines;
  int digits = display_width(in_steps(rounded(addition.total, unit), unit));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string sign(steps[i] < 0 ? style.glyphs().minus : i > 0 ? "+" : "");
    lines.push_back({sign, in_steps(std::abs(steps[i]), unit), addition.terms[i].text});
    digits = std::max(digits, display_width(lines.back().amount));
  }
  std::string text;
  for (const Line& line : lines)
    text += line_text(line, digits, unit, style, Tone::Plain);
  const int rule = digits + 3 + display_width(unit.name);
  text += "    " + style.paint(Tone::Faint, repeated(style.glyphs().line, rule)) + "\n";
  text += line_text(
      {"", in_steps(rounded(addition.total, unit), unit), std::string(addition.total_text)}, digits,
      unit, style, Tone::Strong);
  const Bytes difference = addition.total - sum_of(addition.terms);
  if (difference.value != 0)
    text += paragraph(
        {"    "},
        fmt::format("These terms do not add up: {} are not accounted for.", megabytes(difference)),
        style, Tone::Caution);
  return text;
}

std::string render(const MemorySum& sum, const Style& style) {
  Bytes largest = std::max({sum.budget, sum.typical, sum.worst});
  for (const auto* terms : {&sum.budget_terms, &sum.typical_terms, &sum.worst_terms})
    for (const MemoryTerm& term : *terms)
      largest = std::max(largest, term.amount);
  const SumUnit unit = sum_unit(largest);

  std::string text = "  What httpd may use\n";
  text += addition({sum.budget_terms, sum.budget, "budget of httpd"}, unit, style);
  if (!sum.typical_terms.empty()) {
    text += "\n  What it uses when every worker is busy as usual\n";
    text += addition({sum.typical_terms, sum.typical, "typical case"}, unit, style);
  }
  if (!sum.worst_terms.empty()) {
    text += "\n  What it uses when every worker is at the largest memory seen\n";
    text += addition({sum.worst_terms, sum.worst, "worst case"}, unit, style);
  }
  if (sum.budget.value <= 0) return text;
  text += "\n";
  if (!sum.typical_terms.empty())
    text += against_budget("typical", sum.typical, sum.budget, unit, style);
  if (!sum.worst_terms.empty())
    text += against_budget("worst case", sum.worst, sum.budget, unit, style);
  text += verdict(sum, unit, style);
  if (sum.workers_that_fit > 0)
    text += paragraph(
        {"  "}, fmt::format("The budget holds at most {}.", plural(sum.workers_that_fit, "worker")),
        style);
  return text;
}

}  // namespace mpm
