// SPDX-License-Identifier: Apache-2.0
//
// Agents that go wrong: the window does not crash, does not freeze, and says the truth.
#include <chrono>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gui/client/agent_place.h"
#include "gui/page/main_window.h"
#include "gui/page/overview_page.h"
#include "gui/plot/scoreboard_grid.h"
#include "schema/codec/json.h"
#include "tests/gui/fake_agent.h"
#include "tests/gui/window.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;
using test::FakeAgent;
using test::Manner;
using test::Pulse;
using test::turn_until;
using testing::HasSubstr;

FeedOptions options_of(const FakeAgent& agent) {
  return test::impatient_feed(agent.socket());
}

class Faults : public testing::Test {
 protected:
  void SetUp() override {
    window.show();
    window.start();
    ASSERT_TRUE(turn_until([this] { return window.overview().grid().board().pid != 0; }));
  }
  bool comes_to_say(const QString& text) {
    return turn_until([&] { return window.link_sentence().contains(text); });
  }

  FakeAgent agent;
  MainWindow window{{options_of(agent)}};
  Pulse pulse;
};

TEST_F(Faults, AnAgentThatDiesLeavesWhatItSaidWithItsAgeAndIsFoundAgain) {
  agent.die();
  EXPECT_TRUE(comes_to_say(QStringLiteral("No agent answers at")));
  EXPECT_TRUE(window.link_sentence().startsWith(u"Stale since "));
  EXPECT_NE(window.overview().grid().board().pid, 0);
  EXPECT_FALSE(window.overview().isEnabled());
  agent.listen();
  EXPECT_TRUE(comes_to_say(QStringLiteral("Live")));
  EXPECT_TRUE(window.overview().isEnabled());
}

TEST_F(Faults, AnAgentThatSaysNothingMakesItStale) {
  agent.behave(Manner::Silent);
  EXPECT_TRUE(comes_to_say(QStringLiteral("Stale since ")));
  EXPECT_TRUE(comes_to_say(QStringLiteral("no answer within")));
  agent.behave(Manner::Well);
  EXPECT_TRUE(comes_to_say(QStringLiteral("Live")));
}

TEST_F(Faults, ASlowAgentFreezesNothing) {
  agent.set_delay(600ms);
  EXPECT_TRUE(comes_to_say(QStringLiteral("Stale since ")));
  EXPECT_TRUE(comes_to_say(QStringLiteral("Live")));
  EXPECT_LT(pulse.longest_pause(), 500ms);
}

TEST_F(Faults, RubbishIsNamedForWhatItIs) {
  agent.behave(Manner::Rubbish);
  EXPECT_TRUE(comes_to_say(QStringLiteral("speaks no HTTP")));
  agent.behave(Manner::Half);
  EXPECT_TRUE(comes_to_say(QStringLiteral("middle of an answer")));
  agent.behave(Manner::HangsUp);
  EXPECT_TRUE(comes_to_say(QStringLiteral("middle of an answer")));
  agent.behave(Manner::Well);
  EXPECT_TRUE(comes_to_say(QStringLiteral("Live")));
}

TEST_F(Faults, AnAgentOfAnotherVersionIsSaidToBeOne) {
  agent.behave(Manner::NewerVersion);
  EXPECT_TRUE(comes_to_say(QStringLiteral("another version")));
  EXPECT_NE(window.overview().grid().board().pid, 0);
}

