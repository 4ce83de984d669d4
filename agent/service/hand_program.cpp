// SPDX-License-Identifier: Apache-2.0
#include "agent/service/hand_program.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <unistd.h>

#include "agent/base/clock.h"
#include "agent/base/file.h"
#include "agent/proc/proc_fs.h"
#include "agent/service/agent.h"
#include "agent/service/doors.h"
#include "agent/service/hand.h"
#include "agent/service/hand_options.h"
#include "agent/service/http_server.h"
#include "agent/service/listening.h"
#include "agent/service/log.h"
#include "agent/service/service_client.h"
#include "agent/service/service_notice.h"
#include "agent/service/signals.h"
#include "schema/codec/routes.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kPatience{5};  // with the agent that proposes
// Between two looks at whether a change is under way still.
constexpr milliseconds kLook{1000};

Result<uid_t> user_called(const std::string& name) {
  const passwd* const found = ::getpwnam(name.c_str());
  if (found != nullptr) return found->pw_uid;
  return fail(
      Error::Kind::NotFound,
      fmt::format("there is no user {}, whom the agent runs as; systemd-sysusers makes it", name));
}

ProposalSource proposals_of(const ServiceDoor& door) {
  return [door](std::int32_t pid, std::optional<Seconds> window) {
    std::string path = fmt::format("{}?target={}", route::kProposal.path, pid);
    if (window) path += fmt::format("&window={}", window->count());
    return ask_service_for<Proposal>(door, path, kPatience);
  };
}

// Waits until it is told to end, or, when it may rest, until nobody has asked for so long; false
// then. It reads no file that could be read again.
bool is_told_to_end(const UniqueFd& signals, const Hand& hand, milliseconds rest) {
  for (;;) {
    const milliseconds left = rest - hand.idle();
    if (rest.count() > 0 && left.count() <= 0) return false;
    pollfd waiting{signals.get(), POLLIN, 0};
    // It is not idle while a change is under way, so that `left` is no time to sleep for then.
    const int most = rest.count() > 0 ? static_cast<int>(std::min(left, kLook).count()) : -1;
    if (::poll(&waiting, 1, most) <= 0) continue;
    const int signal = arrived_signal(signals);
    if (signal != 0 && signal != SIGHUP) return true;
  }
}

// Until it is told to end or has nothing to do.
void serve(const UniqueFd& listener, Hand& hand, const HandUsers& users, const UniqueFd& signals,
           milliseconds rest) {
  for (bool told = false; !told;) {
    Door door;
    door.refuse = [users](const ApiRequest& head) { return refusal_of_the_hand(head, users); };
    HttpServer server = HttpServer::on(
        UniqueFd(::fcntl(listener.get(), F_DUPFD_CLOEXEC, 0)),
        [&hand](const ApiRequest& request) { return hand.respond(request); }, std::move(door));
    told = is_told_to_end(signals, hand, rest);
    // Who came in at the last moment is answered, and may have begun a change.
    if (!told) server.drain();
    if (!told && hand.idle() >= rest) return;
  }
}

Result<void> run(const HandOptions& options, const Log& log) {
  if (::geteuid() != 0)
    return fail(Error::Kind::Denied,
                "the hand lends root's rights, so it is root who starts it: systemctl enable --now "
                "mpm-hand");
  // Where systemd listens for it while it does not run.
  auto listener = passed_socket();
  if (!listener) return fail(std::move(listener.error()));
  const bool is_passed = listener->has_value();
  const UniqueFd signals = signals_as_a_file();
  const auto group = group_called(options.group);
  if (!group) return fail(group.error());
  const auto user = user_called(options.service_user);
  if (!user) return fail(user.error());
  SystemClock clock;
  AgentOptions agent_options = for_one_command();
  agent_options.state = options.state;
  agent_options.service_socket = options.service;
  agent_options.tell = [&log](const std::string& sentence) {
    log.write(Priority::Warning, sentence);
  };
  const ProcFs proc(agent_options.proc_root);
  auto agent = Agent::start(std::move(agent_options), clock);
  if (!agent) return fail(std::move(agent.error()));
  if (!is_passed) {
    auto own = listen_on_path(options.socket, *group);
    if (!own) return fail(std::move(own.error()));
    *listener = std::move(*own);
  }
  Hand hand(**agent, proc, clock, proposals_of({options.service, *user}));
  const ServiceNotice notice;
  notice.ready();
  serve(**listener, hand, {*group, options.group}, signals,
        is_passed ? options.idle : milliseconds(0));
  notice.ending();
  if (!is_passed) ::unlink(options.socket.c_str());
  return {};
}

}  // namespace

int run_hand(int argc, const char* const* argv) {
  const auto options = parse_hand_command_line(argc, argv);
  if (!options) {
    fmt::print(options.error().status == 0 ? stdout : stderr, "{}", options.error().text);
    return options.error().status;
  }
  const Log log;
  const auto ran = run(*options, log);
  if (ran) return 0;
  log.write(Priority::Error, ran.error().what);
  return ran.error().kind == Error::Kind::Usage ? 2 : 1;
}

}  // namespace mpm
