// SPDX-License-Identifier: Apache-2.0
//
// The command line of `mpm-agent --hand`.
#pragma once

#include <chrono>
#include <string>

#include "agent/service/early_exit.h"
#include "schema/model/result.h"

namespace mpm {

struct HandOptions {
  std::string socket = "/run/mpm-hand.sock";          // when systemd passes none on
  std::string group = "mpm-operator";                 // whose members may ask, besides root
  std::string state = "/var/lib/mpm-agent";           // root's journal, and the files as they were
  std::string service = "/run/mpm-agent/agent.sock";  // of the agent that proposes
  std::string service_user = "mpm-agent";             // who is believed there, besides root
  std::chrono::seconds idle{60};  // then it ends, where systemd starts it again; 0: never
};

// Whether the hand is asked for, so that the rest is its own command line.
bool asks_for_the_hand(int argc, const char* const* argv);

tl::expected<HandOptions, EarlyExit> parse_hand_command_line(int argc, const char* const* argv);

}  // namespace mpm
