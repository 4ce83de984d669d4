// SPDX-License-Identifier: Apache-2.0
//
// What the plots of the past show of a history, and what of it lies where: which lines are in which
// plot, their points on the screen, the spans in which every worker was busy. Pure.
//
// A report may be of any length and of fields that are not known here: of what a column of pixels
// holds only the least and the most are drawn, so that a plot costs what its width costs.
#pragma once

#include <QPolygonF>
#include <QString>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gui/plot/time_axis.h"
#include "schema/model/history.h"

namespace mpm::gui {

enum class Unit : std::uint8_t { Count, Seconds, Bytes };

// Lines are told apart by their pattern as well as by their colour.
enum class Stroke : std::uint8_t { Main, Most, Second, Bound };

struct CourseLine {
  const char* field;
  const char* label;  // not translated yet
  Stroke stroke = Stroke::Main;
};

struct CoursePlot {
  const char* title;  // not translated yet
  Unit unit = Unit::Count;
  std::span<const CourseLine> lines;
};
std::span<const CoursePlot> course_plots();
// The fields to ask for: "busy,busy_max".
std::string course_fields();
// Those that a finding's evidence is about: "busy workers, p99" is about busy and its limit.
std::vector<std::string_view> fields_of_metric(std::string_view metric);

QString course_text(const char* source);
QString course_value(std::optional<double> value, Unit unit);

// Of the step that an instant lies in; nothing of a gap.
const HistoryPoint* point_at(const HistoryReport& report, Instant at);
// Nothing of no point, and nothing that is no number.
std::optional<double> value_of(const HistoryPoint* point, std::optional<std::size_t> place);

struct PlotScale {
  TimeSpan span;
  double width = 0;   // pixels
  double height = 0;  // pixels
  double most = 1;    // the value at the top
};
// The most of the plot's lines in a span, rounded up.
double most_of(const HistoryReport& report, const CoursePlot& plot, const TimeSpan& span);
// One polygon for each stretch without a gap.
std::vector<QPolygonF> strokes_of(const HistoryReport& report, std::string_view field,
                                  const PlotScale& scale);

struct Saturated {
  TimeSpan span;
  double share = 0;  // of what was seen of it
};
std::vector<Saturated> saturated_spans(const HistoryReport& report, const TimeSpan& span);

// The steps that begin within the span, as mpmctl history --csv writes them.
std::string csv_of(const HistoryReport& report, const TimeSpan& span);

}  // namespace mpm::gui
