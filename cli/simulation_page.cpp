// SPDX-License-Identifier: Apache-2.0
//
// The page of `mpmctl simulate --html`: a chart a question, each with three courses over time, as
// inline SVG. A course has a dash of its own and its greatest value in words, so that no colour is
// the only sign.
#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/page.h"
#include "cli/simulate.h"
#include "cli/style.h"
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
<title>mpmctl simulate: what other directives would have done</title>
<style>
:root { color-scheme: light dark; --ink: #1d2630; --faint: #5b6773; --paper: #fff; --line: #d8dee5;
  --seen: #5b6773; --is: #2563a8; --changed: #b4470f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ebf0; --faint: #9aa7b4; --paper: #14191f; --line: #323c47;
    --seen: #9aa7b4; --is: #6aa9ee; --changed: #f2955c; }
}
body { margin: 2rem auto; padding: 0 1rem; max-width: 60rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1rem; margin: 2rem 0 0; }
.faint { color: var(--faint); font-size: .875rem; margin: .25rem 0; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--faint); }
path { fill: none; stroke-width: 1.5; }
.seen { stroke: var(--seen); stroke-dasharray: 2 3; }
.is { stroke: var(--is); }
.changed { stroke: var(--changed); stroke-dasharray: 7 3; }
.axis { stroke: var(--line); stroke-width: 1; }
pre { overflow-x: auto; font-size: .875rem; }
</style>
</head>
<body>
<h1>What other directives would have done</h1>
)";

constexpr int kWidth = 720;
constexpr int kHeight = 150;

using Value = std::function<double(const SimulatedPoint&)>;

struct Course {
  std::string_view style;  // the class of its line
  std::string_view name;
  const std::vector<SimulatedPoint>& points;
};

struct Chart {
  std::string_view title;
  Value value;
  std::string (*shown)(double);
};

double most_of(const Course& course, const Value& value) {
  double most = 0;
  for (const SimulatedPoint& point : course.points)
    most = std::max(most, value(point));
  return most;
}

std::string line_of(const Course& course, const Value& value, double span, double most) {
  std::string path;
  for (const SimulatedPoint& point : course.points)
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : " L",
                        std::min(point.at_seconds / span, 1.0) * kWidth,
                        kHeight - value(point) / most * (kHeight - 10));
  return fmt::format("<path class=\"{}\" d=\"{}\"/>\n", course.style, path);
}

std::string drawn(const Chart& chart, const std::vector<Course>& courses, double span) {
  double most = 0;
  std::vector<std::string> spoken;
  for (const Course& course : courses) {
    const double own = most_of(course, chart.value);
    most = std::max(most, own);
    spoken.push_back(fmt::format("{}: at most {}", course.name, chart.shown(own)));
  }
  std::string lines;
  if (most > 0 && span > 0)
    for (const Course& course : courses)
      if (most_of(course, chart.value) > 0) lines += line_of(course, chart.value, span, most);
  const std::string said = escaped(joined(spoken, ", "));
  return fmt::format(
      "<section>\n<h2>{0}</h2>\n<p class=\"faint\">{1}</p>\n<svg viewBox=\"0 0 {2} {3}\" "
      "role=\"img\" aria-label=\"{0}: {1}\">\n<path class=\"axis\" d=\"M0 {4} L{2} {4}\"/>\n{5}"
      "<text x=\"0\" y=\"{6}\">0</text>\n<text x=\"{2}\" y=\"{6}\" text-anchor=\"end\">{7}</text>\n"
      "</svg>\n</section>\n",
      chart.title, said, kWidth, kHeight + 20, kHeight, lines, kHeight + 15, duration(span));
}

std::vector<Chart> charts() {
  const auto field = [](auto member) {
    return [member](const SimulatedPoint& point) { return static_cast<double>(point.*member); };
  };
  return {{"Connections that wait", field(&SimulatedPoint::queue), whole},
          {"Busy workers", field(&SimulatedPoint::busy), whole},
          {"Processes", field(&SimulatedPoint::processes), whole},
          {"Memory of the children",
           [](const SimulatedPoint& point) { return static_cast<double>(point.memory.value); },
           megabytes_of}};
}

}  // namespace

std::string simulation_page(const SimulationReport& report) {
  std::vector<Course> courses{{"seen", "Seen (dotted)", report.seen.course},
                              {"is", "Simulated (line)", report.as_it_is.course}};
  if (!report.directives.empty())
    courses.push_back({"changed", "With the change (dashed)", report.changed.course});
  std::string page(kHead);
  page += fmt::format("<p class=\"faint\">From {} on.</p>\n", to_text(report.from));
  page += fmt::format(
      "<pre>{}</pre>\n",
      escaped(printable_lines(render(report, {.color = false, .utf8 = true, .width = 90}))));
  for (const Chart& chart : charts())
    page += drawn(chart, courses, report.span_seconds);
  return page + "</body>\n</html>\n";
}

}  // namespace mpm
