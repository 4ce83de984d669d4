// SPDX-License-Identifier: Apache-2.0
//
// What the window lives on, one for each agent: finds it or starts one, asks it again and again how
// its servers are, and says when what it told is old. It comes back by itself: an agent that is
// gone is looked for again after half a second, then ever more seldom, up to every five.
//
// A daemon changes nothing: changes are made by an ephemeral agent with the rights of who sits
// here, which is started when they are wanted. Where no daemon runs all else is asked of it too.
// Who is not root and may ask the hand has that make them, if they are proposed.
#pragma once

#include <QDateTime>
#include <QObject>
#include <QTimer>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "gui/client/agent_client.h"
#include "gui/client/agent_place.h"
#include "gui/client/lately.h"
#include "gui/client/link_state.h"
#include "gui/client/own_agent.h"
#include "schema/model/messages.h"
#include "schema/model/proposal.h"
#include "schema/model/scoreboard.h"
#include "schema/model/workers.h"

namespace mpm::gui {

// Of the past that advice rests on: longer than any burst, and what the CLI's reader would call
// "lately".
inline constexpr int kAdviceSeconds = 600;

struct FeedOptions {
  AgentPlace place;
  QString hand = QStringLiteral("/run/mpm-hand.sock");
  bool own_agent_only = false;  // do not look for one that runs
  bool may_start_agent = true;  // where none answers
  OwnAgentOptions own_agent;
  std::chrono::milliseconds status_every{1'000};
  std::chrono::milliseconds scoreboard_every{250};
  std::chrono::milliseconds proposal_every{5'000};
  std::chrono::milliseconds stale_after{4'000};
  std::chrono::milliseconds limit{10'000};  // of one answer
  std::chrono::milliseconds retry_first{500};
  std::chrono::milliseconds retry_most{5'000};
};

class LiveFeed : public QObject {
  Q_OBJECT

 public:
  explicit LiveFeed(FeedOptions options, QObject* parent = nullptr);

  void start();
  const AgentPlace& place() const { return options_.place; }
  const LinkState& link() const { return state_; }
  // Asks the agent that all is shown from; what is open when it is lost is never answered.
  AgentClient& client() { return client_; }
  // Asks the agent that makes changes; of no use before hands_changed() says so.
  AgentClient& hands() { return hands_; }
  void want_hands();
  OwnAgent& own_agent() { return own_agent_; }

  // Whose scoreboard, proposal and last minutes are asked for; empty: nobody's.
  void watch(const std::string& target);
  const std::string& watched() const { return target_; }
  // A worker of this process is looked at, 0: of one that is not known; nullopt: none is. What the
  // workers do is asked for as long as one is, because what clients ask for is nobody's business
  // otherwise.
  void look_at(std::optional<std::int32_t> pid);

 Q_SIGNALS:
  void hands_changed(bool ready, const QString& why);
  void link_changed(const mpm::gui::LinkState& state);
  void status_came(const mpm::StatusReport& report);
  void scoreboard_came(const mpm::ScoreboardView& board);
  void proposal_came(const mpm::Proposal& proposal);
  // The agent answered that it cannot tell.
  void proposal_failed(const mpm::Error& error);
  void workers_came(const mpm::WorkerList& workers);
  void lately_came(const mpm::gui::Lately& lately);

 private:
  void look();
  Result<void> give_credentials();
  void start_own_agent(const QString& why);
  void have_hands(const QString& socket);
  bool may_ask_the_hand() const;
  void own_agent_failed(const QString& why);
  void use(const QString& address, bool own);
  void ask_status();
  void ask_scoreboard();
  void ask_proposal();
  void ask_lately();
  void ask_workers();
  void heard(const StatusReport& report);
  void stumbled(const Error& error);
  void lose(const Error& error);
  void lose(Link link, const QString& why);
  void check_age();
  void set_link(Link link, const QString& why = {});

  FeedOptions options_;
  AgentClient client_;
  AgentClient hands_;
  OwnAgent own_agent_;
  LinkState state_;
  QString hands_socket_;        // of the agent that makes changes, while it answers
  bool relies_on_own_ = false;  // what is shown comes from it, or will
  std::string target_;
  std::chrono::milliseconds pause_;  // until an agent is looked for again
  QTimer retry_;
  QTimer next_status_;
  QTimer next_scoreboard_;
  QTimer next_proposal_;
  QTimer next_lately_;
  QTimer next_workers_;
  std::optional<std::int32_t> looked_at_;
  bool workers_asked_ = false;
  QTimer age_;
};

}  // namespace mpm::gui
