// SPDX-License-Identifier: Apache-2.0
#include "gui/plot/time_plots.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <utility>

#include "gui/words.h"

namespace mpm::gui {
namespace {

constexpr double kZoom = 1.3;  // by a notch of the wheel or a key
constexpr double kShortestBand = 6;
constexpr double kNear = 8;

}  // namespace

TimePlots::TimePlots(QWidget* parent) : QWidget(parent), band_(QRubberBand::Rectangle, this) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(420, 300);
  setAccessibleName(tr("Plots of the past"));
}

void TimePlots::repaint_all() {
  still_ = QPixmap();
  update();
}

void TimePlots::show_span(const TimeSpan& span) {
  if (span == span_) return;
  span_ = span;
  repaint_all();
}

void TimePlots::show_report(std::optional<HistoryReport> report) {
  report_ = std::move(report);
  repaint_all();
  Q_EMIT cursor_moved();
}

void TimePlots::show_evidence(std::optional<EvidenceMark> evidence) {
  if (evidence == evidence_) return;
  evidence_ = std::move(evidence);
  repaint_all();
}

void TimePlots::set_cursor(std::optional<Instant> cursor) {
  if (cursor == cursor_) return;
  cursor_ = cursor;
  setAccessibleDescription(reading());
  update();
  Q_EMIT cursor_moved();
}

QString TimePlots::reading() const {
  if (!cursor_) return {};
  const HistoryPoint* point = report_ ? point_at(*report_, *cursor_) : nullptr;
  if (point == nullptr) return tr("%1: nobody looked then.").arg(moment(*cursor_));
  QStringList parts;
  for (const CoursePlot& plot : course_plots()) {
    const CourseLine& line = plot.lines.front();
    const auto value = value_of(point, place_of_field(*report_, line.field));
    if (value)
      parts.append(tr("%1: %2 %3")
                       .arg(course_text(plot.title), course_value(value, plot.unit),
                            course_text(line.label)));
  }
  return tr("%1. %2.").arg(moment(*cursor_), parts.join(QStringLiteral("; ")));
}

CoursePicture TimePlots::picture() const {
  return {report_ ? &*report_ : nullptr, span_, evidence_, theme_of(palette()), font()};
}

void TimePlots::paintEvent(QPaintEvent* /*event*/) {
  const CourseLayout parts = layout();
  if (still_.isNull()) {
    const qreal ratio = devicePixelRatioF();
    still_ = QPixmap(size() * ratio);
    still_.setDevicePixelRatio(ratio);
    still_.fill(palette().color(QPalette::Window));
    QPainter painter(&still_);
    picture().paint(painter, parts);
  }
  QPainter painter(this);
  painter.drawPixmap(0, 0, still_);
  picture().paint_values(painter, parts, cursor_);
  if (!hasFocus()) return;
  painter.setPen(QPen(palette().color(QPalette::Highlight), 1, Qt::DotLine));
  painter.drawRect(parts.plots.adjusted(-2, -2, 2, 2));
}

void TimePlots::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  repaint_all();
}

void TimePlots::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  repaint_all();
}

Instant TimePlots::instant_of(QPointF position) const {
  const QRectF plots = layout().plots;
  return instant_at(span_, plots.width(),
                    std::clamp(position.x() - plots.left(), 0.0, plots.width()));
}

void TimePlots::want(const TimeSpan& span) {
  const TimeSpan sane = within_reason(span, present());
  if (sane == span_) return;
  show_span(sane);
  Q_EMIT span_wanted(sane);
}

void TimePlots::zoom(Instant about, double factor) {
  want(zoomed(span_, about, factor));
}

void TimePlots::wheelEvent(QWheelEvent* event) {
  const double notches = event->angleDelta().y() / 120.0;
  if (notches != 0) zoom(instant_of(event->position()), std::pow(kZoom, -notches));
  const double aside = event->angleDelta().x() / 120.0;
  if (aside != 0) want(panned(span_, -aside / 20));
  event->accept();
}

