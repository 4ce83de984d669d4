// SPDX-License-Identifier: Apache-2.0
#include "agent/service/options.h"

#include <cstdlib>
#include <sstream>

#include <CLI/CLI.hpp>
#include <unistd.h>

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

}  // namespace

tl::expected<ProgramOptions, EarlyExit> parse_command_line(int argc, const char* const* argv) {
  ProgramOptions options;
  options.agent.history = "/var/lib/mpm-agent/history.db";
  std::int64_t interval_ms = options.agent.interval.count();
  std::int64_t sweep_ms = options.agent.sweep_every.count();
  double sweep_percent = 100 * options.agent.sweep_share;
  std::int64_t keep_days = options.agent.keep.rollups.count() / 24;
  std::int64_t most_mib = options.agent.keep.most.value / kMiB.value;
  std::int64_t keep_hours = options.agent.keep.samples.count();

  CLI::App app{"Watches every Apache httpd of this host and answers mpmctl on a Unix socket."};
  app.set_version_flag("--version", "mpm-agent " MPM_VERSION);
  app.add_option("--socket", options.socket, "Unix socket to listen on")->capture_default_str();
  app.add_option("--metrics", options.metrics,
                 "address and port on which Prometheus may get /metrics, as 127.0.0.1:9117, and "
                 "nothing else; without it there is no port");
  app.add_option("--history", options.agent.history,
                 "database of samples; \":memory:\" keeps nothing")
      ->capture_default_str();
  app.add_option("--state", options.agent.state,
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
  app.add_flag("--ephemeral", options.agent.ephemeral,
               "serve one command: say \"ready\" on standard output, watch only what is asked "
               "for, keep nothing, and end when standard input does");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream text;
    const int status = app.exit(error, text, text);
    return tl::unexpected<EarlyExit>({status == 0 ? 0 : kUsage, text.str()});
  }

  options.agent.interval = std::chrono::milliseconds(interval_ms);
  options.agent.sweep_every = std::chrono::milliseconds(sweep_ms);
  options.agent.sweep_share = sweep_percent / 100;
  options.agent.keep.rollups = std::chrono::hours(24 * keep_days);
  options.agent.keep.most = kMiB * most_mib;
  options.agent.keep.samples = std::chrono::hours(keep_hours);
  if (options.agent.ephemeral) {
    options.agent.history = ":memory:";
    if (app.count("--sweep-share") == 0) options.agent.sweep_share = 0;
    if (app.count("--state") == 0) options.agent.state = state_of_user();
    if (app.count("--interval") == 0) options.agent.interval = std::chrono::milliseconds(200);
    if (app.count("--sweep") == 0) options.agent.sweep_every = std::chrono::milliseconds(2000);
  }
  return options;
}

}  // namespace mpm
