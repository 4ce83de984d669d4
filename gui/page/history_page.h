// SPDX-License-Identifier: Apache-2.0
//
// The past of the chosen server: over which time, the plots, what happened, and all of it to keep.
//
// It asks for what is looked at, and half as much on either side, in steps of about a pixel. One
// question is open at a time: whoever zooms meanwhile gets the last time wanted next, not all those
// between. Files are written on another thread.
#pragma once

#include <QThreadPool>
#include <QTimer>
#include <QWidget>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "gui/model/rows_model.h"
#include "gui/plot/time_plots.h"
#include "schema/model/history.h"
#include "schema/model/result.h"

class QButtonGroup;
class QHBoxLayout;
class QLabel;
class QPushButton;
class QTableView;

namespace mpm::gui {

class AgentClient;

class HistoryPage : public QWidget {
  Q_OBJECT

 public:
  explicit HistoryPage(QWidget* parent = nullptr);
  ~HistoryPage() override;

  // Whose past, and of which agent it is asked; empty: nobody's. What was shown of another goes.
  // The client outlives this, or another one is given.
  void watch(AgentClient& client, const std::string& target);
  // The agent answers, or not any more.
  void set_live(bool live);
  // What a finding rests on; marked until there is another.
  void mark_evidence(std::optional<EvidenceMark> evidence);
  // The time that ends now.
  void show_last(std::chrono::seconds length);
  // The finding's time is made to be seen.
  void show_evidence();

  void save_png(const QString& path);
  void save_csv(const QString& path);

  TimePlots& plots() { return *plots_; }
  const RowsModel& marks() const { return marks_; }
  QString sentence() const;

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  QHBoxLayout* build_head();
  void build_table();
  void check_length(int seconds);
  void want();
  void ask();
  void heard(Result<HistoryReport> report);
  void follow();
  bool has_enough() const;
  void show_marks();
  void fit_table();
  void say();
  static QString in_words(const std::vector<Saturated>& spans);
  void ask_for_file(const QString& title, const QString& ending,
                    void (HistoryPage::*save)(const QString&));
  void write(const QString& path, std::function<bool()> work);

  AgentClient* client_ = nullptr;
  TimePlots* plots_;
  RowsModel marks_;
  QTableView* table_;
  QLabel* sentence_;
  QButtonGroup* lengths_ = nullptr;
  QPushButton* png_ = nullptr;
  QPushButton* csv_ = nullptr;
  std::string target_;
  std::chrono::seconds length_{3600};
  bool follows_ = true;  // the end of what is shown is now
  bool live_ = false;
  int asked_ = 0;  // the number of the open question; 0: none
  int questions_ = 0;
  bool wanted_ = false;  // another time since it was asked
  std::optional<Instant> told_until_;
  QString trouble_;
  QString note_;  // of a file
  QTimer soon_;   // after the last of many wheels
  QTimer next_;   // while it follows
  QThreadPool pool_;
};

}  // namespace mpm::gui
