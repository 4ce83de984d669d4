// SPDX-License-Identifier: Apache-2.0
//
// mpm-dashboard: options, the window, and nothing else.
#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>

#include "gui/page/main_window.h"

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  QApplication::setApplicationName(QStringLiteral("mpm-dashboard"));
  QApplication::setOrganizationName(QStringLiteral("mpmctl"));
  QApplication::setApplicationVersion(QStringLiteral(MPM_VERSION));
  QApplication::setDesktopFileName(QStringLiteral("mpm-dashboard"));
  QApplication::setWindowIcon(QIcon::fromTheme(QStringLiteral("mpm-dashboard")));

  mpm::gui::FeedOptions options;
  QCommandLineParser parser;
  parser.setApplicationDescription(QCoreApplication::translate(
      "main",
      "What the MPM of an Apache httpd is doing, what limits it, and what to do about it."));
  parser.addHelpOption();
  parser.addVersionOption();
  const QCommandLineOption agent(
      QStringLiteral("agent"),
      QCoreApplication::translate("main", "The Unix socket of the agent to ask."),
      QStringLiteral("SOCKET"), options.socket);
  const QCommandLineOption no_daemon(
      QStringLiteral("no-daemon"),
      QCoreApplication::translate("main",
                                  "Start an agent of this window's own, also where one runs."));
  const QCommandLineOption state(
      QStringLiteral("state"),
      QCoreApplication::translate("main", "Where that agent keeps its changes."),
      QStringLiteral("DIRECTORY"));
  parser.addOptions({agent, no_daemon, state});
  parser.process(app);

  options.socket = parser.value(agent);
  options.own_agent_only = parser.isSet(no_daemon);
  options.own_agent.state = parser.value(state);
  mpm::gui::MainWindow window(options);
  window.show();
  window.start();
  return QApplication::exec();
}
