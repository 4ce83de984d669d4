// SPDX-License-Identifier: Apache-2.0
#include "gui/plot/capacity_bars.h"

#include <QCoreApplication>
#include <QLocale>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

#include "gui/words.h"

namespace mpm::gui {
namespace {

constexpr int kBar = 16;
constexpr int kRow = 26;
constexpr std::int64_t kLongestQueue = 4;  // times the pool
constexpr std::int64_t kFarMore = 20;      // times the pool: memory is no bound of it
constexpr int kHead = 20;                  // above the bars: the limit's name

QString text(const char* source) {
  return QCoreApplication::translate("mpm::gui::CapacityBars", source);
}

QBrush brush_of(Ink ink, const Theme& theme) {
  switch (ink) {
    case Ink::Busy:
      return theme.busy();
    case Ink::Keepalive:
      return theme.keepalive();
    case Ink::Idle:
      return theme.idle();
    case Ink::Waiting:
      return {theme.waiting(), Qt::BDiagPattern};
    case Ink::Wanted:
      return {theme.busy(), Qt::FDiagPattern};
    case Ink::Memory:
      return {theme.faint, Qt::Dense5Pattern};
  }
  return theme.idle();
}

// A pattern ends where nobody sees it, so it has a frame.
bool has_frame(Ink ink) {
  return ink == Ink::Waiting || ink == Ink::Wanted || ink == Ink::Memory;
}

std::int64_t active_of(const WorkerCounts& workers) {
  return std::max<std::int64_t>(0, workers.busy - workers.keepalive);
}

Bar workers_bar(const WorkerCounts& workers) {
  QString value = workers.limit > 0
                      ? text("%1 of %2 busy").arg(number(workers.busy), number(workers.limit))
                      : text("%1 busy").arg(number(workers.busy));
  if (workers.keepalive > 0)
    value += text(", %1 of them keep-alive").arg(number(workers.keepalive));
  value += text("; %1 idle").arg(number(workers.idle));
  return {text("Workers"),
          value,
          {{Ink::Busy, active_of(workers)},
           {Ink::Keepalive, workers.keepalive},
           {Ink::Idle, workers.idle}}};
}

Bar wanted_now_bar(std::int64_t active, std::int64_t waiting) {
  return {text("Wanted now"),
          waiting > 0 ? text("%1 busy, %2 connections wait").arg(number(active), number(waiting))
                      : text("%1; nobody waits").arg(number(active)),
          {{Ink::Busy, active}, {Ink::Waiting, waiting}}};
}

Bar wanted_lately_bar(const Lately& lately, double wanted) {
  return {text("Wanted lately"),
          text("%1 on average in %2")
              .arg(QLocale().toString(wanted, 'f', wanted < 10 ? 1 : 0), seconds(lately.seconds)),
          {{Ink::Wanted, std::llround(wanted)}}};
}

Bar connections_bar(const ConnectionParts& parts) {
  QStringList words;
  const auto say = [&](const QString& sentence, std::int64_t count) {
    if (count > 0) words << sentence.arg(number(count));
  };
  say(text("%1 served"), parts.served);
  say(text("%1 keep-alive"), parts.keepalive);
  say(text("%1 without a worker"), parts.kept);
  say(text("%1 wait"), parts.waiting);
  return {text("Connections"),
          words.isEmpty() ? text("none") : words.join(QStringLiteral(", ")),
          {{Ink::Busy, parts.served},
           {Ink::Keepalive, parts.keepalive},
           {Ink::Idle, parts.kept},
           {Ink::Waiting, parts.waiting}}};
}

}  // namespace

ConnectionParts connections_of(const TargetStatus& server) {
  std::int64_t all = 0;
  for (const ListenerUsage& each : server.listeners)
    all += each.established + each.closing;
  ConnectionParts parts;
  parts.waiting = queue_of(server.listeners);
  std::int64_t accepted = std::max<std::int64_t>(0, all - parts.waiting);
  const auto take = [&](std::int64_t most) {
    const std::int64_t taken = std::min(accepted, most);
    accepted -= taken;
    return taken;
  };
  parts.served = take(active_of(server.workers));
  parts.keepalive = take(server.workers.keepalive);
  parts.kept = accepted;
  return parts;
}

Capacity capacity_of(const TargetStatus& server, const CapacityBounds& bounds) {
  const WorkerCounts& workers = server.workers;
  const std::int64_t active = active_of(workers);
  const std::int64_t waiting = queue_of(server.listeners);
  const auto wanted = workers_wanted(bounds.lately);
  const std::int64_t pool = std::max({workers.limit, workers.busy + workers.idle, std::int64_t{1}});
  Capacity capacity;
  capacity.limit = workers.limit;
  capacity.bars = {workers_bar(workers), wanted_now_bar(active, waiting)};
  if (wanted) capacity.bars.push_back(wanted_lately_bar(bounds.lately, *wanted));
  if (!server.listeners.empty()) capacity.bars.push_back(connections_bar(connections_of(server)));
  if (bounds.memory_holds > 0)
    capacity.bars.push_back({text("Memory holds"),
                             bounds.memory_holds > kFarMore * pool
                                 ? text("many times as many workers")
                                 : text("at most %1 workers").arg(number(bounds.memory_holds)),
                             {{Ink::Memory, bounds.memory_holds}}});
  // A queue of hundreds would leave nothing to see of eight workers: it ends in an arrow.
  const std::int64_t longest = std::max(pool, std::min(active + waiting, kLongestQueue * pool));
  capacity.scale = longest + std::max<std::int64_t>(1, longest / 8);
  return capacity;
}

CapacityBars::CapacityBars(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAccessibleName(tr("Capacity"));
}

void CapacityBars::show_capacity(Capacity capacity) {
  capacity_ = std::move(capacity);
  QStringList words;
  for (const Bar& bar : capacity_.bars)
    words << QStringLiteral("%1: %2").arg(bar.name, bar.value);
  setAccessibleDescription(words.join(QStringLiteral(". ")));
  updateGeometry();
  update();
}

QSize CapacityBars::sizeHint() const {
  const int rows = std::max(3, static_cast<int>(capacity_.bars.size()));
  return {420, kHead + rows * kRow + 4};
}

void CapacityBars::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  const Theme theme = theme_of(palette());
  const QFontMetrics metrics(font());
  int names = 0;
  int values = 0;
  for (const Bar& bar : capacity_.bars) {
    names = std::max(names, metrics.horizontalAdvance(bar.name));
    values = std::max(values, metrics.horizontalAdvance(bar.value));
  }
  const int left = names + 10;
  const QRect room(left, kHead, std::max(60, width() - left - values - 14), kRow);
  int y = kHead;
  for (const Bar& bar : capacity_.bars) {
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRect(0, y, names, kRow), Qt::AlignVCenter | Qt::AlignRight, bar.name);
    painter.drawText(QRect(room.right() + 12, y, values + 4, kRow),
                     Qt::AlignVCenter | Qt::AlignLeft, bar.value);
    paint_bar(painter, bar, room.translated(0, y - kHead), theme);
    y += kRow;
  }
  if (capacity_.limit <= 0) return;
  const int x = room.left() + static_cast<int>(capacity_.limit * room.width() / capacity_.scale);
  painter.setPen(QPen(palette().color(QPalette::WindowText), 2, Qt::DashLine));
  painter.drawLine(x, kHead - 2, x, y);
  const QString limit = tr("limit %1").arg(number(capacity_.limit));
  const int half = metrics.horizontalAdvance(limit) / 2 + 1;
  painter.drawText(std::clamp(x - half, 0, std::max(0, width() - 2 * half)), kHead - 6, limit);
}

