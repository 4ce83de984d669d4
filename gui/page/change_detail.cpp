// SPDX-License-Identifier: Apache-2.0
#include "gui/page/change_detail.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/page/diff_view.h"
#include "gui/page/plain_label.h"
#include "gui/page/table_view.h"
#include "gui/words.h"

namespace mpm::gui {
namespace {

void say(QLabel* label, const QString& text) {
  label->setText(text);
  label->setVisible(!text.isEmpty());
}

QString lines_of(const std::vector<DirectiveChange>& directives) {
  QStringList lines;
  for (const DirectiveChange& each : directives)
    lines << QStringLiteral("%1  %2 \u2192 %3")
                 .arg(shown(each.directive), directive_value(each.from, each.from_effective),
                      directive_value(each.to, each.to_effective));
  return lines.join(u'\n');
}

}  // namespace

ChangeDetail::ChangeDetail(QWidget* parent)
    : QWidget(parent),
      steps_(step_headings()),
      title_(plain_label(this, Weight::Large)),
      because_(plain_label(this)),
      directives_(plain_label(this, Weight::Strong)),
      diff_(new DiffView(this)),
      restart_(plain_label(this, Weight::Strong)),
      risks_(plain_label(this)),
      allow_(new QCheckBox(this)),
      apply_(new QPushButton(this)),
      undo_(new QPushButton(this)),
      life_(table_view(&steps_, tr("Steps of this change"), Rows::Read, this)),
      outcome_(plain_label(this, Weight::Strong)),
      error_(plain_label(this, Weight::Strong)) {
  build();
  connect(allow_, &QCheckBox::toggled, this, &ChangeDetail::restart_allowed);
  connect(apply_, &QPushButton::clicked, this, &ChangeDetail::apply_wanted);
  connect(undo_, &QPushButton::clicked, this, &ChangeDetail::undo_wanted);
  show_nothing({});
}

void ChangeDetail::build() {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(6, 0, 0, 0);
  title_->setAccessibleName(tr("This change"));
  error_->setAccessibleName(tr("Error"));
  outcome_->setAccessibleName(tr("How it stands"));
  for (QWidget* each : std::initializer_list<QWidget*>{title_, because_, directives_})
    column->addWidget(each);
  column->addWidget(diff_, 2);
  for (QWidget* each : std::initializer_list<QWidget*>{restart_, risks_, allow_})
    column->addWidget(each);
  column->addWidget(life_, 3);
  column->addWidget(outcome_);
  column->addWidget(error_);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(apply_);
  buttons->addWidget(undo_);
  buttons->addStretch(1);
  column->addLayout(buttons);
  column->addStretch(0);
}

void ChangeDetail::show_nothing(const QString& why) {
  say(title_, why);
  for (QLabel* each : {because_, directives_, restart_, risks_, outcome_, error_})
    say(each, {});
  for (QWidget* each : std::initializer_list<QWidget*>{diff_, allow_, apply_, undo_, life_})
    each->setVisible(false);
  may_apply_ = false;
  may_undo_ = false;
}

void ChangeDetail::show_plan(const EditPlan& plan) {
  say(directives_, lines_of(plan.directives));
  diff_->show_files(plan.files);
  diff_->setVisible(!plan.files.empty());
  say(restart_, tr("It takes a %1. %2").arg(word(plan.restart), consequence(plan.restart)));
}

void ChangeDetail::show_preview(const ChangePreview& preview, RestartClass allowed) {
  show_nothing({});
  const EditPlan& plan = preview.plan;
  if (plan.files.empty()) return show_nothing(tr("It is so already; nothing is to be changed."));
  say(title_, tr("This is what would be changed. Nothing is changed yet."));
  show_plan(plan);
  QStringList risks;
  for (const std::string& of_others : preview.unloaded)
    risks << QStringLiteral("\u25b2 ") + shown(of_others);
  for (const std::string& risk : preview.risks)
    risks << QStringLiteral("\u25b2 ") + shown(risk);
  for (const Remark& remark : plan.remarks)
    risks << QStringLiteral("\u2022 ") + shown(remark.text);
  say(risks_, risks.join(u'\n'));
  if (!preview.refusal.empty() && allowed >= plan.restart)
    say(error_, tr("It is not made as it was asked for. %1").arg(shown(preview.refusal)));
  const QSignalBlocker quiet(allow_);
  allow_->setText(tr("Cutting requests off with a %1 is &all right now").arg(word(plan.restart)));
  allow_->setChecked(allowed != RestartClass::Graceful);
  allow_->setVisible(plan.restart != RestartClass::Graceful);
  say(because_,
      tr("The files are kept as they are now. Once they are written and loaded the server is "
         "watched, and if it does worse all is taken back by itself."));
  apply_->setText(tr("&Make this change: %1").arg(word(plan.restart)));
  apply_->setVisible(true);
  apply_->setDefault(true);
  may_apply_ = preview.refusal.empty();
  enable();
}

void ChangeDetail::show_record(const ChangeRecord& record) {
  show_nothing({});
  QString title = tr("Change %1 of httpd %2").arg(number(record.id)).arg(record.target.pid);
  if (record.undoes != 0) title += tr(", which takes back change %1").arg(number(record.undoes));
  say(title_, title);
  say(because_, shown(record.because));
  show_plan(record.plan);
  steps_.take(step_rows(record.steps));
  life_->setVisible(true);
  life_->scrollToBottom();
  const Phase phase = phase_of(record);
  QString outcome = QStringLiteral("%1 %2.").arg(mark(phase), word(phase));
  if (!has_ended(phase)) outcome += tr(" It goes on.");
  if (record.watch) outcome += QStringLiteral(" ") + shown(record.watch->sentence);
  say(outcome_, outcome);
  if (phase == Phase::Stuck && !record.backup.empty())
    say(error_, tr("Bring the server in order by hand; the files as they were are in %1.")
                    .arg(shown(record.backup)));
  undo_->setText(tr("&Undo it: %1").arg(word(record.plan.restart)));
  undo_->setVisible(phase == Phase::Kept);
  may_undo_ = phase == Phase::Kept;
  enable();
}

void ChangeDetail::set_waiting(bool waiting) {
  waiting_ = waiting;
  enable();
}

void ChangeDetail::show_error(const QString& sentence) {
  say(error_, sentence);
}

void ChangeDetail::enable() {
  apply_->setEnabled(may_apply_ && !waiting_);
  undo_->setEnabled(may_undo_ && !waiting_);
  allow_->setEnabled(!waiting_);
}

}  // namespace mpm::gui
