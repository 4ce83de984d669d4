// SPDX-License-Identifier: Apache-2.0
#include "gui/page/overview_page.h"

#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QScrollArea>
#include <QVBoxLayout>

#include "gui/page/fact_tile.h"
#include "gui/page/plain_label.h"
#include "gui/page/state_legend.h"
#include "gui/page/verdict_banner.h"
#include "gui/plot/scoreboard_grid.h"
#include "gui/plot/sparkline.h"
#include "gui/words.h"

namespace mpm::gui {

OverviewPage::OverviewPage(QWidget* parent)
    : QWidget(parent),
      banner_(new VerdictBanner(this)),
      grid_(new ScoreboardGrid(this)),
      legend_(new StateLegend(this)),
      current_(plain_label(this)),
      bars_(new CapacityBars(this)),
      requests_(new FactTile(tr("Requests a second"), this)),
      durations_(new FactTile(tr("Request durations"), this)),
      queue_(new FactTile(tr("Accept queue"), this)),
      connections_(new FactTile(tr("Connections"), this)),
      oldest_(new FactTile(tr("Oldest request"), this)),
      memory_(new FactTile(tr("Memory"), this)),
      processes_(new FactTile(tr("Processes"), this)) {
  build();
  connect(banner_, &VerdictBanner::change_wanted, this, &OverviewPage::change_wanted);
  connect(grid_, &ScoreboardGrid::sentence_changed, current_, [this](const QString& sentence) {
    current_->setText(sentence.isEmpty() ? tr("Point at a worker, or go through them with the "
                                              "arrow keys, to see what it does.")
                                         : sentence);
  });
  forget();
}

void OverviewPage::build() {
  auto* column = new QVBoxLayout(this);
  column->addWidget(banner_);
  column->addWidget(bars_);
  auto* tiles = new QGridLayout;
  int at = 0;
  for (FactTile* tile :
       {requests_, durations_, oldest_, queue_, connections_, memory_, processes_}) {
    tiles->addWidget(tile, 0, at);
    tiles->setColumnStretch(at++, 1);
  }
  column->addLayout(tiles);
  durations_->setToolTip(tr(
      "The mean is of all requests: so long each held a worker. The quantiles are of those after "
      "which their worker was seen at rest, and of the mean of them between two looks: a slow "
      "request among many quick ones is not to be seen in them. See the oldest request."));
  requests_->plot();
  queue_->plot();
  auto* area = new QScrollArea(this);
  area->setWidgetResizable(true);
  area->setWidget(grid_);
  area->setMinimumHeight(140);
  // The grid has the focus and scrolls by itself.
  area->setFocusPolicy(Qt::NoFocus);
  column->addWidget(area, 1);
  // It has room for what is said of a worker, so that the grid does not move when that comes.
  current_->setMinimumHeight(2 * current_->fontMetrics().lineSpacing());
  current_->setAlignment(Qt::AlignTop);
  column->addWidget(current_);
  column->addWidget(legend_);
}

void OverviewPage::forget() {
  bounds_ = {};
  recent_.clear();
  show_lately({});
  banner_->show_no_proposal({});
  grid_->clear();
  legend_->show_counts({});
  bars_->show_capacity({});
  requests_->plot()->clear();
  queue_->plot()->clear();
  Q_EMIT grid_->sentence_changed({});
}

void OverviewPage::show_status(const TargetStatus& server) {
  banner_->show_status(server);
  bars_->show_capacity(capacity_of(server, bounds_));
  show_facts(server);
}

void OverviewPage::show_facts(const TargetStatus& server) {
  std::int64_t waiting = 0;
  std::int64_t most = 0;
  std::int64_t open = 0;
  std::int64_t closing = 0;
  for (const ListenerUsage& each : server.listeners) {
    waiting += each.queue;
    most += each.queue_limit;
    open += each.established;
    closing += each.closing;
  }
  const QString unknown = tr("not known");
  const auto rate = recent_.per_second();
  requests_->show_fact({rate ? QLocale().toString(*rate, 'f', *rate < 10 ? 1 : 0) : unknown,
                        tr("%1 since %2").arg(number(server.accesses), moment(server.restarted))});
  requests_->plot()->add(rate);
  // By Little's law. Of a connection that is kept come more requests than one.
  const QString wait =
      waiting > 0 && rate && *rate > 0
          ? tr("wait, at least %1 each").arg(seconds(static_cast<double>(waiting) / *rate))
          : tr("wait");
  if (most > 0)
    queue_->show_fact({tr("%1 of %2").arg(number(waiting), number(most)),
                       tr("%1; beyond that clients are turned away").arg(wait)});
  else
    queue_->show_fact({number(waiting), wait});
  queue_->plot()->add(static_cast<double>(waiting));
  connections_->show_fact({number(open), tr("open; %1 closing").arg(number(closing))});
  const auto& oldest = server.oldest_request_seconds;
  oldest_->show_fact({oldest ? seconds(*oldest) : tr("none"), tr("being served")});
  if (server.memory)
    memory_->show_fact(
        {amount(server.memory->pss), tr("of %1 processes together; shared pages counted once")
                                         .arg(number(server.memory->processes))});
  else
    memory_->show_fact({unknown, tr("it may not be read")});
  processes_->show_fact({number(server.processes.total),
                         tr("%1 old, %2 take no connection; generation %3")
                             .arg(number(server.processes.old), number(server.processes.deaf),
                                  number(server.generation))});
}

void OverviewPage::show_board(const ScoreboardView& board) {
  grid_->set_board(board);
  legend_->show_counts(counts_of(board));
}

void OverviewPage::show_proposal(const Proposal& proposal) {
  bounds_.memory_holds = proposal.memory ? proposal.memory->workers_that_fit : 0;
  banner_->show_proposal(proposal);
}

void OverviewPage::show_no_proposal(const QString& why) {
  bounds_.memory_holds = 0;
  banner_->show_no_proposal(why);
}

void OverviewPage::show_lately(const Lately& lately) {
  bounds_.lately = lately;
  const QString unknown = tr("not known");
  const QString mean = lately.mean_seconds ? seconds(*lately.mean_seconds) : unknown;
  if (lately.p50_seconds && lately.p95_seconds && lately.p99_seconds)
    return durations_->show_fact(
        {tr("p50 %1").arg(seconds(*lately.p50_seconds)),
         tr("p95 %1, p99 %2, mean %3 at a worker, in the last %4")
             .arg(seconds(*lately.p95_seconds), seconds(*lately.p99_seconds), mean,
                  seconds(lately.seconds))});
  if (!lately.mean_seconds) return durations_->show_fact({unknown, tr("no request ended yet")});
  durations_->show_fact({tr("mean %1").arg(mean),
                         tr("in the last %1; no worker was seen at rest, so no quantiles are known")
                             .arg(seconds(lately.seconds))});
}

}  // namespace mpm::gui
