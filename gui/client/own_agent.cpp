// SPDX-License-Identifier: Apache-2.0
#include "gui/client/own_agent.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <chrono>
#include <utility>

#include <unistd.h>

#include "gui/words.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;

constexpr auto kReadyWithin = 10s;
constexpr auto kChangeWithin = 5min;
constexpr int kEndedWithin = 2'000;  // ms
constexpr int kChangeEndedWithin = 300'000;

QString program_of(const QString& named) {
  if (!named.isEmpty()) return named;
  const QString beside = QCoreApplication::applicationDirPath() + QStringLiteral("/mpm-agent");
  return QFileInfo(beside).isExecutable()
             ? beside
             : QStandardPaths::findExecutable(QStringLiteral("mpm-agent"));
}

// The path of a Unix socket has at most 107 characters.
QString private_directory_pattern() {
  const QString runtime = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
  const QString base = runtime.isEmpty() || runtime.size() > 80 ? QStringLiteral("/tmp") : runtime;
  return base + QStringLiteral("/mpm-dashboard-XXXXXX");
}

}  // namespace

OwnAgent::OwnAgent(OwnAgentOptions options, QObject* parent)
    : QObject(parent), options_(std::move(options)) {
  patience_.setSingleShot(true);
  connect(&patience_, &QTimer::timeout, this, [this] {
    give_up(
        tr("mpm-agent was started and was not ready in time; run it by hand with --ephemeral "
           "to see why."));
  });
}

OwnAgent::~OwnAgent() {
  end();
}

void OwnAgent::start() {
  if (process_ && ready_) Q_EMIT ready(directory_->filePath(QStringLiteral("agent.sock")));
  if (process_) return;
  const QString program = program_of(options_.program);
  if (program.isEmpty())
    return give_up(
        tr("There is no mpm-agent beside mpm-dashboard or in PATH to start; install it, "
           "or name the socket of a running one with --agent."));
  directory_ = std::make_unique<QTemporaryDir>(private_directory_pattern());
  if (!directory_->isValid())
    return give_up(tr("A private directory could not be made: %1").arg(directory_->errorString()));
  ready_ = false;
  process_ = std::make_unique<QProcess>();
  // A group of its own, so that Ctrl-C on a terminal reaches the dashboard alone.
  process_->setChildProcessModifier([] { ::setpgid(0, 0); });
  connect(process_.get(), &QProcess::readyReadStandardOutput, this, &OwnAgent::read);
  connect(process_.get(), &QProcess::readyReadStandardError, this, &OwnAgent::read_log);
  connect(process_.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart)
      give_up(tr("%1 could not be started: %2.").arg(process_->program(), process_->errorString()));
  });
  connect(process_.get(), &QProcess::finished, this, [this] {
    read_log();
    give_up(last_log_line_.isEmpty() ? tr("mpm-agent ended and gave no reason.")
                                     : tr("mpm-agent ended: %1").arg(last_log_line_));
  });
  QStringList arguments{QStringLiteral("--ephemeral"), QStringLiteral("--socket"),
                        directory_->filePath(QStringLiteral("agent.sock"))};
  if (!options_.state.isEmpty()) arguments << QStringLiteral("--state") << options_.state;
  patience_.start(kReadyWithin);
  process_->start(program, arguments);
}

void OwnAgent::read() {
  while (process_ && process_->canReadLine()) {
    const QString line = QString::fromUtf8(process_->readLine()).trimmed();
    if (line == u"ready" && !ready_) {
      ready_ = true;
      patience_.stop();
      Q_EMIT ready(directory_->filePath(QStringLiteral("agent.sock")));
    } else if (line.startsWith(u"note ")) {
      patience_.start(kChangeWithin);
      Q_EMIT noted(shown(line.mid(5).toStdString()));
    }
  }
}

void OwnAgent::read_log() {
  if (!process_) return;
  for (const QByteArray& line : process_->readAllStandardError().split('\n'))
    if (!line.trimmed().isEmpty()) last_log_line_ = shown(line.trimmed().left(500).toStdString());
}

void OwnAgent::give_up(const QString& sentence) {
  // Later: the process may be the one that is speaking.
  QMetaObject::invokeMethod(
      this,
      [this, sentence] {
        end();
        Q_EMIT failed(sentence);
      },
      Qt::QueuedConnection);
}

void OwnAgent::end() {
  patience_.stop();
  last_log_line_.clear();
  if (!process_) return;
  process_->disconnect(this);
  if (process_->state() != QProcess::NotRunning) {
    process_->closeWriteChannel();
    if (!process_->waitForFinished(busy_ ? kChangeEndedWithin : kEndedWithin)) {
      process_->terminate();
      if (!process_->waitForFinished(kEndedWithin)) process_->kill();
      process_->waitForFinished(kEndedWithin);
    }
  }
  process_.reset();
  directory_.reset();
}

}  // namespace mpm::gui
