// SPDX-License-Identifier: Apache-2.0
#include "gui/theme.h"

namespace mpm::gui {
namespace {

// Okabe and Ito's.
constexpr QRgb kOrange = 0xffe69f00;
constexpr QRgb kSky = 0xff56b4e9;
constexpr QRgb kGreen = 0xff009e73;
constexpr QRgb kYellow = 0xfff0e442;
constexpr QRgb kBlue = 0xff0072b2;
constexpr QRgb kVermilion = 0xffd55e00;
constexpr QRgb kPurple = 0xffcc79a7;

}  // namespace

QColor Theme::state(WorkerState state) const {
  switch (state) {
    case WorkerState::Dead:
      return ground;
    case WorkerState::Starting:
      return QColor::fromRgb(kYellow);
    case WorkerState::Ready:
      return idle();
    case WorkerState::Reading:
      return QColor::fromRgb(kBlue);
    case WorkerState::Writing:
      return busy();
    case WorkerState::Keepalive:
      return keepalive();
    case WorkerState::Logging:
    case WorkerState::Dns:
      return QColor::fromRgb(kGreen);
    case WorkerState::Closing:
      return QColor::fromRgb(kPurple);
    case WorkerState::Graceful:
      return QColor::fromRgb(kOrange);
    case WorkerState::IdleKill:
      return faint;
  }
  return faint;
}

QColor Theme::letter(WorkerState state) const {
  const QColor under = this->state(state);
  if (state == WorkerState::Ready || state == WorkerState::Dead) return faint;
  // Black or white, whichever the eye tells apart better.
  const double light = 0.2126 * under.redF() + 0.7152 * under.greenF() + 0.0722 * under.blueF();
  return light > 0.45 ? QColor(Qt::black) : QColor(Qt::white);
}

QColor Theme::health(Health health) const {
  switch (health) {
    case Health::Well:
      return dark ? QColor(0x3c, 0xc8, 0x9b) : QColor(0x00, 0x78, 0x57);
    case Health::Strained:
      return dark ? QColor::fromRgb(kOrange) : QColor(0x96, 0x61, 0x00);
    case Health::Saturated:
      return dark ? QColor(0xff, 0x8a, 0x3d) : QColor(0xb8, 0x45, 0x00);
    case Health::Unknown:
      return faint;
  }
  return faint;
}

QColor Theme::severity(Severity severity) const {
  switch (severity) {
    case Severity::Fine:
      return health(Health::Well);
    case Severity::Note:
      return faint;
    case Severity::Advice:
      return dark ? QColor::fromRgb(kSky) : QColor::fromRgb(kBlue);
    case Severity::Warning:
      return health(Health::Strained);
    case Severity::Danger:
      return health(Health::Saturated);
  }
  return faint;
}

QColor Theme::busy() const {
  return QColor::fromRgb(kVermilion);
}

QColor Theme::keepalive() const {
  return QColor::fromRgb(kSky);
}

QColor Theme::idle() const {
  return dark ? QColor(0x3d, 0x47, 0x50) : QColor(0xd9, 0xe2, 0xe8);
}

QColor Theme::waiting() const {
  return QColor::fromRgb(kPurple);
}

QColor Theme::added() const {
  return dark ? QColor(0x10, 0x3c, 0x55) : QColor(0xd6, 0xec, 0xfa);
}

QColor Theme::removed() const {
  return dark ? QColor(0x55, 0x2c, 0x10) : QColor(0xfb, 0xe2, 0xd0);
}

Theme theme_of(const QPalette& palette) {
  Theme theme;
  theme.ground = palette.color(QPalette::Base);
  theme.text = palette.color(QPalette::Text);
  theme.dark = theme.ground.lightness() < 128;
  theme.faint = theme.dark ? QColor(0x9a, 0xa4, 0xad) : QColor(0x5d, 0x67, 0x70);
  return theme;
}

QPalette dark_palette() {
  QPalette palette(QColor(0x2b, 0x30, 0x35), QColor(0x23, 0x27, 0x2b));
  palette.setColor(QPalette::Base, QColor(0x1b, 0x1e, 0x21));
  palette.setColor(QPalette::AlternateBase, QColor(0x23, 0x27, 0x2b));
  palette.setColor(QPalette::Highlight, QColor(0x2a, 0x6f, 0x9e));
  palette.setColor(QPalette::HighlightedText, Qt::white);
  palette.setColor(QPalette::Link, QColor::fromRgb(kSky));
  return palette;
}

}  // namespace mpm::gui
