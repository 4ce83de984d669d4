// SPDX-License-Identifier: Apache-2.0
//
// mpm-agent: options, then the agent, then its API, then waiting for the word to end.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "agent/base/clock.h"
#include "agent/base/fd.h"
#include "agent/service/agent.h"
#include "agent/service/http_server.h"
#include "agent/service/options.h"
#include "agent/service/routes.h"

namespace {

// Blocks the signals that end the agent, in this thread and all it starts, and returns a
// descriptor that becomes readable when one arrives.
mpm::UniqueFd ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return mpm::UniqueFd(signalfd(-1, &set, SFD_CLOEXEC));
}

// Waits for a signal and, when ephemeral, for the end of standard input: the command that
// started this agent holds the other end, so its death of whatever kind ends the agent.
void wait_for_the_end(const mpm::UniqueFd& signals, bool watch_input) {
  std::array<pollfd, 2> waits{pollfd{signals.get(), POLLIN, 0},
                              pollfd{watch_input ? STDIN_FILENO : -1, POLLIN, 0}};
  for (;;) {
    if (::poll(waits.data(), waits.size(), -1) < 0) continue;
    if (waits[0].revents != 0) return;
    if (waits[1].revents == 0) continue;
    std::array<char, 64> ignored{};
    if (::read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0) return;
  }
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string name_of_host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

int complain(const mpm::Error& error) {
  fmt::print(stderr, "mpm-agent: {}\n", error.what);
  return error.kind == mpm::Error::Kind::Usage ? 2 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = mpm::parse_command_line(argc, argv);
  if (!options) {
    fmt::print(options.error().status == 0 ? stdout : stderr, "{}", options.error().text);
    return options.error().status;
  }
  const mpm::UniqueFd signals = ending_signals();

  mpm::SystemClock clock;
  mpm::AgentOptions agent_options = options->agent;
  agent_options.tell = [ephemeral = agent_options.ephemeral](const std::string& sentence) {
    // Who waits for "ready" hears it; see cli/ephemeral.h.
    // Not by fmt::print, which throws when the terminal is gone.
    if (ephemeral) std::fputs(fmt::format("note {}\n", one_line(sentence)).c_str(), stdout);
    std::fflush(stdout);
    std::fputs(fmt::format("mpm-agent: {}\n", sentence).c_str(), stderr);
  };
  auto agent = mpm::Agent::start(std::move(agent_options), clock);
  if (!agent) return complain(agent.error());

  auto server = mpm::HttpServer::listen(
      options->socket, [&](const mpm::ApiRequest& request) { return respond(**agent, request); });
  if (!server) return complain(server.error());

  std::optional<mpm::HttpServer> metrics;
  if (!options->metrics.empty()) {
    auto listening = mpm::HttpServer::listen_tcp(
        options->metrics, [&, own_name = name_of_host()](const mpm::ApiRequest& request) {
          return respond_to_scrape(**agent, request, own_name);
        });
    if (!listening) return complain(listening.error());
    metrics.emplace(std::move(*listening));
  }

  if (options->agent.ephemeral) {
    fmt::print("ready\n");
    std::fflush(stdout);
  }
  wait_for_the_end(signals, options->agent.ephemeral);
  if (metrics) metrics->stop();
  server->stop();
  return 0;
}
