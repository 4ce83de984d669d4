// SPDX-License-Identifier: Apache-2.0
#include "gui/page/what_if_page.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QSlider>
#include <QSpinBox>
#include <QTableView>
#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "gui/client/agent_client.h"
#include "gui/page/plain_label.h"
#include "gui/page/table_view.h"
#include "gui/plot/forecast_plot.h"
#include "gui/words.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;

constexpr double kWindow = 3600;  // seconds of the past that are gone over
constexpr std::chrono::milliseconds kSoon = 60ms;

int within_int(std::int64_t value) {
  return static_cast<int>(std::clamp<std::int64_t>(value, 0, std::numeric_limits<int>::max()));
}

QLabel* heading(const QString& text, QWidget* parent) {
  QLabel* label = plain_label(parent, Weight::Strong);
  label->setText(text);
  return label;
}

}  // namespace

WhatIfPage::WhatIfPage(QWidget* parent)
    : QWidget(parent),
      forecast_(forecast_headings()),
      left_(new QWidget(this)),
      verdict_(plain_label(this, Weight::Large)),
      basis_(plain_label(this, Weight::Small)),
      remarks_(plain_label(this)),
      reset_(new QPushButton(tr("As it i&s"), this)),
      advised_(new QPushButton(tr("As a&dvised"), this)),
      review_(new QPushButton(tr("&Review as a change..."), this)),
      plot_(new ForecastPlot(this)) {
  verdict_->setAccessibleName(tr("Prediction"));
  remarks_->setAccessibleName(tr("What the simulator does not know"));
  auto* column = new QVBoxLayout(this);
  column->addWidget(verdict_);
  // What the simulator leaves out may turn its verdict round, so it is read right after that.
  column->addWidget(remarks_);
  column->addWidget(basis_);
  auto* row = new QHBoxLayout;
  auto* left = new QVBoxLayout(left_);
  left->setContentsMargins(0, 0, 6, 0);
  left->addWidget(heading(tr("Try"), left_));
  left->addStretch(1);
  auto* area = new QScrollArea(this);
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  area->setFocusPolicy(Qt::NoFocus);
  area->setWidget(left_);
  row->addWidget(area, 4);
  row->addWidget(build_right(), 6);
  column->addLayout(row, 1);
  soon_.setSingleShot(true);
  connect(&soon_, &QTimer::timeout, this, &WhatIfPage::ask);
  connect(reset_, &QPushButton::clicked, this, [this] {
    for (Trial& trial : trials_)
      trial.tried = trial.in_force;
    build_sliders();
    want();
  });
  connect(advised_, &QPushButton::clicked, this, &WhatIfPage::try_advised);
  connect(review_, &QPushButton::clicked, this, [this] { Q_EMIT change_wanted(tried()); });
  build_sliders();
}

QWidget* WhatIfPage::build_right() {
  auto* right = new QWidget(this);
  auto* column = new QVBoxLayout(right);
  column->setContentsMargins(6, 0, 0, 0);
  auto* head = new QHBoxLayout;
  head->addWidget(heading(tr("What would have been"), right), 1);
  head->addWidget(reset_);
  head->addWidget(advised_);
  head->addWidget(review_);
  column->addLayout(head);
  QTableView* table = table_view(&forecast_, tr("Prediction beside today's"), Rows::Read, right);
  column->addWidget(table, 3);
  column->addWidget(plot_, 3);
  return right;
}

void WhatIfPage::watch(AgentClient& client, const std::string& target) {
  if (&client == client_ && target == target_) return;
  client_ = &client;
  target_ = target;
  asked_ = 0;
  trials_.clear();
  advice_.clear();
  build_sliders();
  forecast_.take({});
  plot_->show_report(std::nullopt);
  verdict_->clear();
  basis_->clear();
  remarks_->clear();
  if (isVisible()) ask_settings();
}

void WhatIfPage::advise(const Proposal& proposal) {
  advice_ = proposal.changes;
  show_whether_tried();
}

void WhatIfPage::try_advised() {
  try_changes(trials_, advice_);
  build_sliders();
  want();
}

void WhatIfPage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (trials_.empty())
    ask_settings();
  else
    want();
}

void WhatIfPage::ask_settings() {
  if (target_.empty()) return;
  verdict_->setText(tr("Asking the agent..."));
  client_->get<MpmSettings>(
      route::kSettings, {{"target", target_}},
      [this, asked = target_, client = client_](Result<MpmSettings> settings) {
        if (asked != target_ || client != client_) return;
        if (!settings) return verdict_->setText(shown(settings.error().what));
        settings_ = *settings;
        trials_ = trials_of(settings_);
        build_sliders();
        want();
      });
}

