// SPDX-License-Identifier: Apache-2.0
#include "gui/page/verdict_banner.h"

#include <QEvent>
#include <QGridLayout>
#include <QPainter>
#include <QPushButton>

#include "gui/page/plain_label.h"
#include "gui/theme.h"
#include "gui/words.h"

namespace mpm::gui {
namespace {

constexpr int kStrip = 8;  // pixels of colour at the left

}  // namespace

VerdictBanner::VerdictBanner(QWidget* parent)
    : QFrame(parent),
      state_(plain_label(this, Weight::Large)),
      verdict_(plain_label(this, Weight::Large)),
      advice_(plain_label(this)),
      change_(new QPushButton(tr("&Review the change..."), this)) {
  setFrameShape(QFrame::StyledPanel);
  state_->setWordWrap(false);
  state_->setAccessibleName(tr("Health"));
  verdict_->setAccessibleName(tr("Verdict"));
  advice_->setAccessibleName(tr("Advice"));
  change_->setVisible(false);
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(kStrip + 12, 10, 12, 10);
  grid->setColumnStretch(1, 1);
  grid->setHorizontalSpacing(14);
  grid->addWidget(state_, 0, 0, Qt::AlignTop);
  grid->addWidget(verdict_, 0, 1);
  grid->addWidget(advice_, 1, 1);
  grid->addWidget(change_, 0, 2, 2, 1, Qt::AlignVCenter);
  connect(change_, &QPushButton::clicked, this, &VerdictBanner::change_wanted);
}

void VerdictBanner::show_status(const TargetStatus& server) {
  health_ = server.health;
  state_->setText(QStringLiteral("%1 %2").arg(mark(health_), word(health_)));
  verdict_->setText(shown(server.verdict));
  colour();
}

void VerdictBanner::show_proposal(const Proposal& proposal) {
  QString advice = shown(proposal.verdict);
  // Where no directive helps, what does is beside a finding.
  if (proposal.changes.empty())
    for (const Finding& finding : proposal.findings)
      if (!finding.advice.empty()) {
        advice += u'\n' + shown(finding.advice);
        break;
      }
  if (!proposal.changes.empty()) advice += tr(" Confidence: %1.").arg(word(proposal.confidence));
  advice_->setText(advice);
  change_->setVisible(!proposal.changes.empty());
}

void VerdictBanner::show_no_proposal(const QString& why) {
  advice_->setText(why);
  change_->setVisible(false);
}

QString VerdictBanner::verdict() const {
  return verdict_->text();
}

void VerdictBanner::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) colour();
  QFrame::changeEvent(event);
}

void VerdictBanner::colour() {
  QPalette of_state = palette();
  of_state.setColor(QPalette::WindowText, theme_of(palette()).health(health_));
  state_->setPalette(of_state);
  update();
}

void VerdictBanner::paintEvent(QPaintEvent* event) {
  QFrame::paintEvent(event);
  QPainter painter(this);
  const Theme theme = theme_of(palette());
  painter.fillRect(QRect(1, 1, kStrip, height() - 2), theme.health(health_));
}

}  // namespace mpm::gui
