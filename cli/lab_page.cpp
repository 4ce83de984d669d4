// SPDX-License-Identifier: Apache-2.0
//
// The page of `mpmctl lab --html`: a chart a question, as inline SVG, and the table. Its colours
// follow the reader's choice of light or dark; a value stands beside its bar, so that no colour
// and no length is the only sign.
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/lab.h"
#include "cli/page.h"
#include "cli/text.h"
#include "cli/words.h"
#include "schema/codec/instant.h"

namespace mpm {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mpmctl lab: what the MPM changes</title>
<style>
:root { color-scheme: light dark; --ink: #1d2630; --faint: #5b6773; --paper: #fff; --line: #d8dee5;
  --bar: #2563a8; --second: #8db6e2; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ebf0; --faint: #9aa7b4; --paper: #14191f; --line: #323c47;
    --bar: #6aa9ee; --second: #35577d; }
}
body { margin: 2rem auto; padding: 0 1rem; max-width: 60rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1rem; margin: 0; }
.faint { color: var(--faint); font-size: .875rem; margin: .25rem 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 2rem;
  margin: 2rem 0; }
section { min-width: 0; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 13px system-ui, sans-serif; fill: var(--ink); }
.bar { fill: var(--bar); }
.second { fill: var(--second); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .375rem .5rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
th { font-size: .875rem; color: var(--faint); font-weight: 600; }
</style>
</head>
<body>
<h1>What the MPM changes</h1>
)";

using Value = std::optional<double>;
using Shown = std::string (*)(double);

// One kind of bar of a chart: what it is of a result, and how it is written.
struct Series {
  std::string_view style;  // the class of its bars
  std::function<Value(const LabResult&)> value;
};

struct Chart {
  std::string_view title;
  std::string_view meaning;
  Shown shown;
  std::vector<Series> series;
};

template <class T>
Value as_value(const std::optional<T>& value) {
  if (!value) return std::nullopt;
  if constexpr (kIsQuantity<T>)
    return static_cast<double>(value->value);
  else
    return static_cast<double>(*value);
}

// The fields that have a chart, in the order of the questions.
std::vector<Chart> charts() {
  const auto field = [](auto member) {
    return [member](const LabResult& result) { return as_value(result.*member); };
  };
  return {{"Requests answered in a second",
           "Longer is better.",
           number,
           {{"bar", field(&LabResult::answered_per_second)}}},
          {"Time until the answer",
           "Above the median, below the 99th percentile. "
           "Shorter is better.",
           duration,
           {{"bar", field(&LabResult::p50_seconds)}, {"second", field(&LabResult::p99_seconds)}}},
          {"Idle connections held", "Longer is better.", whole, {{"bar", field(&LabResult::held)}}},
          {"Memory of 1,000 idle connections",
           "PSS, added by those that are held, scaled. Shorter is "
           "better.",
           megabytes_of,
           {{"bar", field(&LabResult::per_thousand_held)}}},
          {"Processes",
           "While the idle connections are held.",
           whole,
           {{"bar", field(&LabResult::processes)}}},
          {"Threads",
           "While the idle connections are held.",
           whole,
           {{"bar", field(&LabResult::threads)}}}};
}

constexpr int kWidth = 400;
constexpr int kNames = 70;   // room for the MPM's name
constexpr int kValues = 80;  // and for a value beside the longest bar
constexpr int kBar = 18;
constexpr int kGap = 12;

double longest(const Chart& chart, const LabReport& report) {
  double most = 0;
  for (const LabResult& result : report.results)
    for (const Series& series : chart.series)
      most = std::max(most, series.value(result).value_or(0));
  return most;
}

std::string bar(const Series& series, const Value& value, double most, Shown shown, int y) {
  const int room = kWidth - kNames - kValues;
  const double share = value && most > 0 ? std::max(*value, 0.0) / most : 0;
  std::string text;
  if (value)
    text += fmt::format(
        "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" rx=\"2\"/>\n",
        series.style, kNames, y, std::max(share * room, 1.0), kBar);
  return text + fmt::format("<text x=\"{:.1f}\" y=\"{}\">{}</text>\n", kNames + share * room + 6,
                            y + 14, value ? escaped(shown(*value)) : "-");
}

std::string drawn(const Chart& chart, const LabReport& report) {
  const int group = static_cast<int>(chart.series.size()) * (kBar + 2) + kGap;
  const double most = longest(chart, report);
  std::string bars;
  std::vector<std::string> spoken;
  int y = 4;
  for (const LabResult& result : report.results) {
    bars += fmt::format("<text x=\"0\" y=\"{}\">{}</text>\n", y + 14, words(result.mpm));
    std::vector<std::string> values;
    int at = y;
    for (const Series& series : chart.series) {
      const Value value = series.value(result);
      bars += bar(series, value, most, chart.shown, at);
      values.push_back(value ? chart.shown(*value) : "-");
      at += kBar + 2;
    }
    spoken.push_back(fmt::format("{} {}", words(result.mpm), joined(values, " and ")));
    y += group;
  }
  return fmt::format(
      "<section>\n<h2>{}</h2>\n<p class=\"faint\">{}</p>\n"
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}: {}\">\n{}</svg>\n</section>\n",
      chart.title, chart.meaning, kWidth, y, chart.title, escaped(joined(spoken, ", ")), bars);
}

std::string written(const Value& value, Shown shown) {
  return fmt::format("<td>{}</td>", value ? escaped(shown(*value)) : "-");
}

std::string rows(const LabReport& report) {
  std::string text;
  for (const LabResult& result : report.results) {
    text += fmt::format("<tr><td>{}</td>", words(result.mpm));
    text += written(as_value(result.answered_per_second), number);
    text += written(as_value(result.failed), whole);
    text += written(as_value(result.p50_seconds), duration);
    text += written(as_value(result.p99_seconds), duration);
    text += written(as_value(result.per_thousand_held), megabytes_of);
    text += written(as_value(result.processes), whole);
    text += written(as_value(result.threads), whole);
    text += written(as_value(result.held), whole) + "</tr>\n";
  }
  return text;
}

std::string losses(const LabReport& report) {
  std::string text;
  for (const LabResult& result : report.results)
    for (const std::string& loss : result.losses)
      text += fmt::format("<p class=\"faint\">{}: {}</p>\n", words(result.mpm),
                          escaped(printable(loss)));
  return text;
}

}  // namespace

std::string lab_page(const LabReport& report) {
  std::string page(kHead);
  page += fmt::format("<p>{}</p>\n<p class=\"faint\">Measured by mpmctl lab on {}.</p>\n",
                      escaped(printable(what_was_done(report))), to_text(report.at));
  page += "<div class=\"charts\">\n";
  for (const Chart& chart : charts())
    page += drawn(chart, report);
  page +=
      "</div>\n<div class=\"scroll\">\n<table>\n<thead><tr><th>MPM</th><th>Requests/s</th>"
      "<th>Failed</th><th>Median</th><th>99&nbsp;%</th><th>Memory of 1,000 idle</th>"
      "<th>Processes</th><th>Threads</th><th>Held</th></tr></thead>\n<tbody>\n";
  page += rows(report) + "</tbody>\n</table>\n</div>\n";
  return page + losses(report) + "</body>\n</html>\n";
}

}  // namespace mpm
