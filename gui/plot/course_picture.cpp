// SPDX-License-Identifier: Apache-2.0
#include "gui/plot/course_picture.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

#include "gui/words.h"

namespace mpm::gui {
namespace {

constexpr double kLegendWidth = 190;
constexpr double kGap = 6;
constexpr double kLeft = 64;  // for the numbers of the scales
constexpr double kRoomOfMark = 15;
constexpr double kHatch = 8;

QString tr(const char* text) {
  return QCoreApplication::translate("mpm::gui::CoursePicture", text);
}

// Opaque, because what shines through takes long to paint where it is large.
QColor mixed(const QColor& ground, const QColor& colour, double share) {
  const auto part = [&](int from, int to) { return static_cast<int>(from + (to - from) * share); };
  return {part(ground.red(), colour.red()), part(ground.green(), colour.green()),
          part(ground.blue(), colour.blue())};
}

void hatch(QPainter& painter, const QRectF& area, const QColor& ground) {
  painter.setClipRect(area);
  painter.fillRect(area, ground);
  // At the same places in every area, so that narrow ones have their part too.
  const double first = std::floor((area.left() - area.height()) / kHatch) * kHatch;
  for (double x = first; x < area.right(); x += kHatch)
    painter.drawLine(QLineF(x, area.bottom(), x + area.height(), area.top()));
}

// What was done stands before what was only said.
int weight(MarkKind kind) {
  constexpr std::array<int, 5> kWeights{1, 3, 2, 0, 4};  // as MarkKind
  const auto place = static_cast<std::size_t>(kind);
  return place < kWeights.size() ? kWeights[place] : 0;
}

}  // namespace

QString word(MarkKind kind) {
  switch (kind) {
    case MarkKind::Began:
      return tr("first seen");
    case MarkKind::Restarted:
      return tr("restarted");
    case MarkKind::Reloaded:
      return tr("reloaded gracefully");
    case MarkKind::Recommended:
      return tr("recommended");
    case MarkKind::Changed:
      return tr("changed");
  }
  return tr("something else");
}

QRectF CourseLayout::plot(std::size_t index) const {
  const auto count = static_cast<double>(course_plots().size());
  const double height = (plots.height() + kGap) / count;
  return {plots.left(), plots.top() + static_cast<double>(index) * height, plots.width(),
          height - kGap};
}

CourseLayout course_layout(QSize size, const QFontMetrics& metrics) {
  const double line = metrics.height();
  const double right = size.width() - kLegendWidth;
  const double width = std::max(1.0, right - kLeft);
  CourseLayout layout;
  layout.strip = {kLeft, 0, width, line + 8};
  layout.axis = {kLeft, size.height() - line - 4, width, line + 4};
  const double top = layout.strip.bottom() + kGap;
  layout.plots = {kLeft, top, width, std::max(1.0, layout.axis.top() - top)};
  layout.legend = {right + kGap, 0, kLegendWidth - kGap, static_cast<double>(size.height())};
  return layout;
}

QPen CoursePicture::pen_of(Stroke stroke) const {
  switch (stroke) {
    case Stroke::Main:
      return {theme.severity(Severity::Advice), 1.6};
    case Stroke::Most:
      return {theme.severity(Severity::Warning), 1};
    case Stroke::Second:
      return {theme.severity(Severity::Fine), 1.2, Qt::DashLine};
    case Stroke::Bound:
      return {theme.text, 1, Qt::DashDotLine};
  }
  return {theme.faint, 1};
}

bool CoursePicture::is_evidence(const CoursePlot& plot) const {
  return evidence && std::ranges::any_of(plot.lines, [&](const CourseLine& line) {
           return std::ranges::find(evidence->fields, line.field) != evidence->fields.end();
         });
}

void CoursePicture::paint(QPainter& painter, const CourseLayout& layout) const {
  painter.setFont(font);
  for (std::size_t i = 0; i < course_plots().size(); ++i)
    painter.fillRect(layout.plot(i), theme.ground);
  paint_saturated(painter, layout);
  paint_axis(painter, layout);
  for (std::size_t i = 0; i < course_plots().size(); ++i)
    paint_plot(painter, layout.plot(i), course_plots()[i]);
  paint_evidence(painter, layout);
  paint_marks(painter, layout);
}

void CoursePicture::paint_saturated(QPainter& painter, const CourseLayout& layout) const {
  if (report == nullptr) return;
  const QColor colour = theme.health(Health::Saturated);
  painter.save();
  for (const Saturated& each : saturated_spans(*report, span)) {
    const double width = layout.plots.width();
    const double from = std::max(0.0, pixel_of(span, width, each.span.from));
    const double to = std::min(width, pixel_of(span, width, each.span.to));
    if (to < 0 || from > width) continue;
    const QRectF band(layout.plots.left() + from, layout.strip.bottom(), std::max(2.0, to - from),
                      kGap - 2);
    painter.setClipping(false);
    painter.fillRect(band, colour);
    const QColor ground = mixed(theme.ground, colour, 0.08 + 0.16 * std::min(each.share, 1.0));
    painter.setPen(mixed(theme.ground, colour, 0.45));
    for (std::size_t i = 0; i < course_plots().size(); ++i) {
      const QRectF area = layout.plot(i);
      hatch(painter, {band.left(), area.top(), band.width(), area.height()}, ground);
    }
  }
  painter.restore();
}

void CoursePicture::paint_axis(QPainter& painter, const CourseLayout& layout) const {
  QColor grid = theme.faint;
  grid.setAlphaF(0.35F);
  for (const TimeTick& tick : time_ticks(span, layout.plots.width())) {
    const double x = layout.plots.left() + pixel_of(span, layout.plots.width(), tick.at);
    painter.setPen(QPen(grid, 1));
    painter.drawLine(QPointF(x, layout.plots.top()), QPointF(x, layout.plots.bottom()));
    painter.setPen(theme.text);
    QRectF room(x - 40, layout.axis.top(), 80, layout.axis.height());
    room.moveRight(std::min(room.right(), layout.legend.right()));
    painter.drawText(room, Qt::AlignCenter, tick.text);
  }
}

void CoursePicture::paint_plot(QPainter& painter, const QRectF& area,
                               const CoursePlot& plot) const {
  const double most = report == nullptr ? 1 : most_of(*report, plot, span);
  QColor grid = theme.faint;
  grid.setAlphaF(0.35F);
  painter.setPen(QPen(grid, 1));
  painter.drawLine(QLineF(area.left(), area.center().y(), area.right(), area.center().y()));
  painter.setPen(QPen(theme.faint, 1));
  painter.drawRect(area);
  painter.setPen(theme.text);
  const QRectF scale(0, area.top() - 2, area.left() - 4, area.height() + 4);
  if (report != nullptr)
    painter.drawText(scale, Qt::AlignRight | Qt::AlignTop, course_value(most, plot.unit));
  painter.drawText(scale, Qt::AlignRight | Qt::AlignBottom, QStringLiteral("0"));
  if (report == nullptr) return;
  painter.save();
  painter.setClipRect(area);
  painter.translate(area.topLeft());
  // The first of a plot's lines is the one that matters most: it is drawn last.
  for (std::size_t i = plot.lines.size(); i-- > 0;) {
    // Thin and with hard edges, which Qt draws twenty times as fast as others.
    QPen pen = pen_of(plot.lines[i].stroke);
    pen.setCosmetic(true);
    pen.setWidth(1);
    painter.setPen(pen);
    for (const QPolygonF& stroke :
         strokes_of(*report, plot.lines[i].field, {span, area.width(), area.height(), most})) {
      if (stroke.size() == 1)
        painter.drawEllipse(stroke.front(), 1.5, 1.5);
      else
        painter.drawPolyline(stroke);
      if (plot.lines[i].stroke != Stroke::Main) continue;
      painter.drawPolyline(stroke.translated(0, 1));
    }
  }
  painter.restore();
}

void CoursePicture::paint_evidence(QPainter& painter, const CourseLayout& layout) const {
  if (!evidence) return;
  const double width = layout.plots.width();
  const double from = std::clamp(pixel_of(span, width, evidence->span.from), 0.0, width);
  const double to = std::clamp(pixel_of(span, width, evidence->span.to), 0.0, width);
  if (to - from < 1) return;
  painter.setPen(QPen(theme.severity(Severity::Advice), 2));
  for (std::size_t i = 0; i < course_plots().size(); ++i) {
    if (!is_evidence(course_plots()[i])) continue;
    const QRectF area = layout.plot(i);
    painter.drawRect(QRectF(area.left() + from, area.top(), to - from, area.height()));
  }
}

void CoursePicture::paint_marks(QPainter& painter, const CourseLayout& layout) const {
  if (report == nullptr) return;
  std::vector<const HistoryMark*> marks;
  for (const HistoryMark& mark : report->marks)
    if (mark.at >= span.from && mark.at <= span.to) marks.push_back(&mark);
  std::ranges::stable_sort(marks, std::greater<>(),
                           [](const HistoryMark* mark) { return weight(mark->kind); });
  std::vector<double> taken;
  for (const HistoryMark* mark : marks) {
    const double x = layout.plots.left() + pixel_of(span, layout.plots.width(), mark->at);
    const auto is_near = [&](double other) { return std::abs(other - x) < kRoomOfMark; };
    if (std::ranges::any_of(taken, is_near)) continue;
    taken.push_back(x);
    const QColor colour = mark->kind == MarkKind::Changed     ? theme.severity(Severity::Advice)
                          : mark->kind == MarkKind::Restarted ? theme.health(Health::Strained)
                                                              : theme.faint;
    painter.setPen(QPen(colour, 1, Qt::DotLine));
    painter.drawLine(QPointF(x, layout.strip.bottom()), QPointF(x, layout.plots.bottom()));
    const QRectF flag(x - 7, layout.strip.top() + 1, 14, layout.strip.height() - 4);
    painter.fillRect(flag, colour);
    painter.setPen(theme.ground);
    painter.drawText(flag, Qt::AlignCenter, QString(QLatin1Char(letter_of(mark->kind))));
  }
}

// Up to `last`: not everything is measured with every look.
std::optional<double> CoursePicture::last_known(const HistoryPoint* last,
                                                std::string_view field) const {
  if (report == nullptr || last == nullptr) return std::nullopt;
  const auto place = place_of_field(*report, field);
  for (const HistoryPoint* point = last;; --point) {
    if (const auto value = value_of(point, place)) return value;
    if (point == report->points.data() || point->at < span.from) return std::nullopt;
  }
}

void CoursePicture::paint_values(QPainter& painter, const CourseLayout& layout,
                                 std::optional<Instant> cursor) const {
  painter.setFont(font);
  const HistoryPoint* point = nullptr;
  if (report != nullptr && cursor) point = point_at(*report, *cursor);
  if (report != nullptr && !cursor && !report->points.empty()) {
    const auto after = std::ranges::upper_bound(report->points, span.to, {}, &HistoryPoint::at);
    if (after != report->points.begin()) point = &*(after - 1);
  }
  const QFontMetrics metrics(font);
  const double line = metrics.height();
  painter.setPen(theme.text);
  const QString when = cursor             ? moment(*cursor)
                       : point != nullptr ? tr("Last: %1").arg(moment(point->at))
                                          : QString();
  painter.drawText(
      QRectF(layout.legend.left(), layout.strip.top(), layout.legend.width(), line + 4),
      Qt::AlignLeft | Qt::AlignVCenter, when);
  if (cursor) {
    const double x = layout.plots.left() + pixel_of(span, layout.plots.width(), *cursor);
    painter.drawLine(QPointF(x, layout.strip.top()), QPointF(x, layout.plots.bottom()));
  }
  QFont strong = font;
  strong.setBold(true);
  for (std::size_t i = 0; i < course_plots().size(); ++i) {
    const CoursePlot& plot = course_plots()[i];
    QRectF row(layout.legend.left(), layout.plot(i).top() - 2, layout.legend.width(), line);
    painter.setFont(strong);
    painter.setPen(theme.text);
    const QString title = course_text(plot.title);
    painter.drawText(row, Qt::AlignLeft | Qt::AlignVCenter,
                     is_evidence(plot) ? QStringLiteral("◆ ") + title : title);
    painter.setFont(font);
    for (const CourseLine& each : plot.lines) {
      row.translate(0, line);
      if (row.bottom() > layout.plot(i).bottom() + kGap + 4) break;
      painter.setPen(pen_of(each.stroke));
      painter.drawLine(QPointF(row.left(), row.center().y()),
                       QPointF(row.left() + 22, row.center().y()));
      painter.setPen(theme.text);
      const auto value = cursor ? value_of(point, place_of_field(*report, each.field))
                                : last_known(point, each.field);
      painter.drawText(row.adjusted(28, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                       course_text(each.label));
      painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, course_value(value, plot.unit));
    }
  }
}

}  // namespace mpm::gui
