// SPDX-License-Identifier: Apache-2.0
//
// The plots of the past, linked: one span of time and one cursor for all. It knows what it shows
// and says what it would rather show; whoever hears that brings finer steps, and until they come
// those that are there are drawn.
//
// Wheel, + and -: zoom. Drag, arrows, Page Up and Down: pan. Drag with Shift: zoom to what was
// drawn. Double click, 0: back to what was asked for. Ctrl and arrows: the cursor. Escape: without.
#pragma once

#include <QPixmap>
#include <QRubberBand>
#include <QWidget>
#include <functional>
#include <optional>

#include "gui/plot/course_picture.h"

namespace mpm::gui {

class TimePlots : public QWidget {
  Q_OBJECT

 public:
  explicit TimePlots(QWidget* parent = nullptr);

  const TimeSpan& span() const { return span_; }
  const std::optional<HistoryReport>& report() const { return report_; }
  std::optional<Instant> cursor() const { return cursor_; }
  // Shows another time; asks nobody.
  void show_span(const TimeSpan& span);
  void show_report(std::optional<HistoryReport> report);
  void show_evidence(std::optional<EvidenceMark> evidence);
  const std::optional<EvidenceMark>& evidence() const { return evidence_; }
  void set_cursor(std::optional<Instant> cursor);
  // What the cursor is on, in a sentence; empty: nothing.
  QString reading() const;
  QSize sizeHint() const override { return {900, 480}; }

 Q_SIGNALS:
  // The person went to another time.
  void span_wanted(const mpm::gui::TimeSpan& span);
  void reset_wanted();
  void cursor_moved();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

 private:
  CourseLayout layout() const { return course_layout(size(), fontMetrics()); }
  CoursePicture picture() const;
  Instant instant_of(QPointF position) const;
  void want(const TimeSpan& span);
  void zoom(Instant about, double factor);
  void step_cursor(int direction);
  QString marks_near(double x) const;
  void repaint_all();

  TimeSpan span_;
  std::optional<HistoryReport> report_;
  std::optional<EvidenceMark> evidence_;
  std::optional<Instant> cursor_;
  QPixmap still_;  // all but the cursor; null: to be painted
  struct Drag {
    QPointF from;
    TimeSpan span;
  };
  std::optional<Drag> drag_;
  QRubberBand band_;
};

}  // namespace mpm::gui
