// SPDX-License-Identifier: Apache-2.0
//
// The window: the agents and their servers at the left, for the chosen server its pages, and below
// the servers how old all of this is. Each agent has a feed of its own, so that none waits for
// another; what a feed tells is passed to whom it concerns, and nothing else is decided here.
#pragma once

#include <QMainWindow>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gui/client/live_feed.h"
#include "gui/model/servers_model.h"

class QLabel;
class QSplitter;
class QStackedWidget;
class QTabWidget;
class QTreeView;

namespace mpm::gui {

class AdvicePage;
class ChangePage;
class HistoryPage;
class OverviewPage;
class WhatIfPage;

class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  // One agent each, at least one.
  explicit MainWindow(const std::vector<FeedOptions>& agents, QWidget* parent = nullptr);
  ~MainWindow() override;

  void start();

  // For tests and screenshots, which look at what a person looks at.
  LiveFeed& feed(int agent = 0) { return *feeds_[static_cast<std::size_t>(agent)]; }
  ServersModel& servers() { return servers_; }
  OverviewPage& overview() { return *overview_; }
  AdvicePage& advice() { return *advice_; }
  HistoryPage& history() { return *history_; }
  WhatIfPage& what_if() { return *what_if_; }
  // Of the agent whose server is shown.
  ChangePage& change() { return change_of(chosen_.agent); }
  QTabWidget& pages() { return *pages_; }
  QString link_sentence() const;
  // What is said instead of the pages; empty while they are shown.
  QString empty_sentence() const;

 protected:
  void closeEvent(QCloseEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  // A server by its agent and its key; with no key it is the agent itself.
  struct Chosen {
    int agent = 0;
    std::string key;

    bool operator==(const Chosen&) const = default;
  };

  void add_agent(const FeedOptions& options);
  ChangePage& change_of(int agent);
  QWidget* build_left();
  void build_pages();
  void build_menus();
  void connect_feed(int agent);
  void show_link(int agent, const LinkState& state);
  void take_status(int agent, const StatusReport& report);
  void take_proposal(const Proposal& proposal);
  void choose(const QModelIndex& index);
  void show_chosen();
  void review();
  void mark_finding();
  void remember_layout();
  void restore_layout();

  std::vector<std::unique_ptr<LiveFeed>> feeds_;
  ServersModel servers_;
  Chosen chosen_;
  std::optional<Proposal> proposal_;
  QTreeView* list_ = nullptr;
  QLabel* link_ = nullptr;
  QLabel* empty_ = nullptr;
  QStackedWidget* stack_ = nullptr;
  QTabWidget* pages_ = nullptr;
  OverviewPage* overview_ = nullptr;
  AdvicePage* advice_ = nullptr;
  HistoryPage* history_ = nullptr;
  WhatIfPage* what_if_ = nullptr;
  QStackedWidget* changes_ = nullptr;  // a ChangePage for each agent, by its number
  QSplitter* splitter_ = nullptr;
};

}  // namespace mpm::gui
