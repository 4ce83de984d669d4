// SPDX-License-Identifier: Apache-2.0
//
// The command line, read into one value before anything is started or asked. What cannot be
// meant is refused here, with exit status 2 and a sentence that says what could be.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/style.h"
#include "schema/model/config_edit.h"
#include "schema/model/proposal.h"
#include "schema/model/result.h"
#include "schema/model/scoreboard.h"

namespace mpm {

inline constexpr std::string_view kDefaultSocket = "/run/mpm-agent/agent.sock";
inline constexpr std::string_view kDefaultHand = "/run/mpm-hand.sock";

enum class Command : std::uint8_t {
  Targets,
  Status,
  Recommend,
  Simulate,
  History,
  ConfigShow,
  ConfigGet,
  ConfigSet,
  ConfigUnset,
  ConfigMpm,
  ConfigCheck,
  ConfigExplain,
  ConfigDiff,
  Apply,
  Undo,
  Changes,
  Show,
  Demo,
  Lab,
  Doctor,
  Top,
};

// A configuration: a running server's, or a tree's.
struct ConfigSource {
  std::string target;  // as Options::target
  std::optional<OfflineSite> offline;
};

struct Options {
  Command command = Command::Targets;
  std::string target;  // "4711", ":8080", "http://..."; empty: the only server there is
  std::string agent{kDefaultSocket};
  bool agent_named = false;  // that one is asked, and no other
  std::string hand{kDefaultHand};
  bool no_daemon = false;
  bool may_use_hand = false;  // the command changes servers, and nobody said whose rights to use
  bool by_hand = false;       // it is used (reach.h)
  bool json = false;
  bool verbose = false;
  bool explain = false;
  ColorChoice color = ColorChoice::Auto;
  std::optional<double> watch_seconds;               // --for; of simulate --from
  std::optional<std::chrono::milliseconds> timeout;  // nullopt: as reach.h has it
  Mpm mpm = Mpm::Event;             // --mpm of demo, and what config mpm switches to
  double rate = 1000;               // --rate of lab, requests a second
  std::int64_t connections = 1000;  // --connections of lab
  std::string html;                 // --html of lab and simulate: a file to write; empty: none
  // Of history.
  std::string past_from;  // as the agent takes it; empty: its own
  std::string past_to;
  std::optional<double> step_seconds;
  bool csv = false;
  // Of the config commands.
  std::optional<OfflineSite> offline;   // then there is no target
  std::vector<std::string> directives;  // of get and explain
  std::vector<Wish> wishes;             // of set and unset
  bool write = false;
  std::vector<ConfigSource> compared;  // the two of diff
  // Of apply, undo, changes and show.
  std::string state;        // of an agent of its own; empty: where that one keeps it
  bool switch_mpm = false;  // to `mpm`
  bool yes = false;
  RestartClass most_restart = RestartClass::Graceful;  // --allow
  std::optional<double> change_watch_seconds;          // --watch
  bool automatic = false;                              // --auto
  std::string policy;                   // --policy: a file; empty: the default policy
  std::int64_t rounds = 0;              // --rounds of --auto; 0: until interrupted
  std::optional<double> every_seconds;  // --every of --auto and of top
  std::int64_t change_id = 0;           // 0: the newest that was kept
  std::int64_t limit = 20;
  // Of top.
  bool batch = false;
  std::int64_t count = 0;  // of rounds; 0: until interrupted
};

// Something to print, and nothing else to do: --help, --version.
struct Printout {
  std::string text;
};

// Reads argv. Fails with Kind::Usage.
Result<std::variant<Options, Printout>> parse_options(int argc, const char* const* argv);

// A target is a process id, ":PORT", or the http(s) URL of a status page.
Result<std::string> parse_target(std::string_view target);

}  // namespace mpm