TEST_F(Faults, TenThousandWorkersFreezeNothing) {
  ScoreboardView board;
  board.pid = 1;
  for (int p = 0; p < 10'240; ++p)
    board.processes.push_back({.slot = p,
                               .pid = 1000 + p,
                               .generation = 0,
                               .quiescing = false,
                               .not_accepting = false,
                               .states = p % 3 == 0 ? "W" : "_"});
  agent.answer("/v1/scoreboard", to_json(board));
  EXPECT_TRUE(
      turn_until([&] { return window.overview().grid().board().processes.size() == 10'240; }));
  EXPECT_TRUE(comes_to_say(QStringLiteral("Live")));
}

TEST_F(Faults, LettersAndNamesOfAnotherWorldAreShownHarmlessly) {
  auto status = *from_json<StatusReport>(test::example("status"));
  status.targets[0].verdict = "<img src=x><b>bold\x1b[0m";
  status.targets[0].version = std::string(5000, '<');
  agent.answer("/v1/status", to_json(status));
  auto board = *from_json<ScoreboardView>(test::example("scoreboard"));
  board.processes[0].states = "W?\x01Z";
  board.processes[1].states = "";
  agent.answer("/v1/scoreboard", to_json(board));
  EXPECT_TRUE(turn_until([&] {
    return test::says(window, QStringLiteral("<img src=x><b>bold [0m")) &&
           window.overview().grid().board().processes[1].states.empty();
  }));
  window.grab();
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

TEST(AgentElsewhere, IsAskedWithItsTokenAndChangesNothingFromHere) {
  FakeAgent agent;
  const TempDir dir;
  write(dir / "token", "s3cret\n");
  FeedOptions options = options_of(agent);
  options.place.address = agent.listen_on_port("s3cret");
  options.place.elsewhere = true;
  options.place.token_file = QString::fromStdString(dir / "token");
  options.may_start_agent = true;
  MainWindow window({options});
  window.show();
  window.start();
  ASSERT_TRUE(turn_until([&] { return window.overview().grid().board().pid != 0; }));
  EXPECT_TRUE(window.link_sentence().contains(options.place.address));
  QString why;
  QObject::connect(&window.feed(), &LiveFeed::hands_changed,
                   [&](bool ready, const QString& told) { why = ready ? QString() : told; });
  window.feed().want_hands();
  EXPECT_THAT(why.toStdString(), HasSubstr("run mpmctl apply there"));
  EXPECT_FALSE(window.feed().own_agent().runs());
}

TEST(AgentElsewhere, RefusesWhatHasNotItsTokenAndIsFoundWhenItHas) {
  FakeAgent agent;
  const TempDir dir;
  FeedOptions options = options_of(agent);
  options.place.address = agent.listen_on_port("s3cret");
  options.place.elsewhere = true;
  options.place.token_file = QString::fromStdString(dir / "token");
  MainWindow window({options});
  window.show();
  window.start();
  EXPECT_TRUE(turn_until([&] { return window.link_sentence().contains(u"cannot be read"); }));
  write(dir / "token", "wrong");
  EXPECT_TRUE(turn_until([&] { return window.link_sentence().contains(u"give a token"); }));
  EXPECT_EQ(agent.asked(), 0);
  write(dir / "token", "s3cret");
  EXPECT_TRUE(turn_until([&] { return window.link_sentence().startsWith(u"Live"); }));
}

TEST(AgentPlace, SendsATokenToNoOtherHostInTheClear) {
  EXPECT_TRUE(checked_address(QStringLiteral("/run/mpm-agent/agent.sock")));
  for (const char* good :
       {"http://127.0.0.1:9117", "http://[::1]:9117", "http://localhost:1/", "https://web1:9117"})
    EXPECT_TRUE(checked_address(QString::fromLatin1(good))) << good;
  for (const char* bad :
       {"http://web1:9117", "https://web1", "ftp://127.0.0.1:1", "http://127.0.0.1",
        "http://a@127.0.0.1:1", "http://127.0.0.1:1/x", "http://:9"})
    EXPECT_FALSE(checked_address(QString::fromLatin1(bad))) << bad;
  const TempDir dir;
  write(dir / "token", " abc \nrest");
  EXPECT_EQ(token_of(QString::fromStdString(dir / "token")), QByteArray("abc"));
  write(dir / "token", "a b\r\nX: y");
  EXPECT_FALSE(token_of(QString::fromStdString(dir / "token")));
}

TEST(OwnAgentMissing, IsSaidInASentence) {
  FeedOptions options;
  options.place.address = QStringLiteral("/nonexistent/agent.sock");
  options.own_agent.program = QStringLiteral("/nonexistent/mpm-agent");
  MainWindow window({options});
  window.show();
  window.start();
  EXPECT_TRUE(turn_until([&] {
    return window.empty_sentence().contains(u"/nonexistent/mpm-agent could not be started");
  })) << window.empty_sentence().toStdString();
  EXPECT_THAT(window.link_sentence().toStdString(), HasSubstr("No agent: "));
}

}  // namespace
}  // namespace mpm::gui