void CapacityBars::paint_bar(QPainter& painter, const Bar& bar, const QRect& room,
                             const Theme& theme) const {
  const int top = room.top() + (kRow - kBar) / 2;
  double at = 0;
  const double most = room.width();
  painter.setPen(Qt::NoPen);
  for (const BarPart& part : bar.parts) {
    const double wide =
        static_cast<double>(part.workers) * most / static_cast<double>(capacity_.scale);
    const double end = std::min(most, at + wide);
    const QRectF piece(room.left() + at, top, end - at, kBar);
    painter.fillRect(piece, brush_of(part.ink, theme));
    if (has_frame(part.ink)) {
      painter.setPen(brush_of(part.ink, theme).color());
      painter.drawRect(piece.adjusted(0, 0, -1, -1));
      painter.setPen(Qt::NoPen);
    }
    if (at + wide > most) {
      // Longer than the scale: an arrow where it is cut.
      painter.setBrush(palette().color(QPalette::WindowText));
      const double right = room.left() + most;
      const double middle = top + kBar / 2.0;
      painter.drawPolygon(
          QPolygonF({{right, top - 1.0}, {right + 8, middle}, {right, top + kBar + 1.0}}));
      painter.setBrush(Qt::NoBrush);
    }
    at = end;
  }
}

}  // namespace mpm::gui
