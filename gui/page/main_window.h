// SPDX-License-Identifier: Apache-2.0
//
// The window: the servers at the left, for the chosen one its pages, and below the servers how old
// all of this is. It passes what the feed tells to whom it concerns, and decides nothing else.
#pragma once

#include <QMainWindow>
#include <memory>
#include <optional>
#include <string>

#include "gui/client/live_feed.h"
#include "gui/model/servers_model.h"

class QLabel;
class QListView;
class QSplitter;
class QStackedWidget;
class QTabWidget;

namespace mpm::gui {

class AdvicePage;
class ChangePage;
class HistoryPage;
class OverviewPage;

class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  explicit MainWindow(FeedOptions options, QWidget* parent = nullptr);
  ~MainWindow() override;

  void start() { feed_.start(); }

  // For tests and screenshots, which look at what a person looks at.
  LiveFeed& feed() { return feed_; }
  ServersModel& servers() { return servers_; }
  OverviewPage& overview() { return *overview_; }
  AdvicePage& advice() { return *advice_; }
  HistoryPage& history() { return *history_; }
  ChangePage& change() { return *change_; }
  QTabWidget& pages() { return *pages_; }
  QString link_sentence() const;
  // What is said instead of the pages; empty while they are shown.
  QString empty_sentence() const;

 protected:
  void closeEvent(QCloseEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  QWidget* build_left();
  void build_pages();
  void build_menus();
  void connect_feed();
  void show_link(const LinkState& state);
  void take_status(const StatusReport& report);
  void take_proposal(const Proposal& proposal);
  void choose(int row);
  void show_chosen();
  void review();
  void mark_finding();
  void remember_layout();
  void restore_layout();

  LiveFeed feed_;
  ServersModel servers_;
  std::string chosen_;  // the key of the server whose pages are shown; empty: none
  std::optional<Proposal> proposal_;
  QListView* list_ = nullptr;
  QLabel* link_ = nullptr;
  QLabel* empty_ = nullptr;
  QStackedWidget* stack_ = nullptr;
  QTabWidget* pages_ = nullptr;
  OverviewPage* overview_ = nullptr;
  AdvicePage* advice_ = nullptr;
  HistoryPage* history_ = nullptr;
  ChangePage* change_ = nullptr;
  QSplitter* splitter_ = nullptr;
};

}  // namespace mpm::gui
