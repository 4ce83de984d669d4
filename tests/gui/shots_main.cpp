// SPDX-License-Identifier: Apache-2.0
//
// Takes the pictures of the dashboard that are kept in deploy/screenshots: every page, in two
// sizes, light and dark, of a server that it starts and asks for more than it has workers for, and
// that an agent of its own has watched so long:
//   dashboard_shots DIRECTORY httpd|mpm-httpd SECONDS
// Nothing in them is made up. The kernel's counters are of a network namespace and the servers of a
// pid namespace: `unshare -npf --mount-proc` keeps out of the pictures what else runs.
#include <QApplication>
#include <QHash>
#include <QStyle>
#include <QStyleFactory>
#include <QTabWidget>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>

#include "cli/load.h"
#include "gui/page/advice_page.h"
#include "gui/page/change_page.h"
#include "gui/page/history_page.h"
#include "gui/page/main_window.h"
#include "gui/page/overview_page.h"
#include "gui/page/what_if_page.h"
#include "gui/plot/scoreboard_grid.h"
#include "gui/theme.h"
#include "tests/gui/window.h"
#include "tests/support/private_httpd.h"
#include "tests/support/temp_dir.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;

bool show_server(MainWindow& window, const std::string& pid) {
  return test::turn_until([&] {
    if (!test::choose(window, pid)) return false;
    return std::to_string(window.overview().grid().board().pid) == pid;
  });
}

// A fifth of the bytes: with 256 colours, of each shade the one that there is most of, so that what
// is small and green stays green.
QImage small(const QImage& image) {
  constexpr QRgb kShade = 0xfff0f0f0;
  QHash<QRgb, int> count;
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x)
      ++count[image.pixel(x, y)];
  QHash<QRgb, QRgb> of_shade;
  QHash<QRgb, int> shades;
  for (auto each = count.cbegin(); each != count.cend(); ++each) {
    const QRgb shade = each.key() & kShade;
    shades[shade] += each.value();
    if (each.value() > count.value(of_shade.value(shade), 0)) of_shade[shade] = each.key();
  }
  QList<QRgb> most = shades.keys();
  std::ranges::sort(most, std::greater<>(), [&](QRgb shade) { return shades[shade]; });
  most.resize(std::min<qsizetype>(256, most.size()));
  for (QRgb& colour : most)
    colour = of_shade[colour];
  return image.convertToFormat(QImage::Format_Indexed8, most, Qt::ThresholdDither);
}

void take_all(MainWindow& window, const QString& prefix) {
  const QPalette light = QApplication::style()->standardPalette();
  for (const bool dark : {false, true}) {
    QApplication::setPalette(dark ? dark_palette() : light);
    for (const QSize size : {QSize(1280, 800), QSize(2560, 1440)}) {
      window.resize(size);
      for (int page = 0; page < window.pages().count(); ++page) {
        window.pages().setCurrentIndex(page);
        test::turn_until([&] {
          return window.pages().currentWidget() != &window.history() ||
                 window.history().plots().report().has_value();
        });
        QTest::qWait(300);
        const QString name =
            QStringLiteral("%1-%2-%3-%4.png")
                .arg(prefix,
                     window.pages().tabText(page).remove(u'&').replace(u' ', u'-').toLower(),
                     QString::number(size.width()),
                     dark ? QStringLiteral("dark") : QStringLiteral("light"));
        small(window.grab().toImage()).save(name, "PNG", 0);
      }
    }
  }
}

// 64 workers at 2 s a request: 32 requests a second.
HttpdOptions server_of(bool builtin) {
  HttpdOptions options = builtin ? builtin_httpd(Mpm::Event) : HttpdOptions{};
  options.directives =
      "ServerLimit 16\nThreadsPerChild 16\nStartServers 2\nMinSpareThreads 16\n"
      "MaxSpareThreads 128\nMaxRequestWorkers 64\n";
  return options;
}

// A third of the time it has enough of them, then not any more.
constexpr double kCalm = 18;
constexpr double kTooMuch = 35;

void look_at_a_worker(MainWindow& window) {
  QTest::keyClick(&window.overview().grid(), Qt::Key_Right);
  test::turn_until([&] { return window.overview().grid().sentence().contains(u"GET "); }, 5s);
}

void try_the_advice(MainWindow& window) {
  window.pages().setCurrentWidget(&window.what_if());
  test::turn_until([&] { return !window.what_if().trials().empty(); });
  if (test::press(window.what_if(), QStringLiteral("As advised")))
    test::turn_until([&] { return window.what_if().sentence().contains(u"would wait"); });
}

int run(const QString& directory, const QString& server, std::chrono::seconds span) {
  const bool builtin = server == u"mpm-httpd";
  const PrivateHttpd httpd(server_of(builtin));
  const std::string path = builtin ? "/work?sleep=2s" : "/lab?sleep=2000";
  const TempDir state;
  MainWindow window({test::own_agent_feed(QStringLiteral(MPM_AGENT), state / "state")});
  window.show();
  window.start();
  if (!show_server(window, std::to_string(httpd.pid()))) {
    std::fprintf(stderr, "%s\n", window.link_sentence().toUtf8().constData());
    return 1;
  }
  Load calm({.port = httpd.port(), .path = path, .per_second = kCalm, .span = span / 3});
  QTest::qWait(static_cast<int>(std::chrono::milliseconds(span / 3).count()));
  calm.stop();
  Load much({.port = httpd.port(),
             .path = path,
             .per_second = kTooMuch,
             .span = 2 * span + 120s,
             .patience = 60s});
  QTest::qWait(static_cast<int>(std::chrono::milliseconds(span * 2 / 3).count()));
  try_the_advice(window);
  window.pages().setCurrentWidget(&window.advice());
  if (test::press(window.advice(), QStringLiteral("Review the change")))
    test::turn_until([&] { return test::button(window, QStringLiteral("Make")) != nullptr; });
  // The plots show what there is of the past, and not the hour in which it lies.
  window.history().show_last(span + span / 10);
  look_at_a_worker(window);
  take_all(window, directory + u'/' + server);
  return 0;
}

}  // namespace
}  // namespace mpm::gui

int main(int argc, char** argv) {
  const mpm::TempDir settings;
  qputenv("QT_QPA_PLATFORM", "offscreen");
  qputenv("XDG_CONFIG_HOME", QByteArray::fromStdString(settings.path()));
  const QApplication app(argc, argv);
  QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  const QStringList words = QApplication::arguments();
  const int seconds = words.value(3).toInt();
  if (words.size() != 4 || seconds <= 0) {
    std::fputs("usage: dashboard_shots DIRECTORY httpd|mpm-httpd SECONDS\n", stderr);
    return 2;
  }
  return mpm::gui::run(words[1], words[2], std::chrono::seconds(seconds));
}
