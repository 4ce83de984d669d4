// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/window.h"

#include <QLabel>
#include <QTreeView>

namespace mpm::test {

using namespace std::chrono_literals;

bool press(QWidget& below, const QString& text) {
  QPushButton* found = nullptr;
  const bool there = turn_until(
      [&] {
        found = button(below, text);
        return found != nullptr && found->isEnabled();
      },
      30s);
  if (there) found->click();
  return there;
}

bool choose(gui::MainWindow& window, const std::string& key, int agent) {
  const QModelIndex index = window.servers().index_of(agent, key);
  if (index.isValid()) window.findChild<QTreeView*>()->setCurrentIndex(index);
  return index.isValid();
}

gui::FeedOptions quick_feed(const QString& socket) {
  gui::FeedOptions options;
  options.place.address = socket;
  options.may_start_agent = false;
  options.status_every = 20ms;
  options.scoreboard_every = 20ms;
  options.proposal_every = 50ms;
  options.retry_first = 20ms;
  options.retry_most = 100ms;
  return options;
}

gui::FeedOptions impatient_feed(const QString& socket) {
  gui::FeedOptions options = quick_feed(socket);
  options.stale_after = 300ms;
  options.limit = 1000ms;
  options.retry_most = 50ms;
  return options;
}

gui::FeedOptions own_agent_feed(const QString& program, const std::string& state) {
  gui::FeedOptions options;
  options.own_agent_only = true;
  options.own_agent.program = program;
  options.own_agent.state = QString::fromStdString(state);
  return options;
}

bool says(QWidget& below, const QString& text) {
  for (const QLabel* label : below.findChildren<QLabel*>())
    if (label->isVisible() && label->text().contains(text)) return true;
  return false;
}

}  // namespace mpm::test
