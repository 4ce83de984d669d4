// SPDX-License-Identifier: Apache-2.0
//
// An agent for as long as the dashboard runs, where no other answers: `mpm-agent --ephemeral` on a
// socket in a private directory. Its life hangs on its standard input: it ends at end of file, so
// it ends with the dashboard however that ends. It prints "ready" when it listens, and before that
// lines of "note " and a sentence when it is at something that takes a while.
#pragma once

#include <QObject>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>
#include <QTimer>
#include <memory>

#include "schema/model/result.h"

namespace mpm::gui {

struct OwnAgentOptions {
  QString program;  // empty: mpm-agent beside this program, or in PATH
  QString state;    // its --state; empty: its own choice
};

class OwnAgent : public QObject {
  Q_OBJECT

 public:
  explicit OwnAgent(OwnAgentOptions options, QObject* parent = nullptr);
  // Ends it and waits for that: 2 s, or as long as a change takes when it is in one.
  ~OwnAgent() override;

  bool runs() const { return process_ != nullptr; }
  qint64 pid() const { return process_ ? process_->processId() : 0; }
  // Told by ready() or failed(); by ready() again when it runs already.
  void start();
  void end();
  // It leads a change, which must not be cut off.
  void set_busy(bool busy) { busy_ = busy; }

 Q_SIGNALS:
  void ready(const QString& socket);
  void noted(const QString& sentence);
  // It could not be started, or ended, now or later.
  void failed(const QString& sentence);

 private:
  void read();
  void read_log();
  void give_up(const QString& sentence);

  OwnAgentOptions options_;
  std::unique_ptr<QTemporaryDir> directory_;
  std::unique_ptr<QProcess> process_;
  QTimer patience_;
  QString last_log_line_;
  bool ready_ = false;
  bool busy_ = false;
};

}  // namespace mpm::gui
