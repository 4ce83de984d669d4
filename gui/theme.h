// SPDX-License-Identifier: Apache-2.0
//
// The one place where colours are named: for light and for dark, by the palette of the system.
// The hues are those that Okabe and Ito chose to be told apart by the colour-blind; with each goes
// a letter, a mark or a pattern, because a colour is never the only sign.
#pragma once

#include <QColor>
#include <QPalette>

#include "schema/model/proposal.h"
#include "schema/model/scoreboard.h"
#include "schema/model/status.h"

namespace mpm::gui {

struct Theme {
  bool dark = false;
  QColor ground;  // what plots are painted on
  QColor text;
  QColor faint;  // text of less weight, lines, frames

  QColor state(WorkerState state) const;
  // Of the letter on that colour.
  QColor letter(WorkerState state) const;
  QColor health(Health health) const;
  QColor severity(Severity severity) const;
  QColor busy() const;
  QColor keepalive() const;
  QColor idle() const;
  QColor waiting() const;
  QColor added() const;    // the ground of a line that a diff adds
  QColor removed() const;  // ... and of one that it takes away
};

Theme theme_of(const QPalette& palette);

// What the style of the dark palette of tests and screenshots is; a desktop brings its own.
QPalette dark_palette();

}  // namespace mpm::gui
