// SPDX-License-Identifier: Apache-2.0
#include "gui/plot/forecast_plot.h"

#include <QPainter>
#include <algorithm>
#include <array>
#include <utility>

#include "gui/theme.h"
#include "gui/words.h"

namespace mpm::gui {
namespace {

constexpr int kLabel = 20;
constexpr int kGap = 8;
constexpr int kSample = 36;  // of a line, in the legend

struct Curve {
  const char* name;
  double (*of)(const SimulatedPoint& point);
  bool bytes = false;
};
constexpr std::array kCurves{
    Curve{QT_TRANSLATE_NOOP("mpm::gui::ForecastPlot", "Workers busy"),
          [](const SimulatedPoint& point) { return static_cast<double>(point.busy); }},
    Curve{QT_TRANSLATE_NOOP("mpm::gui::ForecastPlot", "Connections that wait"),
          [](const SimulatedPoint& point) { return static_cast<double>(point.queue); }},
    Curve{QT_TRANSLATE_NOOP("mpm::gui::ForecastPlot", "Memory of the children"),
          [](const SimulatedPoint& point) { return static_cast<double>(point.memory.value); },
          true}};

double most_of(const std::vector<SimulatedPoint>& course, const Curve& curve) {
  double most = 0;
  for (const SimulatedPoint& point : course)
    most = std::max(most, curve.of(point));
  return most;
}

QString value_of(double value, const Curve& curve) {
  const auto whole = static_cast<std::int64_t>(value);
  return curve.bytes ? amount(Bytes{whole}) : number(whole);
}

}  // namespace

ForecastPlot::ForecastPlot(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Simulated courses"));
  setMinimumHeight(180);
}

void ForecastPlot::show_report(std::optional<SimulationReport> report) {
  report_ = std::move(report);
  QStringList words;
  if (report_)
    for (const Curve& curve : kCurves)
      words << tr("%1: at most %2 as it is, %3 as tried")
                   .arg(tr(curve.name), value_of(most_of(report_->as_it_is.course, curve), curve),
                        value_of(most_of(report_->changed.course, curve), curve));
  setAccessibleDescription(words.join(QStringLiteral(". ")));
  update();
}

void ForecastPlot::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  const Theme theme = theme_of(palette());
  painter.fillRect(rect(), theme.ground);
  if (!report_) return;
  const QPen today(theme.faint, 1.5);
  const QPen tried(theme.severity(Severity::Advice), 2.5, Qt::DashLine);
  int x = kGap;
  for (const auto& [pen, name] : {std::pair{today, tr("as it is")}, {tried, tr("as tried")}}) {
    painter.setPen(pen);
    painter.drawLine(x, kLabel / 2, x + kSample, kLabel / 2);
    painter.setPen(theme.text);
    painter.drawText(QRect(x + kSample + kGap, 0, width(), kLabel), Qt::AlignVCenter, name);
    x += kSample + 3 * kGap + fontMetrics().horizontalAdvance(name);
  }
  const int each = (height() - kLabel - kGap) / static_cast<int>(kCurves.size());
  int y = kLabel;
  for (const Curve& curve : kCurves) {
    const auto& now = report_->as_it_is.course;
    const auto& then = report_->changed.course;
    const double most = std::max({most_of(now, curve), most_of(then, curve), 1.0});
    const ForecastScale scale{std::max(report_->span_seconds, 1.0), most, width() - 2.0 * kGap,
                              std::max(10.0, static_cast<double>(each - kLabel - kGap))};
    painter.setPen(theme.text);
    painter.drawText(QRect(kGap, y, width() - 2 * kGap, kLabel), Qt::AlignVCenter,
                     tr("%1, up to %2").arg(tr(curve.name), value_of(most, curve)));
    painter.save();
    painter.translate(kGap, y + kLabel);
    painter.setPen(theme.faint);
    painter.drawLine(QPointF(0, scale.height), QPointF(scale.width, scale.height));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(today);
    painter.drawPolyline(line_of(now, scale, curve.of));
    if (!report_->directives.empty()) {
      painter.setPen(tried);
      painter.drawPolyline(line_of(then, scale, curve.of));
    }
    painter.restore();
    y += each;
  }
}

}  // namespace mpm::gui
