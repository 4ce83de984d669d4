// SPDX-License-Identifier: Apache-2.0
#include "cli/history.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/moment.h"
#include "cli/table.h"
#include "cli/text.h"
#include "schema/codec/csv.h"

namespace mpm {
namespace {

constexpr int kRoomBesideCourse = 42;
constexpr int kFewestCells = 8;
constexpr int kMostCells = 60;
constexpr int kNarrow = 8;
// Of what happened, so that the courses stay on the screen.
constexpr std::size_t kMostMarks = 20;

using Values = std::vector<std::optional<double>>;

enum class Unit : std::uint8_t { Number, Time, Memory };

std::string text_of(std::optional<double> value, Unit unit) {
  if (!value) return "-";
  switch (unit) {
    case Unit::Time:
      return *value > 0 ? duration(*value) : "0";
    case Unit::Memory:
      return megabytes(Bytes{std::llround(*value)});
    default:
      return number(*value);
  }
}

// What a line of the table shows: the course of one field, its mean, and the most of another.
struct Measure {
  std::string_view heading;
  std::string_view field;
  std::string_view most;
  Unit unit = Unit::Number;
};
constexpr std::array kMeasures = std::to_array<Measure>({
    {"Busy workers", "busy", "busy_max"},
    {"Requests/s", "requests_per_second", "requests_per_second"},
    {"Duration", "duration_seconds", "duration_seconds", Unit::Time},
    {"Duration, 95 %", "duration_p95_seconds", "duration_p95_seconds", Unit::Time},
    {"Queue", "queue", "queue_max"},
    {"Connections", "connections", "connections_max"},
    {"Memory", "memory_bytes", "memory_max_bytes", Unit::Memory},
});
constexpr std::string_view kSaturated = "saturated_seconds";

double seconds_since(const HistoryReport& report, Instant at) {
  return Seconds(at - report.from).count();
}

// The mean over the steps that a cell overlaps.
Values cells_of(const HistoryReport& report, std::string_view field, int cells) {
  const auto place = place_of_field(report, field);
  const double width = seconds_since(report, report.to) / cells;
  std::vector<double> sums(static_cast<std::size_t>(cells));
  std::vector<double> weights(sums.size());
  for (const HistoryPoint& point : report.points) {
    const auto value = value_of(point, place);
    if (!value || width <= 0) continue;
    const double begin = seconds_since(report, point.at);
    const double end = begin + report.step_seconds;
    const auto first = static_cast<int>(std::max(0.0, std::floor(begin / width)));
    for (int cell = first; cell < cells && cell * width < end; ++cell) {
      const double shared = std::min(end, (cell + 1) * width) - std::max(begin, cell * width);
      if (shared <= 1e-6) continue;
      sums[static_cast<std::size_t>(cell)] += *value * shared;
      weights[static_cast<std::size_t>(cell)] += shared;
    }
  }
  Values values;
  for (std::size_t i = 0; i < sums.size(); ++i)
    values.push_back(weights[i] > 0 ? std::optional(sums[i] / weights[i]) : std::nullopt);
  return values;
}

struct Summary {
  std::optional<double> mean;  // over the time that was seen
  std::optional<double> most;
  double sum = 0;
};

Summary summary_of(const HistoryReport& report, std::string_view field) {
  const auto place = place_of_field(report, field);
  Summary summary;
  double weighted = 0;
  double seconds = 0;
  for (const HistoryPoint& point : report.points) {
    const auto value = value_of(point, place);
    if (!value) continue;
    summary.most = std::max(*value, summary.most.value_or(*value));
    summary.sum += *value;
    const double weight = std::max(point.seconds, 1e-3);
    weighted += *value * weight;
    seconds += weight;
  }
  if (seconds > 0) summary.mean = weighted / seconds;
  return summary;
}

std::string_view words(MarkKind kind) {
  constexpr std::array<std::string_view, 5> kKinds{"begun", "restart", "reload", "recommended",
                                                   "change"};
  return kKinds[static_cast<std::size_t>(kind)];
}

// What was done stands before what was only said, where both fall into one cell.
std::string mark_line(const HistoryReport& report, int cells) {
  std::string line(static_cast<std::size_t>(cells), ' ');
  const double width = seconds_since(report, report.to) / cells;
  for (const HistoryMark& mark : report.marks) {
    const double at = seconds_since(report, mark.at);
    if (at < 0 || width <= 0) continue;
    const auto cell = std::min<std::size_t>(static_cast<std::size_t>(at / width), line.size() - 1);
    if (line[cell] == ' ' || mark.kind == MarkKind::Changed) line[cell] = letter_of(mark.kind);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string title(const HistoryReport& report, const Style& style) {
  std::string text =
      paragraph({}, fmt::format("The past of {}", report.server), style, Tone::Strong);
  text += paragraph({},
                    fmt::format("{} to {}, in steps of {}", moment(report.from), moment(report.to),
                                duration(report.step_seconds)),
                    style, Tone::Faint);
  return text + "\n";
}

std::string nothing(const HistoryReport& report, const Style& style) {
  return paragraph({},
                   fmt::format("Nothing was seen of {} from {} to {}. Only an mpm-agent that keeps "
                               "running remembers: start it as a service.",
                               report.server, moment(report.from), moment(report.to)),
                   style);
}

std::string what_happened(const HistoryReport& report, const Style& style) {
  if (report.marks.empty()) return {};
  std::vector<Row> rows;
  const std::size_t left_out =
      report.marks.size() > kMostMarks ? report.marks.size() - kMostMarks : 0;
  for (std::size_t i = left_out; i < report.marks.size(); ++i) {
    const HistoryMark& mark = report.marks[i];
    rows.push_back({{moment(mark.at), fmt::format("{} {}", letter_of(mark.kind), words(mark.kind)),
                     mark.sentence},
                    {}});
  }
  std::string text = "\n" + heading("What happened", style) +
                     table({{.heading = "When", .tone = Tone::Faint},
                            {.heading = "What", .tone = Tone::Strong},
                            {.heading = "", .flexible = true}},
                           rows, style, {.flexible_min = kNarrow});
  if (left_out > 0)
    text +=
        paragraph({"  "}, fmt::format("{} earlier ones are left out; --json has them.", left_out),
                  style, Tone::Faint);
  return text;
}

// The marks of a step, as notes below its row.
std::vector<Note> notes_of(const HistoryReport& report, Instant from, Instant to) {
  std::vector<Note> notes;
  for (const HistoryMark& mark : report.marks)
    if (mark.at >= from && mark.at < to)
      notes.push_back({mark.kind == MarkKind::Changed ? Tone::Notice : Tone::Faint,
                       fmt::format("{} {}", moment(mark.at), mark.sentence)});
  return notes;
}

Row row_of(const HistoryReport& report, const HistoryPoint& point) {
  const auto cell = [&](std::string_view field, Unit unit = Unit::Number) {
    return text_of(value_of(point, place_of_field(report, field)), unit);
  };
  return {
      {moment(point.at), cell("busy"), cell("busy_max"), cell("requests_per_second"),
       cell("duration_p95_seconds", Unit::Time), cell("queue_max"), cell(kSaturated, Unit::Time)},
      {}};
}

}  // namespace

std::string course(const Values& cells, const Style& style) {
  constexpr std::array<std::string_view, 8> kUtf8{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::array<std::string_view, 8> kAscii{"_", ".", ":", "-", "=", "+", "*", "#"};
  double most = 0;
  for (const auto& cell : cells)
    most = std::max(most, cell.value_or(0));
  std::string text;
  for (const auto& cell : cells) {
    if (!cell) {
      text += ' ';
      continue;
    }
    const double share = most > 0 ? std::clamp(*cell / most, 0.0, 1.0) : 0;
    const auto level = static_cast<std::size_t>(std::ceil(share * 7 - 1e-9));
    text += (style.utf8 ? kUtf8 : kAscii)[level];
  }
  return text;
}

std::string render(const HistoryReport& report, const Style& style) {
  if (report.points.empty() && report.marks.empty()) return nothing(report, style);
  const int cells = std::clamp(style.width - kRoomBesideCourse, kFewestCells, kMostCells);
  std::vector<Row> rows;
  for (const Measure& measure : kMeasures)
    rows.push_back(
        {{std::string(measure.heading), course(cells_of(report, measure.field, cells), style),
          text_of(summary_of(report, measure.field).mean, measure.unit),
          text_of(summary_of(report, measure.most).most, measure.unit)},
         {}});
  const Summary saturated = summary_of(report, kSaturated);
  rows.push_back({{"Saturated", course(cells_of(report, kSaturated, cells), style),
                   fmt::format("{} in all", text_of(saturated.sum, Unit::Time)), ""},
                  {}});
  if (!report.marks.empty()) rows.push_back({{"Happened", mark_line(report, cells), "", ""}, {}});
  return title(report, style) +
         table({{.heading = "", .tone = Tone::Strong},
                {.heading = "Course", .tone = Tone::Notice},
                {.heading = "Mean", .align = Align::Right},
                {.heading = "Most", .align = Align::Right}},
               rows, style) +
         what_happened(report, style);
}

std::string render_steps(const HistoryReport& report, const Style& style) {
  if (report.points.empty() && report.marks.empty()) return nothing(report, style);
  const auto step = std::chrono::milliseconds(std::llround(report.step_seconds * 1000));
  std::vector<Row> rows;
  Instant expected = report.from;
  for (const HistoryPoint& point : report.points) {
    if (point.at >= expected + step)
      rows.push_back(
          {{moment(expected), "-", "-", "-", "-", "-", "-"}, notes_of(report, expected, point.at)});
    Row row = row_of(report, point);
    row.notes = notes_of(report, point.at, point.at + step);
    rows.push_back(std::move(row));
    expected = point.at + step;
  }
  if (report.to - expected >= step)
    rows.push_back(
        {{moment(expected), "-", "-", "-", "-", "-", "-"}, notes_of(report, expected, report.to)});
  return title(report, style) + table({{.heading = "When", .tone = Tone::Faint},
                                       {.heading = "Busy", .align = Align::Right},
                                       {.heading = "Most", .align = Align::Right},
                                       {.heading = "Req/s", .align = Align::Right},
                                       {.heading = "95 %", .align = Align::Right},
                                       {.heading = "Queue", .align = Align::Right},
                                       {.heading = "Saturated", .align = Align::Right}},
                                      rows, style);
}

Result<Outcome> history(const Options& options, Client& client, const Style& style) {
  auto answer = client.history({.target = options.target,
                                .from = options.past_from,
                                .to = options.past_to,
                                .step_seconds = options.step_seconds});
  if (!answer) return fail(std::move(answer.error()));
  return outcome(std::move(*answer), options, [&](const HistoryReport& report) {
    if (options.csv) return to_csv(report, report.points);
    return options.step_seconds ? render_steps(report, style) : render(report, style);
  });
}

}  // namespace mpm
