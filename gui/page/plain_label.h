// SPDX-License-Identifier: Apache-2.0
//
// Labels for texts that came from a server: never read as markup, selectable with mouse and
// keyboard, wrapped.
#pragma once

#include <QLabel>
#include <cstdint>

namespace mpm::gui {

enum class Weight : std::uint8_t { Plain, Small, Strong, Large };

QLabel* plain_label(QWidget* parent, Weight weight = Weight::Plain);

}  // namespace mpm::gui
