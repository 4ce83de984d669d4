// SPDX-License-Identifier: Apache-2.0
//
// What if a directive were another: sliders, and the load of the last hour gone over again with
// what they say, beside the same as it is. It asks while a slider is dragged, one question at a
// time: what is wanted meanwhile is asked next, and of all that was wanted in between only the
// last. Nothing is changed here: what was tried is reviewed where all changes are.
#pragma once

#include <QTimer>
#include <QWidget>
#include <string>
#include <vector>

#include "gui/model/rows_model.h"
#include "gui/model/what_if.h"
#include "schema/model/proposal.h"
#include "schema/model/result.h"

class QGridLayout;
class QLabel;
class QPushButton;

namespace mpm::gui {

class AgentClient;
class ForecastPlot;

class WhatIfPage : public QWidget {
  Q_OBJECT

 public:
  explicit WhatIfPage(QWidget* parent = nullptr);

  // What is proposed for that server; no changes: nothing.
  void advise(const Proposal& proposal);
  // Of which server, and of which agent it is asked; empty: of none. What was tried goes.
  void watch(AgentClient& client, const std::string& target);

  const std::vector<Trial>& trials() const { return trials_; }
  const RowsModel& forecast() const { return forecast_; }
  QString sentence() const;

 Q_SIGNALS:
  // What was tried, as if it had been advised.
  void change_wanted(const mpm::Proposal& tried);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  QWidget* build_right();
  void ask_settings();
  void build_sliders();
  void add_slider(std::size_t trial);
  Proposal tried() const;
  void show_whether_tried();
  void try_advised();
  void try_value(std::size_t trial, int value);
  void want();
  void ask();
  void heard(Result<SimulationReport> report);

  AgentClient* client_ = nullptr;
  std::string target_;
  MpmSettings settings_;
  std::vector<Change> advice_;
  std::vector<Trial> trials_;
  RowsModel forecast_;
  QWidget* sliders_ = nullptr;  // of this server; another one's are other ones
  std::vector<QLabel*> names_;  // of the sliders
  QWidget* left_;
  QLabel* verdict_;
  QLabel* basis_;
  QLabel* remarks_;
  QPushButton* reset_;
  QPushButton* advised_;
  QPushButton* review_;
  ForecastPlot* plot_;
  int asked_ = 0;  // the number of the open question; 0: none
  int questions_ = 0;
  bool wanted_ = false;  // other values since it was asked
  QTimer soon_;          // after the last of many moves
};

}  // namespace mpm::gui
