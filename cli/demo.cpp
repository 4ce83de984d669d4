// SPDX-License-Identifier: Apache-2.0
#include "cli/demo.h"

#include <chrono>
#include <string>

#include <fmt/format.h>

#include "cli/amount.h"
#include "cli/load.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/words.h"

namespace mpm {
namespace {

using std::chrono::steady_clock;

constexpr double kUsualDemo = 10;
constexpr std::chrono::seconds kBusyWithin{10};

// 150 requests a second that take 200 ms each keep 30 workers busy, were there as many.
constexpr std::int64_t kWorkers = 16;
constexpr double kPerSecond = 150;
constexpr std::chrono::milliseconds kTakes{200};

LoadOptions load_on(std::uint16_t port, double watched_seconds) {
  LoadOptions load;
  load.port = port;
  load.path = fmt::format("{}?sleep={}ms", kWorkPath, kTakes.count());
  load.per_second = kPerSecond;
  // Longer than anybody watches: it is ended by hand.
  load.span = std::chrono::milliseconds(static_cast<std::int64_t>(3000 * watched_seconds)) +
              std::chrono::minutes(1);
  return load;
}

// A status that is shown too early would show a server that is still starting its processes.
Result<void> wait_until_busy(Client& client, const std::string& target) {
  const auto deadline = steady_clock::now() + kBusyWithin;
  while (true) {
    // The agent takes a quarter of a second for its answer, so this does not hurry.
    const auto answer = client.status({.target = target, .window_seconds = std::nullopt});
    if (!answer) return fail(answer.error());
    const bool busy =
        !answer->value.targets.empty() && answer->value.targets[0].workers.busy >= kWorkers;
    if (busy || steady_clock::now() >= deadline) return {};
  }
}

std::string introduction(const OwnServer& server, const Options& options, const Style& style) {
  return paragraph(
      {},
      fmt::format("A server of its own: mpm-httpd ({}), process {} on 127.0.0.1:{}, with {} "
                  "workers. It gets {} requests a second that take {} each, which would keep {} "
                  "workers busy.",
                  words(options.mpm), server.pid(), server.port(), kWorkers, number(kPerSecond),
                  duration(Seconds(kTakes).count()), number(kPerSecond * Seconds(kTakes).count())),
      style);
}

std::string typed(const std::string& command, const Style& style) {
  return "\n" + style.paint(Tone::Strong, "$ " + command) + "\n";
}

}  // namespace

Result<Outcome> demonstrate(const Options& options, Client& client, const Style& style,
                            OwnServer& server) {
  if (auto started = server.start({.mpm = options.mpm, .workers = kWorkers}); !started)
    return fail(std::move(started.error()));
  const double watched = options.watch_seconds.value_or(kUsualDemo);
  Load load(load_on(server.port(), watched));
  Options asked = options;
  asked.target = fmt::format("{}", server.pid());
  asked.watch_seconds = watched;
  if (auto busy = wait_until_busy(client, asked.target); !busy)
    return fail(std::move(busy.error()));

  asked.command = Command::Status;
  auto status = perform(asked, client, style, server);
  if (!status) return status;
  asked.command = Command::Recommend;
  auto advice = perform(asked, client, style, server);
  if (!advice) return advice;
  load.stop();
  // Of two messages on one output no program could make sense: the last is what it is about.
  if (options.json) return Outcome{std::move(advice->text), ExitStatus::Fine};
  std::string text = introduction(server, options, style);
  text += typed("mpmctl status " + asked.target, style) + status->text;
  text +=
      typed(fmt::format("mpmctl recommend {} --for {}s", asked.target, number(watched)), style) +
      advice->text;
  server.end();
  return Outcome{std::move(text), ExitStatus::Fine};
}

}  // namespace mpm
