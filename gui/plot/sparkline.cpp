// SPDX-License-Identifier: Apache-2.0
#include "gui/plot/sparkline.h"

#include <QPainter>
#include <algorithm>

#include "gui/theme.h"

namespace mpm::gui {
namespace {

constexpr std::size_t kMost = 180;  // looks: three minutes at one a second

}  // namespace

Sparkline::Sparkline(QWidget* parent) : QWidget(parent) {
  setFixedHeight(26);
  setMinimumWidth(60);
}

void Sparkline::add(std::optional<double> value) {
  if (values_.size() == kMost) values_.erase(values_.begin());
  values_.push_back(value);
  update();
}

void Sparkline::clear() {
  values_.clear();
  update();
}

void Sparkline::paintEvent(QPaintEvent* /*event*/) {
  if (values_.size() < 2) return;
  double most = 1;
  for (const auto& value : values_)
    most = std::max(most, value.value_or(0));
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(theme_of(palette()).severity(Severity::Advice), 1.5));
  const double step = static_cast<double>(width() - 2) / static_cast<double>(kMost - 1);
  const double high = height() - 4;
  // The newest is at the right.
  const double first = width() - 1 - step * static_cast<double>(values_.size() - 1);
  std::optional<QPointF> before;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (!values_[i]) {
      before.reset();
      continue;
    }
    const QPointF here(first + step * static_cast<double>(i), 2 + high * (1 - *values_[i] / most));
    if (before) painter.drawLine(*before, here);
    before = here;
  }
}

}  // namespace mpm::gui
