// SPDX-License-Identifier: Apache-2.0
#include "gui/client/live_feed.h"

#include <algorithm>
#include <string>
#include <utility>

#include <unistd.h>

#include "gui/words.h"

namespace mpm::gui {
namespace {

using namespace std::chrono_literals;

// After which a look is no passing one.
constexpr std::chrono::milliseconds kGlance = 60ms;
// Of the history, to have all of that as one: a month begins seldom enough in the middle of it.
constexpr const char* kOneStep = "2592000";

QString text_of(const Error& error) {
  return shown(error.what);
}

}  // namespace

LiveFeed::LiveFeed(FeedOptions options, QObject* parent)
    : QObject(parent),
      options_(std::move(options)),
      own_agent_(options_.own_agent),
      pause_(options_.retry_first) {
  state_.address = options_.place.address;
  client_.set_limit(options_.limit);
  hands_.set_limit(options_.limit);
  for (QTimer* timer :
       {&retry_, &next_status_, &next_scoreboard_, &next_proposal_, &next_lately_, &next_workers_})
    timer->setSingleShot(true);
  connect(&retry_, &QTimer::timeout, this, &LiveFeed::look);
  connect(&next_status_, &QTimer::timeout, this, &LiveFeed::ask_status);
  connect(&next_scoreboard_, &QTimer::timeout, this, &LiveFeed::ask_scoreboard);
  connect(&next_proposal_, &QTimer::timeout, this, &LiveFeed::ask_proposal);
  connect(&next_lately_, &QTimer::timeout, this, &LiveFeed::ask_lately);
  connect(&next_workers_, &QTimer::timeout, this, &LiveFeed::ask_workers);
  connect(&age_, &QTimer::timeout, this, &LiveFeed::check_age);
  connect(&own_agent_, &OwnAgent::ready, this, [this](const QString& socket) {
    have_hands(socket);
    if (relies_on_own_) use(socket, true);
  });
  connect(&own_agent_, &OwnAgent::noted, this, [this](const QString& sentence) {
    if (relies_on_own_) set_link(Link::Starting, sentence);
    Q_EMIT hands_changed(false, sentence);
  });
  connect(&own_agent_, &OwnAgent::failed, this, &LiveFeed::own_agent_failed);
}

void LiveFeed::start() {
  age_.start(std::min<std::chrono::milliseconds>(500ms, options_.stale_after / 2));
  look();
}

void LiveFeed::look() {
  if (options_.own_agent_only) return start_own_agent({});
  const AgentPlace& place = options_.place;
  if (!state_.heard.isValid() && !is_broken(state_.link)) set_link(Link::Looking);
  client_.set_address(place.address);
  if (const auto given = give_credentials(); !given)
    return lose(Link::Refused, text_of(given.error()));
  client_.get<HealthReport>(route::kHealth, {}, [this](Result<HealthReport> health) {
    if (health) {
      if (health->ephemeral && !options_.place.elsewhere) have_hands(options_.place.address);
      return use(options_.place.address, false);
    }
    const Error& error = health.error();
    const bool nobody = error.kind == Error::Kind::Unreachable || error.kind == Error::Kind::Denied;
    // One that answers nonsense, or nothing, is there: another beside it would hide that.
    if (nobody && options_.may_start_agent && !options_.place.elsewhere)
      return start_own_agent(text_of(error));
    lose(error);
  });
}

// Each time anew: tokens and certificates are replaced while this runs.
Result<void> LiveFeed::give_credentials() {
  const AgentPlace& place = options_.place;
  if (!place.token_file.isEmpty()) {
    auto token = token_of(place.token_file);
    if (!token) return fail(std::move(token.error()));
    client_.set_token(std::move(*token));
  }
  if (!place.ca_file.isEmpty()) {
    auto authorities = authorities_of(place.ca_file);
    if (!authorities) return fail(std::move(authorities.error()));
    client_.set_authorities(std::move(*authorities));
  }
  return {};
}

void LiveFeed::start_own_agent(const QString& why) {
  set_link(state_.heard.isValid() ? Link::Stale : Link::Starting,
           state_.heard.isValid() ? why : QString());
  relies_on_own_ = true;
  if (hands_socket_.isEmpty())
    own_agent_.start();
  else
    use(hands_socket_, true);
}

void LiveFeed::have_hands(const QString& socket) {
  hands_socket_ = socket;
  hands_.set_address(socket);
  Q_EMIT hands_changed(true, {});
}

void LiveFeed::own_agent_failed(const QString& why) {
  hands_socket_.clear();
  Q_EMIT hands_changed(false, why);
  if (relies_on_own_) lose(Link::Lost, why);
}

void LiveFeed::want_hands() {
  // An agent of ours would change the servers of this host instead.
  if (options_.place.elsewhere)
    return Q_EMIT hands_changed(
        false, tr("The servers of %1 are changed on their host: run mpmctl apply there.")
                   .arg(name_of(options_.place)));
  if (may_ask_the_hand()) {
    // For changes alone: it tells nothing of how servers are.
    hands_.set_address(options_.hand);
    return Q_EMIT hands_changed(true, {});
  }
  if (hands_socket_.isEmpty()) return own_agent_.start();
  Q_EMIT hands_changed(true, {});
}

// With a journal of one's own, as with an agent of one's own, the hand has nothing to do.
bool LiveFeed::may_ask_the_hand() const {
  if (options_.own_agent_only || !options_.own_agent.state.isEmpty() || ::geteuid() == 0)
    return false;
  return ::access(options_.hand.toLocal8Bit().constData(), W_OK) == 0;
}

void LiveFeed::use(const QString& address, bool own) {
  client_.set_address(address);
  state_.address = address;
  state_.own = own;
  relies_on_own_ = own;
  ask_status();
  ask_scoreboard();
  ask_proposal();
  ask_lately();
  // What was asked of another address is not answered.
  workers_asked_ = false;
  ask_workers();
}

void LiveFeed::watch(const std::string& target) {
  if (target == target_) return;
  target_ = target;
  looked_at_.reset();
  if (state_.link != Link::Live && state_.link != Link::Stale) return;
  ask_scoreboard();
  ask_proposal();
  ask_lately();
}

void LiveFeed::ask_status() {
  client_.get<StatusReport>(route::kStatus, {}, [this](Result<StatusReport> report) {
    if (report) return heard(*report);
    // No server was named, so it is that there is none.
    if (report.error().kind == Error::Kind::NotFound) return heard({});
    stumbled(report.error());
  });
}

void LiveFeed::heard(const StatusReport& report) {
  pause_ = options_.retry_first;
  state_.heard = QDateTime::currentDateTime();
  set_link(Link::Live);
  Q_EMIT status_came(report);
  next_status_.start(options_.status_every);
}

void LiveFeed::ask_scoreboard() {
  next_scoreboard_.stop();
  if (target_.empty()) return;
  client_.get<ScoreboardView>(
      route::kScoreboard, {{"target", target_}},
      [this, asked = target_](Result<ScoreboardView> board) {
        if (asked != target_) return;
        // What is wrong with the agent the status tells; a server that ended is missing there.
        if (board) Q_EMIT scoreboard_came(*board);
        next_scoreboard_.start(board ? options_.scoreboard_every : options_.status_every);
      });
}

void LiveFeed::ask_proposal() {
  next_proposal_.stop();
  if (target_.empty()) return;
  client_.get<Proposal>(route::kProposal,
                        {{"target", target_}, {"window", std::to_string(kAdviceSeconds)}},
                        [this, asked = target_](Result<Proposal> proposal) {
                          if (asked != target_) return;
                          if (proposal)
                            Q_EMIT proposal_came(*proposal);
                          else
                            Q_EMIT proposal_failed(proposal.error());
                          next_proposal_.start(options_.proposal_every);
                        });
}

void LiveFeed::ask_lately() {
  next_lately_.stop();
  if (target_.empty()) return;
  client_.get<HistoryReport>(route::kHistory,
                             {{"target", target_},
                              {"from", "-" + std::to_string(kAdviceSeconds)},
                              {"step", kOneStep},
                              {"fields", lately_fields()}},
                             [this, asked = target_](Result<HistoryReport> report) {
                               if (asked != target_) return;
                               if (report) Q_EMIT lately_came(lately_of(*report));
                               next_lately_.start(options_.proposal_every);
                             });
}

void LiveFeed::look_at(std::optional<std::int32_t> pid) {
  looked_at_ = pid;
  // Later: a mouse on its way is at many of them.
  if (pid && !workers_asked_) next_workers_.start(kGlance);
}

void LiveFeed::ask_workers() {
  if (target_.empty() || !looked_at_ || workers_asked_) return;
  workers_asked_ = true;
  const std::string process = *looked_at_ > 0 ? std::to_string(*looked_at_) : std::string();
  client_.get<WorkerList>(
      route::kWorkers, {{"target", target_}, {"pid", process}},
      [this, asked = target_, pid = looked_at_](Result<WorkerList> workers) {
        workers_asked_ = false;
        if (workers && asked == target_) Q_EMIT workers_came(*workers);
        // Anew, because it goes on; soon where another one is looked at meanwhile.
        next_workers_.start(pid == looked_at_ ? options_.status_every : kGlance);
      });
}

void LiveFeed::stumbled(const Error& error) {
  if (error.kind == Error::Kind::Unreachable || error.kind == Error::Kind::Denied)
    return lose(error);
  // It is there: it is asked on, at a slower pace.
  set_link(state_.heard.isValid() ? Link::Stale : Link::Lost, text_of(error));
  next_status_.start(pause_);
  pause_ = std::min(pause_ * 2, options_.retry_most);
}

void LiveFeed::lose(const Error& error) {
  lose(error.kind == Error::Kind::Denied ? Link::Refused : Link::Lost, text_of(error));
}

void LiveFeed::lose(Link link, const QString& why) {
  for (QTimer* timer :
       {&next_status_, &next_scoreboard_, &next_proposal_, &next_lately_, &next_workers_})
    timer->stop();
  if (!hands_socket_.isEmpty() && hands_socket_ == state_.address) {
    hands_socket_.clear();
    Q_EMIT hands_changed(false, why);
  }
  set_link(link, why);
  retry_.start(pause_);
  pause_ = std::min(pause_ * 2, options_.retry_most);
}

void LiveFeed::check_age() {
  if (state_.link != Link::Live) return;
  const auto age = state_.heard.msecsTo(QDateTime::currentDateTime());
  if (age > options_.stale_after.count()) set_link(Link::Stale);
}

void LiveFeed::set_link(Link link, const QString& why) {
  state_.link = link;
  state_.why = why;
  Q_EMIT link_changed(state_);
}

}  // namespace mpm::gui
