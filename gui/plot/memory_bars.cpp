// SPDX-License-Identifier: Apache-2.0
#include "gui/plot/memory_bars.h"

#include <QCoreApplication>
#include <QPainter>
#include <algorithm>
#include <array>

#include "gui/theme.h"
#include "gui/words.h"

namespace mpm::gui {
namespace {

constexpr int kBar = 16;
constexpr int kLine = 18;
constexpr int kGap = 8;

QString text(const char* source) {
  return QCoreApplication::translate("mpm::gui::MemoryBars", source);
}

// Patterns and colours of the terms, in their order.
QBrush brush_of(std::size_t term, const Theme& theme) {
  constexpr std::array kPatterns{Qt::SolidPattern, Qt::Dense4Pattern, Qt::BDiagPattern,
                                 Qt::CrossPattern};
  const std::array colours{theme.severity(Severity::Advice), theme.keepalive(), theme.waiting(),
                           theme.faint};
  return {colours[term % colours.size()], kPatterns[term % kPatterns.size()]};
}

}  // namespace

std::vector<MemoryBar> memory_bars_of(const MemorySum& sum) {
  std::vector<MemoryBar> bars;
  bars.push_back({text("httpd may use"), sum.budget_terms, sum.budget});
  if (!sum.typical_terms.empty())
    bars.push_back({text("As usual"), sum.typical_terms, sum.typical});
  if (!sum.worst_terms.empty()) bars.push_back({text("At worst"), sum.worst_terms, sum.worst});
  return bars;
}

QString memory_verdict(const MemorySum& sum) {
  if (sum.worst.value == 0 || sum.budget.value <= 0) return {};
  if (sum.worst > sum.budget)
    return text(
               "The worst case is %1 over what httpd may use: the host may swap or kill "
               "processes when every worker needs its most.")
        .arg(amount(sum.worst - sum.budget));
  return text("Even the worst case leaves %1 of it free.").arg(amount(sum.budget - sum.worst));
}

MemoryBars::MemoryBars(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
  setAccessibleName(tr("Memory sum"));
}

void MemoryBars::show_sum(const std::optional<MemorySum>& sum) {
  bars_ = sum ? memory_bars_of(*sum) : std::vector<MemoryBar>();
  budget_ = sum ? sum->budget : Bytes{};
  verdict_ = sum ? memory_verdict(*sum) : tr("The memory of the processes is not known yet.");
  QStringList words;
  for (const MemoryBar& bar : bars_)
    words << QStringLiteral("%1: %2").arg(bar.name, amount(bar.total));
  words << verdict_;
  setAccessibleDescription(words.join(QStringLiteral(". ")));
  setMinimumHeight(sizeHint().height());
  updateGeometry();
  update();
}

QSize MemoryBars::sizeHint() const {
  int height = 2 * kLine + kGap;
  for (const MemoryBar& bar : bars_)
    height += kLine + kBar + kGap + static_cast<int>(bar.terms.size()) * kLine;
  return {420, height};
}

void MemoryBars::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  std::int64_t most = 1;
  for (const MemoryBar& bar : bars_) {
    std::int64_t positive = 0;
    for (const MemoryTerm& term : bar.terms)
      positive += std::max<std::int64_t>(0, term.amount.value);
    most = std::max({most, bar.total.value, positive});
  }
  const double scale = static_cast<double>(width() - 4) / static_cast<double>(most);
  int y = 0;
  for (const MemoryBar& bar : bars_)
    y = paint_bar(painter, bar, y, scale);
  painter.setPen(palette().color(QPalette::WindowText));
  painter.drawText(QRect(0, y, width(), 2 * kLine), Qt::TextWordWrap, verdict_);
}

int MemoryBars::paint_bar(QPainter& painter, const MemoryBar& bar, int y, double scale) const {
  const Theme theme = theme_of(palette());
  painter.setPen(palette().color(QPalette::WindowText));
  painter.drawText(QRect(0, y, width(), kLine), Qt::AlignLeft | Qt::AlignVCenter,
                   QStringLiteral("%1: %2").arg(bar.name, amount(bar.total)));
  y += kLine;
  double x = 0;
  for (std::size_t i = 0; i < bar.terms.size(); ++i) {
    const double wide = static_cast<double>(bar.terms[i].amount.value) * scale;
    if (wide <= 0) continue;
    painter.fillRect(QRectF(x, y, std::max(1.0, wide), kBar), brush_of(i, theme));
    x += wide;
  }
  painter.setPen(theme.faint);
  painter.drawRect(QRectF(0, y, std::max(1.0, static_cast<double>(bar.total.value) * scale), kBar));
  // How far httpd may go, through every bar.
  const int end = static_cast<int>(static_cast<double>(budget_.value) * scale);
  painter.setPen(QPen(palette().color(QPalette::WindowText), 2, Qt::DashLine));
  painter.drawLine(end, y - 2, end, y + kBar + 2);
  y += kBar + 2;
  for (std::size_t i = 0; i < bar.terms.size(); ++i) {
    painter.fillRect(QRect(4, y + 5, 10, 10), brush_of(i, theme));
    painter.setPen(theme.faint);
    painter.drawRect(4, y + 5, 10, 10);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(
        QRect(22, y, width() - 22, kLine), Qt::AlignLeft | Qt::AlignVCenter,
        QStringLiteral("%1  %2").arg(amount(bar.terms[i].amount), shown(bar.terms[i].text)));
    y += kLine;
  }
  return y + kGap - 2;
}

}  // namespace mpm::gui
