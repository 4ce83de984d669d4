// SPDX-License-Identifier: Apache-2.0
#include "gui/page/plain_label.h"

namespace mpm::gui {

QLabel* plain_label(QWidget* parent, Weight weight) {
  auto* label = new QLabel(parent);
  label->setTextFormat(Qt::PlainText);
  label->setWordWrap(true);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  QFont font = label->font();
  if (weight == Weight::Small) font.setPointSizeF(font.pointSizeF() * 0.9);
  if (weight == Weight::Large) font.setPointSizeF(font.pointSizeF() * 1.35);
  font.setBold(weight == Weight::Strong || weight == Weight::Large);
  label->setFont(font);
  return label;
}

}  // namespace mpm::gui
