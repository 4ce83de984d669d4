// SPDX-License-Identifier: Apache-2.0
#include "gui/page/fact_tile.h"

#include <QLabel>
#include <QVBoxLayout>

#include "gui/page/plain_label.h"
#include "gui/plot/sparkline.h"

namespace mpm::gui {

FactTile::FactTile(const QString& name, QWidget* parent)
    : QFrame(parent),
      value_(plain_label(this, Weight::Large)),
      detail_(plain_label(this, Weight::Small)) {
  setFrameShape(QFrame::StyledPanel);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(10, 6, 10, 6);
  column->setSpacing(2);
  QLabel* title = plain_label(this, Weight::Small);
  title->setText(name);
  value_->setAccessibleName(name);
  value_->setWordWrap(false);
  column->addWidget(title);
  column->addWidget(value_);
  column->addWidget(detail_);
  column->addStretch(1);
}

void FactTile::show_fact(const Fact& fact) {
  value_->setText(fact.value);
  detail_->setText(fact.detail);
  detail_->setVisible(!fact.detail.isEmpty());
}

Sparkline* FactTile::plot() {
  if (plot_ == nullptr) {
    plot_ = new Sparkline(this);
    auto* column = static_cast<QVBoxLayout*>(layout());
    column->insertWidget(3, plot_);
  }
  return plot_;
}

}  // namespace mpm::gui
