// SPDX-License-Identifier: Apache-2.0
//
// One server at a glance: the verdict, its workers, what limits it, and the numbers beside.
#pragma once

#include <QWidget>
#include <optional>

#include "gui/client/recent_rate.h"
#include "gui/plot/capacity_bars.h"
#include "schema/model/messages.h"
#include "schema/model/proposal.h"
#include "schema/model/scoreboard.h"

class QLabel;

namespace mpm::gui {

class FactTile;
class ScoreboardGrid;
class StateLegend;
class VerdictBanner;

class OverviewPage : public QWidget {
  Q_OBJECT

 public:
  explicit OverviewPage(QWidget* parent = nullptr);

  // What it had served when it was looked at: for the rate, before its status is shown.
  void count_requests(Instant at, const TargetStatus& server) { recent_.add(at, server); }
  void show_status(const TargetStatus& server);
  void show_board(const ScoreboardView& board);
  void show_proposal(const Proposal& proposal);
  void show_no_proposal(const QString& why);
  void show_lately(const Lately& lately);
  // Another server was chosen: nothing of the one before may stay.
  void forget();

  VerdictBanner& banner() { return *banner_; }
  ScoreboardGrid& grid() { return *grid_; }

 Q_SIGNALS:
  void change_wanted();

 private:
  void build();
  void show_facts(const TargetStatus& server);

  VerdictBanner* banner_;
  ScoreboardGrid* grid_;
  StateLegend* legend_;
  QLabel* current_;
  CapacityBars* bars_;
  FactTile* requests_;
  FactTile* durations_;
  FactTile* queue_;
  FactTile* connections_;
  FactTile* oldest_;
  FactTile* memory_;
  FactTile* processes_;
  CapacityBounds bounds_;
  RecentRate recent_;
};

}  // namespace mpm::gui
