// SPDX-License-Identifier: Apache-2.0
//
// Several agents in one window: each with its own connection, named and remembered, over TLS where
// that is needed, and none held up by another.
#include <QProcess>
#include <QSettings>
#include <QTreeView>
#include <chrono>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gui/client/agent_places.h"
#include "gui/page/history_page.h"
#include "gui/page/main_window.h"
#include "gui/page/overview_page.h"
#include "gui/plot/scoreboard_grid.h"
#include "schema/codec/json.h"
#include "tests/gui/fake_agent.h"
#include "tests/gui/window.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;
using test::choose;
using test::FakeAgent;
using test::Manner;
using test::turn_until;
using testing::HasSubstr;

FeedOptions options_of(const QString& address, const char* name) {
  FeedOptions options = test::impatient_feed(address);
  options.place.name = QString::fromLatin1(name);
  options.place.elsewhere = true;
  return options;
}

// Two agents, each with a server of its own: 11642 and 22.
class TwoAgents : public testing::Test {
 protected:
  void SetUp() override {
    auto report = *from_json<StatusReport>(test::example("status"));
    report.targets[0].pid = 22;
    report.targets[0].health = Health::Well;
    second.answer("/v1/status", to_json(report));
    auto board = *from_json<ScoreboardView>(test::example("scoreboard"));
    board.pid = 22;
    second.answer("/v1/scoreboard", to_json(board));
    window.show();
    window.start();
    ASSERT_TRUE(turn_until([this] { return has("11642", 0) && has("22", 1); }));
  }
  bool has(const std::string& key, int agent) {
    return window.servers().index_of(agent, key).isValid();
  }
  bool comes_to_say_of(int agent, const QString& text) {
    return turn_until([&] {
      return window.servers()
          .index_of(agent)
          .data(ServersModel::kSentence)
          .toString()
          .contains(text);
    });
  }
  bool shows(std::int32_t pid) {
    return turn_until([&] { return window.overview().grid().board().pid == pid; });
  }

  FakeAgent first;
  FakeAgent second;
  MainWindow window{{options_of(first.socket(), "web1"), options_of(second.socket(), "web2")}};
};

TEST_F(TwoAgents, AreHeadingsOfTheirServersAndEachIsShownFromItsOwn) {
  EXPECT_EQ(window.servers().index_of(1).data().toString(), QStringLiteral("web2"));
  ASSERT_TRUE(choose(window, "11642", 0));
  ASSERT_TRUE(shows(11642));
  const std::size_t asked = second.questions("/v1/scoreboard").size();
  ASSERT_TRUE(choose(window, "22", 1));
  ASSERT_TRUE(shows(22));
  EXPECT_GT(second.questions("/v1/scoreboard").size(), asked);
  EXPECT_TRUE(window.link_sentence().contains(second.socket()));
  EXPECT_THAT(second.questions("/v1/scoreboard").back(), HasSubstr("target=22"));
  // Of a server that nobody looks at nobody is asked.
  turn_until([&] { return second.questions("/v1/scoreboard").size() > asked + 5; });
  const std::size_t unasked = first.questions("/v1/scoreboard").size();
  turn_until([&] { return second.questions("/v1/scoreboard").size() > asked + 10; });
  EXPECT_EQ(first.questions("/v1/scoreboard").size(), unasked);
}

TEST_F(TwoAgents, OneThatHangsOrAnswersRubbishHoldsTheOtherNotUp) {
  ASSERT_TRUE(choose(window, "22", 1));
  ASSERT_TRUE(shows(22));
  for (const Manner manner : {Manner::Silent, Manner::Rubbish, Manner::HangsUp}) {
    first.behave(manner);
    EXPECT_TRUE(comes_to_say_of(0, QStringLiteral("Stale since ")));
    const std::size_t asked = second.questions("/v1/scoreboard").size();
    EXPECT_TRUE(
        turn_until([&] { return second.questions("/v1/scoreboard").size() > asked + 3; }, 1s));
    EXPECT_TRUE(window.link_sentence().startsWith(u"Live"));
    EXPECT_TRUE(window.overview().isEnabled());
    // What it said last is still there.
    EXPECT_TRUE(has("11642", 0));
    first.behave(Manner::Well);
    EXPECT_TRUE(comes_to_say_of(0, QStringLiteral("Live")));
  }
  first.behave(Manner::NewerVersion);
  EXPECT_TRUE(comes_to_say_of(0, QStringLiteral("another version")));
}

