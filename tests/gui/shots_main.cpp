// SPDX-License-Identifier: Apache-2.0
//
// Takes the pictures of the dashboard that are kept in deploy/screenshots: every page, in two
// sizes, light and dark, of one server as it is now, by an agent of its own.
//   dashboard_shots DIRECTORY NAME PID AGENT
// A server that was started for a picture has no past: of that one is made up, a day that ends
// saturated and a change that mended it once.
//   dashboard_shots DIRECTORY NAME
#include <QApplication>
#include <QHash>
#include <QStyle>
#include <QStyleFactory>
#include <QTabWidget>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>

#include "gui/page/change_page.h"
#include "gui/page/history_page.h"
#include "gui/page/main_window.h"
#include "gui/page/overview_page.h"
#include "gui/plot/scoreboard_grid.h"
#include "gui/theme.h"
#include "schema/codec/json.h"
#include "tests/gui/fake_agent.h"
#include "tests/gui/past.h"
#include "tests/gui/window.h"
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
        QTest::qWait(300);
        const QString name = QStringLiteral("%1-%2-%3-%4.png")
                                 .arg(prefix, window.pages().tabText(page).remove(u'&').toLower(),
                                      QString::number(size.width()),
                                      dark ? QStringLiteral("dark") : QStringLiteral("light"));
        small(window.grab().toImage()).save(name, "PNG", 0);
      }
    }
  }
}

int run_past(const QStringList& words) {
  test::FakeAgent agent;
  const Instant end = present();
  agent.answer("/v1/history", to_json(test::past({end - 24h, end}, 1200)));
  MainWindow window({test::quick_feed(agent.socket())});
  while (window.pages().count() > 1)
    window.pages().removeTab(window.pages().widget(0) == &window.history() ? 1 : 0);
  window.show();
  window.start();
  window.history().show_last(24h);
  if (!test::turn_until([&] { return window.history().plots().report().has_value(); })) return 1;
  window.history().plots().set_cursor(end - 9h);
  take_all(window, words[1] + u'/' + words[2]);
  return 0;
}

int run(const QStringList& words) {
  const TempDir state;
  MainWindow window({test::own_agent_feed(words[4], state / "state")});
  window.show();
  window.start();
  if (!show_server(window, words[3].toStdString())) {
    std::fprintf(stderr, "%s\n", window.link_sentence().toUtf8().constData());
    return 1;
  }
  // Until there is advice, or it is clear that there is none to follow.
  test::turn_until([&] { return test::button(window, QStringLiteral("Review")) != nullptr; }, 40s);
  if (QPushButton* review = test::button(window, QStringLiteral("Review"))) {
    review->click();
    test::turn_until([&] { return test::button(window, QStringLiteral("Make")) != nullptr; });
  }
  take_all(window, words[1] + u'/' + words[2]);
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
  if (words.size() == 3) return mpm::gui::run_past(words);
  if (words.size() != 5) {
    std::fputs("usage: dashboard_shots DIRECTORY NAME PID AGENT\n", stderr);
    return 2;
  }
  return mpm::gui::run(words);
}
