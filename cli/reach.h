// SPDX-License-Identifier: Apache-2.0
//
// Which agent answers a command. One that listens on the socket and lets us in is used; else
// one is started for this command, so that the CLI has one road whether a daemon runs or not.
#pragma once

#include <cstdint>
#include <string>

#include "cli/ephemeral.h"
#include "cli/options.h"
#include "schema/model/result.h"

namespace mpm {

enum class Presence : std::uint8_t {
  Answers,
  Absent,  // no such socket, or nobody listens on it
  Denied,  // it is there, and this user may not connect
};

// Connects and hangs up. Usage when the path cannot be a socket's name.
Result<Presence> presence(const std::string& socket);

struct Reached {
  std::string socket;
  std::string note;  // which agent this is and why, for --verbose
};
Result<Reached> reach(const Options& options, EphemeralAgent& ephemeral);

}  // namespace mpm
