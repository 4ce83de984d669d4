// SPDX-License-Identifier: Apache-2.0
//
// Paints the past: a strip of what happened, plots below each other on one axis of time, and at
// their right what each line is and what it was at the chosen instant. What was saturated is
// hatched through all of them. Paints what it is told and remembers nothing.
#pragma once

#include <QFont>
#include <QRectF>
#include <optional>
#include <string>
#include <vector>

#include "gui/plot/course.h"
#include "gui/plot/time_axis.h"
#include "gui/theme.h"

class QPainter;

namespace mpm::gui {

// What a finding rests on: when, and which lines.
struct EvidenceMark {
  TimeSpan span;
  std::vector<std::string> fields;
  QString claim;

  bool operator==(const EvidenceMark&) const = default;
};

// Where the parts lie in a widget of a size.
struct CourseLayout {
  QRectF strip;  // of marks and of what was saturated
  QRectF plots;  // all of them
  QRectF axis;
  QRectF legend;

  QRectF plot(std::size_t index) const;
};
CourseLayout course_layout(QSize size, const QFontMetrics& metrics);

QString word(MarkKind kind);

struct CoursePicture {
  const HistoryReport* report = nullptr;  // null: nothing has come yet
  TimeSpan span;
  std::optional<EvidenceMark> evidence;
  Theme theme;
  QFont font;

  // All that does not move with the pointer.
  void paint(QPainter& painter, const CourseLayout& layout) const;
  // What was at an instant, on all plots; without one the newest that is shown.
  void paint_values(QPainter& painter, const CourseLayout& layout,
                    std::optional<Instant> cursor) const;

 private:
  void paint_saturated(QPainter& painter, const CourseLayout& layout) const;
  void paint_marks(QPainter& painter, const CourseLayout& layout) const;
  void paint_axis(QPainter& painter, const CourseLayout& layout) const;
  void paint_plot(QPainter& painter, const QRectF& area, const CoursePlot& plot) const;
  void paint_evidence(QPainter& painter, const CourseLayout& layout) const;
  bool is_evidence(const CoursePlot& plot) const;
  std::optional<double> last_known(const HistoryPoint* last, std::string_view field) const;
  QPen pen_of(Stroke stroke) const;
};

}  // namespace mpm::gui
