// SPDX-License-Identifier: Apache-2.0
//
// mpm-dashboard: options, the window, and nothing else.
#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>
#include <QSettings>
#include <algorithm>
#include <cstdio>
#include <initializer_list>
#include <memory>

#include "gui/client/agent_places.h"
#include "gui/page/main_window.h"

namespace mpm::gui {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("main", text);
}

struct Options {
  const QCommandLineOption agent{QStringLiteral("agent"),
                                 tr("Ask the agent of this host, at this Unix socket."),
                                 QStringLiteral("SOCKET"), AgentPlace().address};
  const QCommandLineOption connect{
      QStringLiteral("connect"),
      tr("Ask the agent of another host, at https://HOST:PORT, or at a port or socket that ssh -L "
         "forwards; once for each of several."),
      QStringLiteral("[NAME=]ADDRESS")};
  const QCommandLineOption token_file{
      QStringLiteral("token-file"),
      tr("The file whose first line is the token for a port; one for each, in their order."),
      QStringLiteral("FILE")};
  const QCommandLineOption ca_file{
      QStringLiteral("ca-file"),
      tr("The authorities that vouch for https agents, in PEM, beside those of the system."),
      QStringLiteral("FILE")};
  const QCommandLineOption no_daemon{
      QStringLiteral("no-daemon"), tr("Start an agent of this window's own, also where one runs.")};
  const QCommandLineOption state{QStringLiteral("state"), tr("Where that agent keeps its changes."),
                                 QStringLiteral("DIRECTORY")};

  QList<QCommandLineOption> all() const {
    return {agent, connect, token_file, ca_file, no_daemon, state};
  }
};

// Those that are options, without what belongs to the one before: nothing is known yet of what Qt
// itself takes.
QStringList words_of(int argc, char** argv, const Options& options) {
  QStringList words;
  bool is_value = false;
  for (int at = 1; at < argc; ++at) {
    const QString word = QString::fromLocal8Bit(argv[at]);
    if (word == QLatin1String("--")) break;
    if (!is_value) words.append(word);
    const auto takes_it = [&](const QCommandLineOption& option) {
      return !option.valueName().isEmpty() &&
             word == QLatin1String("--") + option.names().constFirst();
    };
    is_value = !is_value && std::ranges::any_of(options.all(), takes_it);
  }
  return words;
}

bool has_word(const QStringList& words, std::initializer_list<QLatin1String> wanted) {
  return std::ranges::any_of(wanted, [&](QLatin1String word) { return words.contains(word); });
}

// These are words for a terminal and need no screen.
bool asks_for_words(const QStringList& words) {
  return has_word(words, {QLatin1String("-h"), QLatin1String("--help"), QLatin1String("--help-all"),
                          QLatin1String("-v"), QLatin1String("--version")});
}

// Whether Qt was told where windows go, by a desk or by who starts this. Without a screen Qt would
// end the program by abort().
bool has_screen(const QStringList& words) {
  const auto told = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"};
  return has_word(words, {QLatin1String("-platform"), QLatin1String("--platform")}) ||
         std::ranges::any_of(told,
                             [](const char* name) { return !qEnvironmentVariableIsEmpty(name); });
}

// Those that are named, or else those of the last time, or else the agent of this host.
Result<std::vector<AgentPlace>> places_to_ask(const QCommandLineParser& parser,
                                              const Options& options) {
  NamedAgents named;
  if (parser.isSet(options.agent)) named.here = parser.value(options.agent);
  named.elsewhere = parser.values(options.connect);
  named.token_files = parser.values(options.token_file);
  named.ca_file = parser.value(options.ca_file);
  auto places = places_of(named);
  if (!places) return places;
  QSettings settings;
  if (parser.isSet(options.no_daemon)) {
    if (!places->empty())
      return fail(Error::Kind::Usage,
                  "--no-daemon asks an agent of the window's own and no other; leave out --agent "
                  "and --connect, or leave out --no-daemon");
  } else if (places->empty()) {
    *places = remembered(settings);
  } else {
    remember(*places, settings);
  }
  if (places->empty()) places->emplace_back();
  return places;
}

}  // namespace
}  // namespace mpm::gui

int main(int argc, char** argv) {
  using namespace mpm::gui;
  const Options options;
  const QStringList words = words_of(argc, argv, options);
  std::unique_ptr<QCoreApplication> app;
  if (asks_for_words(words)) {
    app = std::make_unique<QCoreApplication>(argc, argv);
  } else if (has_screen(words)) {
    app = std::make_unique<QApplication>(argc, argv);
  } else {
    std::fputs(
        "mpm-dashboard: there is no screen here, for neither DISPLAY nor WAYLAND_DISPLAY is set; "
        "run "
        "it where one is and ask this host with --connect, or use mpmctl\n",
        stderr);
    return 1;
  }
  QCoreApplication::setApplicationName(QStringLiteral("mpm-dashboard"));
  QCoreApplication::setOrganizationName(QStringLiteral("mpmctl"));
  QCoreApplication::setApplicationVersion(QStringLiteral(MPM_VERSION));

  QCommandLineParser parser;
  parser.setApplicationDescription(
      tr("What the MPM of an Apache httpd is doing, what limits it, and what to do about it."));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addOptions(options.all());
  parser.process(*app);
  QApplication::setDesktopFileName(QStringLiteral("mpm-dashboard"));
  QApplication::setWindowIcon(QIcon::fromTheme(QStringLiteral("mpm-dashboard")));

  const auto places = places_to_ask(parser, options);
  if (!places) {
    std::fprintf(stderr, "mpm-dashboard: %s\n", places.error().what.c_str());
    return 1;
  }
  std::vector<FeedOptions> agents;
  for (const AgentPlace& place : *places) {
    FeedOptions& agent = agents.emplace_back();
    agent.place = place;
    agent.own_agent_only = parser.isSet(options.no_daemon);
    agent.own_agent.state = parser.value(options.state);
  }
  MainWindow window(agents);
  window.show();
  window.start();
  return QApplication::exec();
}