TEST_F(TwoAgents, OneThatIsChosenSaysItsSentenceInsteadOfPages) {
  first.die();
  EXPECT_TRUE(comes_to_say_of(0, QStringLiteral("No agent answers at")));
  window.findChild<QTreeView*>()->setCurrentIndex(window.servers().index_of(0));
  EXPECT_TRUE(window.empty_sentence().contains(u"No agent answers at"));
  EXPECT_EQ(window.empty_sentence(), window.link_sentence());
  ASSERT_TRUE(choose(window, "22", 1));
  EXPECT_TRUE(window.empty_sentence().isEmpty());
}

TEST_F(TwoAgents, AServerThatGoesLeavesTheWindowWithItsAgent) {
  ASSERT_TRUE(choose(window, "22", 1));
  second.answer("/v1/status", to_json(StatusReport{}));
  EXPECT_TRUE(
      turn_until([&] { return window.empty_sentence().startsWith(u"No httpd runs there"); }));
}

TEST_F(TwoAgents, ShowThePastOverTheSameTime) {
  ASSERT_TRUE(choose(window, "11642", 0));
  window.pages().setCurrentWidget(&window.history());
  window.history().show_last(6h);
  ASSERT_TRUE(turn_until([&] { return window.history().plots().report().has_value(); }));
  ASSERT_TRUE(choose(window, "22", 1));
  ASSERT_TRUE(turn_until([&] { return window.history().plots().report().has_value(); }));
  EXPECT_EQ(window.history().plots().span().seconds(), 6 * 3600);
  EXPECT_THAT(second.questions("/v1/history", "saturated_seconds").back(), HasSubstr("target=22"));
}

TEST(OneAgent, NeedsNoHeading) {
  const FakeAgent agent;
  MainWindow window({options_of(agent.socket(), "web1")});
  window.show();
  window.start();
  ASSERT_TRUE(turn_until([&] { return window.overview().grid().board().pid != 0; }));
  const auto* list = window.findChild<QTreeView*>();
  EXPECT_EQ(list->rootIndex(), window.servers().index_of(0));
  EXPECT_EQ(list->indexAt(QPoint(20, 5)), window.servers().index_of(0, "11642"));
}

// A certificate of 127.0.0.1 that vouches for itself.
class AgentOverTls : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(QProcess::execute(
                  QStringLiteral("openssl"),
                  QStringLiteral("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                                 "-subj /CN=web -addext subjectAltName=IP:127.0.0.1 -days 2 -out")
                          .split(u' ') +
                      QStringList{pem, QStringLiteral("-keyout"), key}),
              0);
    options = options_of(agent.listen_on_tls(pem, key), "web1");
  }

  TempDir dir;
  QString pem = QString::fromStdString(dir / "web.pem");
  QString key = QString::fromStdString(dir / "web.key");
  FakeAgent agent;
  FeedOptions options;
};

TEST_F(AgentOverTls, IsAskedWhenAnAuthorityVouchesForIt) {
  options.place.ca_file = pem;
  MainWindow window({options});
  window.show();
  window.start();
  EXPECT_TRUE(turn_until([&] { return window.overview().grid().board().pid != 0; }))
      << window.link_sentence().toStdString();
}

TEST_F(AgentOverTls, IsToldNothingWhenNobodyVouchesForIt) {
  MainWindow window({options});
  window.show();
  window.start();
  EXPECT_TRUE(turn_until([&] { return window.link_sentence().startsWith(u"Refused: "); }));
  EXPECT_TRUE(window.link_sentence().contains(u"is not trusted"))
      << window.link_sentence().toStdString();
  EXPECT_EQ(agent.asked(), 0);
}

