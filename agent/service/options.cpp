// SPDX-License-Identifier: Apache-2.0
#include "agent/service/options.h"

#include <cstdlib>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "agent/service/doors.h"
#include "agent/service/settings_file.h"

namespace mpm {
namespace {

constexpr int kUsage = 2;

// Where an agent that was started for one command keeps what outlives it: root's beside the
// daemon's, another user's at home, as the XDG base directories have it.
std::string state_of_user() {
  constexpr const char* kOfRoot = "/var/lib/mpm-agent";
  if (::geteuid() == 0) return kOfRoot;
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state != 0) return std::string(state) + "/mpm-agent";
  const char* home = std::getenv("HOME");
  return home != nullptr && *home != 0 ? std::string(home) + "/.local/state/mpm-agent" : kOfRoot;
}

// What systemd makes for a service with StateDirectory= is its own, and no other's.
std::string history_of_service() {
  const char* state = std::getenv("STATE_DIRECTORY");
  const std::string directory = state != nullptr ? state : "";
  return (directory.empty() ? "/var/lib/mpm-agent" : directory.substr(0, directory.find(':'))) +
         "/history.db";
}

EarlyExit complaint(const std::vector<std::string>& wrong) {
  return {1, fmt::format("mpm-agent: {}\n", fmt::join(wrong, "\nmpm-agent: "))};
}

// Reads the command line over `options`.
struct Read {
  ProgramOptions options;
  bool check = false;
};
tl::expected<Read, EarlyExit> read_over(ProgramOptions options, int argc, const char* const* argv) {
  Read read{std::move(options)};
  AgentOptions& agent = read.options.agent;
  std::int64_t interval_ms = agent.interval.count();
  std::int64_t sweep_ms = agent.sweep_every.count();
  double sweep_percent = 100 * agent.sweep_share;
  std::int64_t keep_days = agent.keep.rollups.count();
  std::int64_t most_mib = agent.keep.most.value / kMiB.value;
  std::int64_t keep_hours = agent.keep.samples.count();

  CLI::App app{"Watches every Apache httpd of this host and answers mpmctl on a Unix socket."};
  app.set_version_flag("--version", "mpm-agent " MPM_VERSION);
  auto* config = app.add_option("--config", read.options.config,
                                "a file with these options, see mpm-agent.toml(5); what the "
                                "command line says goes before it");
  app.add_flag("--check", read.check, "say all that is wrong with that file, and end")
      ->needs(config);
  app.add_option("--socket", read.options.socket, "Unix socket to listen on")
      ->capture_default_str();
  app.add_option("--group", read.options.group,
                 "group whose members may read on that socket; the agent's own when not given");
  app.add_option("--listen", read.options.port.endpoint,
                 "address and port on which the API is answered too, as 127.0.0.1:9180, to those "
                 "who have a token; without it there is no port");
  app.add_option("--tokens", read.options.port.tokens,
                 "file of these, a line each: \"read TOKEN\" or \"change TOKEN\"");
  app.add_option("--certificate", read.options.port.tls.certificate,
                 "speak TLS on that port, with this certificate (PEM); needed on an address that "
                 "others can reach");
  app.add_option("--key", read.options.port.tls.key, "its key (PEM)");
  app.add_option("--client-ca", read.options.port.tls.client_ca,
                 "let in only clients with a certificate of this authority (PEM)");
  app.add_option("--metrics", read.options.metrics,
                 "address and port on which Prometheus may get /metrics, as 127.0.0.1:9117, and "
                 "nothing else; without it there is no port");
  app.add_option("--history", agent.history, "database of samples; \":memory:\" keeps nothing")
      ->capture_default_str();
  app.add_option("--state", agent.state,
                 "where changes and what they replaced are kept; of root with --ephemeral the "
                 "same, of others below their home")
      ->capture_default_str();
  app.add_option("--interval", interval_ms, "milliseconds between two looks at a scoreboard")
      ->check(CLI::Range(100, 60000))
      ->capture_default_str();
  app.add_option("--sweep", sweep_ms, "milliseconds between two readings of the memory")
      ->check(CLI::Range(500, 600000))
      ->capture_default_str();
  app.add_option("--sweep-share", sweep_percent,
                 "percent of a core that reading the memory of a server may take; 0 reads all of "
                 "it at once")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  app.add_option("--keep", keep_hours, "hours that single samples are kept")
      ->check(CLI::Range(1, 24 * 365))
      ->capture_default_str();
  app.add_option("--keep-rollups", keep_days, "days that minutes and hours are kept")
      ->check(CLI::Range(1, 10 * 366))
      ->capture_default_str();
  app.add_option("--history-size", most_mib,
                 "MiB that the database may hold; of more the oldest samples are forgotten")
      ->check(CLI::Range(16, 1 << 20))
      ->capture_default_str();
  app.add_option("--service", agent.service_socket,
                 "socket of the agent that runs as a service, which an ephemeral one asks for the "
                 "past of a server")
      ->capture_default_str();
  app.add_flag("--ephemeral", agent.ephemeral,
               "serve one command: say \"ready\" on standard output, watch only what is asked "
               "for, keep nothing, and end when standard input does");

  // Never seen here: with it the whole command line is another's (hand_options.h).
  bool hand = false;
  app.add_flag("--hand", hand,
               "make proposed changes for the members of a group, with options of its own: see "
               "--hand --help and mpm-hand(8)");

  if (auto early = parse(app, argc, argv)) return tl::unexpected(std::move(*early));

  agent.interval = std::chrono::milliseconds(interval_ms);
  agent.sweep_every = std::chrono::milliseconds(sweep_ms);
  agent.sweep_share = sweep_percent / 100;
  agent.keep.rollups = std::chrono::days(keep_days);
  agent.keep.most = kMiB * most_mib;
  agent.keep.samples = std::chrono::hours(keep_hours);
  if (agent.ephemeral) {
    const AgentOptions usual = for_one_command();
    agent.history = usual.history;
    if (app.count("--sweep-share") == 0) agent.sweep_share = usual.sweep_share;
    if (app.count("--state") == 0) agent.state = state_of_user();
    if (app.count("--interval") == 0) agent.interval = usual.interval;
    if (app.count("--sweep") == 0) agent.sweep_every = usual.sweep_every;
  }
  return read;
}

// What one option makes of another, and, for a check, of the files that they name.
tl::expected<ProgramOptions, EarlyExit> checked(const ProgramOptions& options, bool check) {
  if (const auto wrong = contradictions(options); !wrong.empty())
    return tl::unexpected<EarlyExit>({kUsage, complaint(wrong).text});
  if (!check) return options;
  if (const auto ready = PreparedDoors::of(options); !ready)
    return tl::unexpected<EarlyExit>(complaint({ready.error().what}));
  return tl::unexpected<EarlyExit>({0, fmt::format("{} is in order.\n", options.config)});
}

}  // namespace

AgentOptions for_one_command() {
  AgentOptions agent;
  agent.ephemeral = true;
  agent.history = ":memory:";
  agent.interval = std::chrono::milliseconds(200);
  agent.sweep_every = std::chrono::milliseconds(2000);
  agent.sweep_share = 0;
  return agent;
}

tl::expected<ProgramOptions, EarlyExit> parse_command_line(int argc, const char* const* argv) {
  ProgramOptions options;
  options.agent.history = history_of_service();
  const auto first = read_over(options, argc, argv);
  if (!first) return tl::unexpected<EarlyExit>(first.error());
  if (first->options.config.empty()) return checked(first->options, false);
  if (const auto wrong = read_settings_file(first->options.config, options); !wrong.empty())
    return tl::unexpected<EarlyExit>(complaint(wrong));
  // Once more: what the command line says goes before what the file says.
  const auto again = read_over(std::move(options), argc, argv);
  if (!again) return tl::unexpected<EarlyExit>(again.error());
  return checked(again->options, again->check);
}

}  // namespace mpm
