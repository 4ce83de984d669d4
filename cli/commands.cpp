// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

#include <utility>

#include <fmt/format.h>

#include "cli/change_commands.h"
#include "cli/config_commands.h"
#include "cli/demo.h"
#include "cli/history.h"
#include "cli/lab.h"
#include "cli/render.h"
#include "cli/served.h"
#include "cli/simulate.h"
#include "cli/watch.h"

namespace mpm {
namespace {

constexpr std::string_view kNobody =
    "No httpd runs here that can be seen; mpmctl targets lists what can, and a remote server is "
    "named by the URL of its status page.";

// Vhosts, clients and requests that status shows of a server.
constexpr std::int64_t kForemost = 3;

// Who is served, where that says something; nothing where it cannot be had.
std::string served(const TargetStatus& server, Client& client, const Style& style) {
  if (!is_worth_asking(server)) return "";
  const std::string name = server.url.empty() ? fmt::format("{}", server.pid) : server.url;
  const auto report = client.top(name, kForemost);
  return report ? who_is_served(report->value, style) : "";
}

Result<Outcome> targets(const Options& options, Client& client, const Style& style) {
  auto answer = client.targets();
  if (!answer) return fail(std::move(answer.error()));
  return outcome(std::move(*answer), options,
                 [&](const TargetList& list) { return render(list, style); });
}

Result<Outcome> doctor(const Options& options, Client& client, const Style& style) {
  auto answer = client.doctor();
  if (!answer) return fail(std::move(answer.error()));
  const ExitStatus status = has_findings(answer->value) ? ExitStatus::Findings : ExitStatus::Fine;
  return outcome(
      std::move(*answer), options,
      [&](const DoctorReport& report) { return render(report, style); }, status);
}

Result<Outcome> status(const Options& options, Client& client, const Style& style) {
  auto answer = client.status({.target = options.target, .window_seconds = std::nullopt});
  if (!answer) return fail(std::move(answer.error()));
  if (answer->value.targets.empty()) return fail(Error::Kind::NotFound, std::string(kNobody));
  return outcome(std::move(*answer), options, [&](const StatusReport& report) {
    std::string text;
    for (const TargetStatus& server : report.targets) {
      if (!text.empty()) text += "\n";
      text += render(StatusReport{report.at, {server}}, style) + served(server, client, style);
    }
    return text;
  });
}

Result<Outcome> recommend(const Options& options, Client& client, const Style& style) {
  if (auto watched = watch(client, options); !watched) return fail(std::move(watched.error()));
  auto answer =
      client.proposal({.target = options.target, .window_seconds = options.watch_seconds});
  if (!answer) return fail(std::move(answer.error()));
  const ExitStatus status = has_findings(answer->value) ? ExitStatus::Findings : ExitStatus::Fine;
  const Detail detail = options.explain ? Detail::Explained : Detail::Summary;
  return outcome(
      std::move(*answer), options,
      [&](const Proposal& proposal) { return render(proposal, style, detail); }, status);
}

}  // namespace

Result<Outcome> perform(const Options& options, Client& client, const Style& style,
                        OwnServer& server) {
  switch (options.command) {
    case Command::Targets:
      return targets(options, client, style);
    case Command::Status:
      return status(options, client, style);
    case Command::Doctor:
      return doctor(options, client, style);
    case Command::Recommend:
      return recommend(options, client, style);
    case Command::Simulate:
      return simulate(options, client, style);
    case Command::History:
      return history(options, client, style);
    case Command::Demo:
      return demonstrate(options, client, style, server);
    case Command::Lab:
      return compare(options, client, style, server);
    case Command::Apply:
    case Command::Undo:
    case Command::Changes:
    case Command::Show:
      return perform_change(options, client, style);
    default:
      break;
  }
  return perform_config(options, client, style);
}

}  // namespace mpm