TEST_F(AgentOverTls, SaysWhatIsWrongWithTheFileOfAuthorities) {
  options.place.ca_file = key;
  MainWindow window({options});
  window.start();
  EXPECT_TRUE(turn_until([&] { return window.link_sentence().contains(u"no certificate in PEM"); }))
      << window.link_sentence().toStdString();
}

TEST(AgentPlaces, AreReadFromTheCommandLine) {
  const auto places = places_of(
      {.here = QStringLiteral("/run/a.sock"),
       .elsewhere = {QStringLiteral("web1=http://127.0.0.1:1"), QStringLiteral("/tmp/web2=.sock"),
                     QStringLiteral("https://web3:9117")},
       .token_files = {QStringLiteral("/1"), QStringLiteral("/3")},
       .ca_file = QStringLiteral("/ca")});
  ASSERT_TRUE(places);
  ASSERT_EQ(places->size(), 4U);
  EXPECT_FALSE((*places)[0].elsewhere);
  EXPECT_EQ((*places)[1], (AgentPlace{QStringLiteral("web1"), QStringLiteral("http://127.0.0.1:1"),
                                      QStringLiteral("/1"), QString(), true}));
  EXPECT_EQ((*places)[2].address, QStringLiteral("/tmp/web2=.sock"));
  EXPECT_EQ((*places)[3], (AgentPlace{QString(), QStringLiteral("https://web3:9117"),
                                      QStringLiteral("/3"), QStringLiteral("/ca"), true}));
  EXPECT_EQ(name_of((*places)[3]), QStringLiteral("web3:9117"));
}

TEST(AgentPlaces, AreRefusedInASentence) {
  const auto why = [](const NamedAgents& named) {
    const auto places = places_of(named);
    return places ? std::string() : places.error().what;
  };
  const QString port = QStringLiteral("http://127.0.0.1:1");
  const QString file = QStringLiteral("/t");
  EXPECT_THAT(why({.here = port, .elsewhere = {}, .token_files = {}, .ca_file = {}}),
              HasSubstr("give it to --connect"));
  EXPECT_THAT(why({.here = {}, .elsewhere = {port, port}, .token_files = {}, .ca_file = {}}),
              HasSubstr("named twice"));
  EXPECT_THAT(why({.here = {}, .elsewhere = {port}, .token_files = {file, file}, .ca_file = {}}),
              HasSubstr("1 ports to connect to and 2 token files"));
  EXPECT_THAT(why({.here = {},
                   .elsewhere = {QStringLiteral("web1=http://web1:1")},
                   .token_files = {},
                   .ca_file = {}}),
              HasSubstr("in the clear"));
}

TEST(AgentPlaces, AreRememberedWithoutTheirTokens) {
  const TempDir dir;
  std::ofstream(dir / "token") << "s3cret\n";
  const QString path = QString::fromStdString(dir / "settings");
  const std::vector<AgentPlace> places{
      {},
      {QStringLiteral("web1"), QStringLiteral("http://127.0.0.1:1"),
       QString::fromStdString(dir / "token"), QString(), true}};
  {
    QSettings settings(path, QSettings::IniFormat);
    remember(places, settings);
  }
  QSettings settings(path, QSettings::IniFormat);
  EXPECT_EQ(remembered(settings), places);
  remember({places[0]}, settings);
  EXPECT_EQ(remembered(settings), std::vector{places[0]});
  // What would send a token in the clear is not asked because a file says so.
  remember({{QString(), QStringLiteral("http://web1:1"), QString(), QString(), true}}, settings);
  EXPECT_TRUE(remembered(settings).empty());
  settings.sync();
  std::ifstream file(path.toStdString());
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text.find("s3cret"), std::string::npos);
}

}  // namespace
}  // namespace mpm::gui
