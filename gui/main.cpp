// SPDX-License-Identifier: Apache-2.0
//
// mpm-dashboard: options, the window, and nothing else.
#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>
#include <cstdio>

#include "gui/client/agent_place.h"
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
  const QCommandLineOption connect(
      QStringLiteral("connect"),
      QCoreApplication::translate("main",
                                  "Ask the agent at this port: an ssh -L to another host's."),
      QStringLiteral("http://HOST:PORT"));
  const QCommandLineOption token_file(
      QStringLiteral("token-file"),
      QCoreApplication::translate("main", "The file whose first line is the token for that port."),
      QStringLiteral("FILE"));
  parser.addOptions({agent, connect, token_file, no_daemon, state});
  parser.process(app);

  options.socket = parser.value(agent);
  options.token_file = parser.value(token_file);
  if (parser.isSet(connect)) options.socket = parser.value(connect);
  if (const auto place = mpm::gui::checked_place(options.socket); !place) {
    std::fprintf(stderr, "mpm-dashboard: %s\n", place.error().what.c_str());
    return 1;
  }
  options.own_agent_only = parser.isSet(no_daemon);
  options.own_agent.state = parser.value(state);
  mpm::gui::MainWindow window(options);
  window.show();
  window.start();
  return QApplication::exec();
}
