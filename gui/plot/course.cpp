// SPDX-License-Identifier: Apache-2.0
#include "gui/plot/course.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "gui/words.h"
#include "schema/codec/csv.h"

namespace mpm::gui {
namespace {

constexpr const char* kContext = "mpm::gui::Course";
constexpr double kFarOutside = 1e6;  // pixels: what a painter still cuts off well
constexpr std::string_view kSaturatedField = "saturated_seconds";
constexpr std::string_view kSeldomField = "memory";  // and whatever else begins with it

constexpr std::array kWorkers{
    CourseLine{"busy", QT_TRANSLATE_NOOP("mpm::gui::Course", "busy"), Stroke::Main},
    CourseLine{"busy_max", QT_TRANSLATE_NOOP("mpm::gui::Course", "most busy"), Stroke::Most},
    CourseLine{"idle", QT_TRANSLATE_NOOP("mpm::gui::Course", "idle"), Stroke::Second},
    CourseLine{"worker_limit", QT_TRANSLATE_NOOP("mpm::gui::Course", "limit"), Stroke::Bound}};
constexpr std::array kRequests{
    CourseLine{"requests_per_second", QT_TRANSLATE_NOOP("mpm::gui::Course", "served"),
               Stroke::Main},
    CourseLine{"arrivals_per_second", QT_TRANSLATE_NOOP("mpm::gui::Course", "arrived"),
               Stroke::Second}};
constexpr std::array kDurations{
    CourseLine{"duration_p50_seconds", QT_TRANSLATE_NOOP("mpm::gui::Course", "half within"),
               Stroke::Main},
    CourseLine{"duration_p95_seconds", QT_TRANSLATE_NOOP("mpm::gui::Course", "95 % within"),
               Stroke::Second},
    CourseLine{"duration_p99_seconds", QT_TRANSLATE_NOOP("mpm::gui::Course", "99 % within"),
               Stroke::Most}};
constexpr std::array kQueue{
    CourseLine{"queue", QT_TRANSLATE_NOOP("mpm::gui::Course", "waiting"), Stroke::Main},
    CourseLine{"queue_max", QT_TRANSLATE_NOOP("mpm::gui::Course", "most waiting"), Stroke::Most}};
constexpr std::array kConnections{
    CourseLine{"connections", QT_TRANSLATE_NOOP("mpm::gui::Course", "open"), Stroke::Main},
    CourseLine{"connections_max", QT_TRANSLATE_NOOP("mpm::gui::Course", "most open"), Stroke::Most},
    CourseLine{"keepalive", QT_TRANSLATE_NOOP("mpm::gui::Course", "kept alive"), Stroke::Second}};
constexpr std::array kMemory{
    CourseLine{"memory_bytes", QT_TRANSLATE_NOOP("mpm::gui::Course", "used"), Stroke::Main},
    CourseLine{"memory_max_bytes", QT_TRANSLATE_NOOP("mpm::gui::Course", "most used"),
               Stroke::Most}};

constexpr std::array kPlots{
    CoursePlot{QT_TRANSLATE_NOOP("mpm::gui::Course", "Workers"), Unit::Count, kWorkers},
    CoursePlot{QT_TRANSLATE_NOOP("mpm::gui::Course", "Requests a second"), Unit::Count, kRequests},
    CoursePlot{QT_TRANSLATE_NOOP("mpm::gui::Course", "Time of a request"), Unit::Seconds,
               kDurations},
    CoursePlot{QT_TRANSLATE_NOOP("mpm::gui::Course", "Waiting connections"), Unit::Count, kQueue},
    CoursePlot{QT_TRANSLATE_NOOP("mpm::gui::Course", "Connections"), Unit::Count, kConnections},
    CoursePlot{QT_TRANSLATE_NOOP("mpm::gui::Course", "Memory"), Unit::Bytes, kMemory}};

// What is in one column of pixels.
struct Column {
  double x = 0;
  double least = 0;
  double most = 0;
};

std::chrono::milliseconds step_of(const HistoryReport& report) {
  return std::chrono::milliseconds(std::llround(std::clamp(report.step_seconds, 1e-3, 1e9) * 1000));
}

// From the last step before the span to the first after it: lines reach to the edges.
std::span<const HistoryPoint> points_in(const HistoryReport& report, const TimeSpan& span) {
  auto begin = std::ranges::lower_bound(report.points, span.from, {}, &HistoryPoint::at);
  auto end = std::ranges::upper_bound(report.points, span.to, {}, &HistoryPoint::at);
  if (begin != report.points.begin()) --begin;
  if (end != report.points.end()) ++end;
  if (begin >= end) return {};
  return {begin, end};
}

void add(QPolygonF& stroke, const Column& column) {
  stroke.append(QPointF(column.x, column.most));
  if (column.least != column.most) stroke.append(QPointF(column.x, column.least));
}

}  // namespace

std::span<const CoursePlot> course_plots() {
  return kPlots;
}

std::string course_fields() {
  std::string fields(kSaturatedField);
  for (const CoursePlot& plot : kPlots)
    for (const CourseLine& line : plot.lines)
      fields += fmt::format(",{}", line.field);
  return fields;
}

std::vector<std::string_view> fields_of_metric(std::string_view metric) {
  struct Theme {
    std::string_view word;
    std::vector<std::string_view> fields;
  };
  static const std::array kThemes{
      Theme{"queue", {"queue", "queue_max"}},
      Theme{"keep-alive", {"keepalive"}},
      Theme{"connection", {"connections", "connections_max"}},
      Theme{"memory", {"memory_bytes", "memory_max_bytes"}},
      Theme{"time of a request",
            {"duration_p50_seconds", "duration_p95_seconds", "duration_p99_seconds"}},
      Theme{"throughput", {"requests_per_second"}},
      Theme{"request", {"requests_per_second", "arrivals_per_second"}},
      Theme{"saturated", {"busy", "busy_max", "worker_limit"}},
      Theme{"busy", {"busy", "busy_max", "worker_limit"}},
      Theme{"idle", {"idle", "worker_limit"}},
      Theme{"workers", {"busy", "busy_max", "idle", "worker_limit"}}};
  for (const Theme& theme : kThemes)
    if (metric.find(theme.word) != std::string_view::npos) return theme.fields;
  return {};
}

QString course_text(const char* source) {
  return QCoreApplication::translate(kContext, source);
}

QString course_value(std::optional<double> value, Unit unit) {
  if (!value || !std::isfinite(*value)) return QStringLiteral("–");
  if (unit == Unit::Bytes) return amount(Bytes{std::llround(std::clamp(*value, -9e18, 9e18))});
  if (unit == Unit::Seconds) return seconds(*value);
  return QLocale().toString(*value, 'f', std::abs(*value) < 10 && *value != std::floor(*value));
}

const HistoryPoint* point_at(const HistoryReport& report, Instant at) {
  const auto after = std::ranges::upper_bound(report.points, at, {}, &HistoryPoint::at);
  if (after == report.points.begin()) return nullptr;
  const HistoryPoint& point = *(after - 1);
  return at - point.at < step_of(report) ? &point : nullptr;
}

std::optional<double> value_of(const HistoryPoint* point, std::optional<std::size_t> place) {
  if (point == nullptr) return std::nullopt;
  const auto value = mpm::value_of(*point, place);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

double most_of(const HistoryReport& report, const CoursePlot& plot, const TimeSpan& span) {
  double most = 0;
  for (const CourseLine& line : plot.lines) {
    const auto place = place_of_field(report, line.field);
    if (!place) continue;
    for (const HistoryPoint& point : points_in(report, span))
      most = std::max(most, value_of(&point, place).value_or(0));
  }
  if (plot.unit == Unit::Bytes && most > 0) {
    const double unit = std::pow(1024, std::floor(std::log(most) / std::log(1024)));
    return round_above(most / unit) * unit;
  }
  return round_above(plot.unit == Unit::Count ? std::max(most, 1.0) : most);
}

std::vector<QPolygonF> strokes_of(const HistoryReport& report, std::string_view field,
                                  const PlotScale& scale) {
  std::vector<QPolygonF> strokes;
  const auto place = place_of_field(report, field);
  if (!place || scale.most <= 0) return strokes;
  const auto step = step_of(report);
  const bool seldom = field.starts_with(kSeldomField);
  std::optional<Column> column;
  Instant expected{};
  const auto flush = [&] {
    if (column) add(strokes.back(), *column);
    column.reset();
  };
  for (const HistoryPoint& point : points_in(report, scale.span)) {
    const auto value = value_of(&point, place);
    if (!value) {
      // Where the server was looked at and its memory not, it is no gap.
      if (seldom && point.at <= expected) {
        expected = point.at + step + step / 2;
        continue;
      }
      flush();
      expected = {};
      continue;
    }
    if (strokes.empty() || point.at > expected) {
      flush();
      strokes.emplace_back();
    }
    expected = point.at + step + step / 2;
    const double pixel = pixel_of(scale.span, scale.width, point.at + step / 2);
    const double x = std::floor(std::clamp(pixel, -kFarOutside, kFarOutside)) + 0.5;
    const double y = scale.height * (1 - std::clamp(*value / scale.most, -1.0, 2.0));
    if (column && column->x != x) flush();
    if (!column) column = Column{x, y, y};
    column->least = std::max(column->least, y);
    column->most = std::min(column->most, y);
  }
  flush();
  return strokes;
}

std::vector<Saturated> saturated_spans(const HistoryReport& report, const TimeSpan& span) {
  std::vector<Saturated> spans;
  const auto place = place_of_field(report, kSaturatedField);
  double saturated = 0;
  double seen = 0;
  for (const HistoryPoint& point : points_in(report, span)) {
    const double value = value_of(&point, place).value_or(0);
    if (value <= 0) continue;
    const Instant end = point.at + step_of(report);
    if (spans.empty() || point.at > spans.back().span.to) {
      spans.push_back({{point.at, end}, 0});
      saturated = seen = 0;
    }
    spans.back().span.to = end;
    saturated += value;
    seen += std::max({point.seconds, value, 1e-3});
    spans.back().share = saturated / seen;
  }
  return spans;
}

std::string csv_of(const HistoryReport& report, const TimeSpan& span) {
  const auto begin = std::ranges::lower_bound(report.points, span.from, {}, &HistoryPoint::at);
  const auto end = std::ranges::lower_bound(report.points, span.to, {}, &HistoryPoint::at);
  return to_csv(report, begin < end ? std::span(begin, end) : std::span<const HistoryPoint>());
}

}  // namespace mpm::gui
