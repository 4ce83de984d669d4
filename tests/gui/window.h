// SPDX-License-Identifier: Apache-2.0
//
// The dashboard as a test looks at it and presses its buttons.
#pragma once

#include <QElapsedTimer>
#include <QPushButton>
#include <QTest>
#include <QTimer>
#include <QWidget>
#include <chrono>
#include <functional>
#include <string>

#include "gui/client/live_feed.h"
#include "gui/page/main_window.h"

namespace mpm::test {

// Turns the events until the condition is true; false when the deadline passes first.
inline bool turn_until(const std::function<bool()>& condition,
                       std::chrono::milliseconds deadline = std::chrono::seconds(20)) {
  return QTest::qWaitFor(condition, static_cast<int>(deadline.count()));
}

// The button of that text that can be seen below; nullptr: there is none.
inline QPushButton* button(QWidget& below, const QString& text) {
  for (QPushButton* each : below.findChildren<QPushButton*>())
    if (each->isVisible() && each->text().remove(u'&').startsWith(text)) return each;
  return nullptr;
}

// Presses it when it is there and can be pressed; false when that takes too long.
bool press(QWidget& below, const QString& text);

// Shows the server of that key (target_key); false: it is not among that agent's. Others may run as
// well.
bool choose(gui::MainWindow& window, const std::string& key, int agent = 0);

// Of an agent that answers at once: asked again as soon as a test can wait for it.
gui::FeedOptions quick_feed(const QString& socket);
// The same, which loses patience with an agent as fast.
gui::FeedOptions impatient_feed(const QString& socket);
// Of an agent of the window's own, which keeps its state there.
gui::FeedOptions own_agent_feed(const QString& program, const std::string& state);

// Whether a text can be seen on some label below.
bool says(QWidget& below, const QString& text);

// How long the window did not turn its events at most, while this lives.
class Pulse {
 public:
  Pulse() {
    clock_.start();
    timer_.start(5);
    QObject::connect(&timer_, &QTimer::timeout, &timer_, [this] { beat(); });
  }
  std::chrono::milliseconds longest_pause() const { return std::chrono::milliseconds(longest_); }

 private:
  void beat() {
    longest_ = std::max(longest_, clock_.elapsed());
    clock_.restart();
  }

  QElapsedTimer clock_;
  QTimer timer_;
  qint64 longest_ = 0;
};

}  // namespace mpm::test