void WhatIfPage::build_sliders() {
  delete sliders_;
  names_.clear();
  sliders_ = new QWidget(left_);
  auto* grid = new QGridLayout(sliders_);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setColumnStretch(1, 1);
  static_cast<QVBoxLayout*>(left_->layout())->insertWidget(1, sliders_);
  for (std::size_t trial = 0; trial < trials_.size(); ++trial)
    add_slider(trial);
  show_whether_tried();
}

void WhatIfPage::show_whether_tried() {
  const bool any = !wishes_of(trials_).empty();
  reset_->setEnabled(any);
  review_->setEnabled(any);
  std::vector<Trial> advised = trials_;
  try_changes(advised, advice_);
  advised_->setEnabled(!wishes_of(advised).empty());
  for (std::size_t trial = 0; trial < names_.size(); ++trial) {
    QFont font = names_[trial]->font();
    font.setBold(trials_[trial].tried != trials_[trial].in_force);
    names_[trial]->setFont(font);
  }
}

Proposal WhatIfPage::tried() const {
  Proposal proposal;
  proposal.pid = settings_.pid;
  proposal.basis = settings_.basis;
  proposal.verdict = verdict_->text().toStdString();
  for (const Trial& trial : trials_) {
    if (trial.tried == trial.in_force) continue;
    Change& change = proposal.changes.emplace_back();
    change.directive = trial.directive;
    change.from = trial.in_force;
    change.to = trial.tried;
  }
  return proposal;
}

void WhatIfPage::add_slider(std::size_t trial) {
  const Trial& of = trials_[trial];
  auto* grid = static_cast<QGridLayout*>(sliders_->layout());
  const QString name = shown(of.directive);
  auto* label = plain_label(sliders_);
  label->setText(tr("%1 (%2 today)").arg(name, number(of.in_force)));
  names_.push_back(label);
  auto* slider = new QSlider(Qt::Horizontal, sliders_);
  auto* value = new QSpinBox(sliders_);
  slider->setAccessibleName(name);
  value->setAccessibleName(tr("%1, as a number").arg(name));
  slider->setRange(within_int(of.least), within_int(of.most));
  value->setRange(within_int(of.least), within_int(of.most));
  slider->setValue(within_int(of.tried));
  value->setValue(within_int(of.tried));
  slider->setPageStep(std::max(1, within_int(of.most) / 16));
  const int row = 2 * static_cast<int>(trial);
  grid->addWidget(label, row, 0, 1, 3);
  grid->addWidget(slider, row + 1, 0, 1, 2);
  grid->addWidget(value, row + 1, 2);
  connect(slider, &QSlider::valueChanged, value, &QSpinBox::setValue);
  connect(value, &QSpinBox::valueChanged, slider, &QSlider::setValue);
  connect(slider, &QSlider::valueChanged, this,
          [this, trial](int tried) { try_value(trial, tried); });
}

void WhatIfPage::try_value(std::size_t trial, int value) {
  trials_[trial].tried = value;
  show_whether_tried();
  want();
}

void WhatIfPage::want() {
  if (asked_ != 0) wanted_ = true;
  if (asked_ == 0) soon_.start(kSoon);
}

void WhatIfPage::ask() {
  if (target_.empty() || asked_ != 0 || !isVisible()) return;
  wanted_ = false;
  asked_ = ++questions_;
  client_->post<SimulationReport>(route::kSimulation,
                                  SimulationQuestion{target_, wishes_of(trials_), kWindow},
                                  [this, asked = asked_](Result<SimulationReport> report) {
                                    if (asked == asked_) heard(std::move(report));
                                  });
}

void WhatIfPage::heard(Result<SimulationReport> report) {
  asked_ = 0;
  if (std::exchange(wanted_, false)) soon_.start(0);
  if (!report) return verdict_->setText(shown(report.error().what));
  verdict_->setText(forecast_verdict(*report));
  basis_->setText(
      tr("Simulated, from the load of the last %1: %2 requests a second, which hold a worker for "
         "%3 each. Who waits for ten seconds gives up. The nearer what is simulated as it is comes "
         "to "
         "what was seen, the more the last column is to be believed.")
          .arg(seconds(report->span_seconds),
               QLocale().toString(report->requests_per_second, 'f', 1),
               seconds(report->service_seconds)));
  forecast_.take(forecast_rows(*report));
  QStringList remarks;
  for (const std::string& remark : report->remarks)
    remarks << mark(Severity::Warning) + u' ' + shown(remark);
  remarks_->setText(remarks.join(u'\n'));
  remarks_->setVisible(!remarks.isEmpty());
  plot_->show_report(std::move(*report));
}

QString WhatIfPage::sentence() const {
  return verdict_->text();
}

}  // namespace mpm::gui