void TimePlots::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
  drag_ = Drag{event->position(), span_};
  if ((event->modifiers() & Qt::ShiftModifier) == 0) return;
  band_.setGeometry(QRect(event->pos(), QSize()));
  band_.show();
}

void TimePlots::mouseMoveEvent(QMouseEvent* event) {
  const QRectF plots = layout().plots;
  if (!drag_) {
    const bool inside =
        event->position().x() >= plots.left() && event->position().x() <= plots.right();
    return set_cursor(inside ? std::optional(instant_of(event->position())) : std::nullopt);
  }
  if (band_.isVisible()) {
    band_.setGeometry(QRectF(QPointF(drag_->from.x(), plots.top()),
                             QPointF(event->position().x(), plots.bottom()))
                          .normalized()
                          .toRect());
    return;
  }
  want(panned(drag_->span, (drag_->from.x() - event->position().x()) / plots.width()));
}

void TimePlots::mouseReleaseEvent(QMouseEvent* event) {
  const auto drag = std::exchange(drag_, std::nullopt);
  if (!drag || !band_.isVisible()) return;
  band_.hide();
  if (std::abs(event->position().x() - drag->from.x()) < kShortestBand) return;
  const auto [from, to] = std::minmax({instant_of(drag->from), instant_of(event->position())});
  want({from, to});
}

void TimePlots::mouseDoubleClickEvent(QMouseEvent* /*event*/) {
  Q_EMIT reset_wanted();
}

void TimePlots::leaveEvent(QEvent* /*event*/) {
  if (!drag_) set_cursor(std::nullopt);
}

void TimePlots::step_cursor(int direction) {
  const auto pixel =
      (span_.to - span_.from) / std::max(1, static_cast<int>(layout().plots.width()));
  const auto step = report_ ? std::chrono::milliseconds(
                                  std::llround(std::clamp(report_->step_seconds, 0.0, 1e9) * 1000))
                            : pixel;
  const Instant here = cursor_.value_or(span_.from + (span_.to - span_.from) / 2);
  set_cursor(
      std::clamp(cursor_ ? here + std::max(step, pixel) * direction : here, span_.from, span_.to));
}

void TimePlots::keyPressEvent(QKeyEvent* event) {
  const Instant middle = cursor_.value_or(span_.from + (span_.to - span_.from) / 2);
  const bool of_cursor = (event->modifiers() & Qt::ControlModifier) != 0;
  const bool is_right = event->key() == Qt::Key_Right;
  switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoom(middle, 1 / kZoom);
    case Qt::Key_Minus:
      return zoom(middle, kZoom);
    case Qt::Key_Left:
    case Qt::Key_Right:
      if (of_cursor) return step_cursor(is_right ? 1 : -1);
      return want(panned(span_, is_right ? 0.1 : -0.1));
    case Qt::Key_PageUp:
      return want(panned(span_, -0.9));
    case Qt::Key_PageDown:
      return want(panned(span_, 0.9));
    case Qt::Key_End:
      return want({present() - (span_.to - span_.from), present()});
    case Qt::Key_0:
      return Q_EMIT reset_wanted();
    case Qt::Key_Escape:
      return set_cursor(std::nullopt);
    default:
      QWidget::keyPressEvent(event);
  }
}

QString TimePlots::marks_near(double x) const {
  QStringList lines;
  if (!report_) return {};
  const QRectF plots = layout().plots;
  for (const HistoryMark& mark : report_->marks) {
    if (std::abs(plots.left() + pixel_of(span_, plots.width(), mark.at) - x) > kNear) continue;
    lines.append(moment(mark.at) + QStringLiteral("  ") + word(mark.kind) + QStringLiteral(": ") +
                 shown(mark.sentence).toHtmlEscaped());
  }
  return lines.join(QStringLiteral("<br>"));
}

bool TimePlots::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const QString text = marks_near(help->pos().x());
  if (text.isEmpty())
    QToolTip::hideText();
  else
    QToolTip::showText(help->globalPos(), QStringLiteral("<qt>") + text, this);
  return true;
}

}  // namespace mpm::gui
