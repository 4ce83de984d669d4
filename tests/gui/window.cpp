// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/window.h"

#include <QLabel>

namespace mpm::test {

bool says(QWidget& below, const QString& text) {
  for (const QLabel* label : below.findChildren<QLabel*>())
    if (label->isVisible() && label->text().contains(text)) return true;
  return false;
}

}  // namespace mpm::test
