// SPDX-License-Identifier: Apache-2.0
//
// Which agent answers a command. One that listens on the socket and lets us in is used; else
// one is started for this command, so that the CLI has one road whether a daemon runs or not.
// What changes servers is asked of the hand, by who is not root and may ask it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/ephemeral.h"
#include "cli/options.h"
#include "schema/model/result.h"

namespace mpm {

enum class Presence : std::uint8_t {
  Answers,
  Absent,  // no such socket, or nobody listens on it
  Denied,  // it is there, and this user may not connect
};

// Connects and hangs up. Usage when the path, which came with that option, cannot be a socket's
// name.
Result<Presence> presence(const std::string& socket, std::string_view option);

struct Reached {
  std::string socket;
  std::string note;      // which agent this is and why, for --verbose
  bool is_hand = false;  // it goes on with a change without us, and makes what is proposed alone
  std::string way_in;    // how to get what was not to be had, for who fails; may be empty
  // With an answer, when nobody said how much. A daemon answers at once or hangs. An agent of one's
  // own may get no processor for a while where hundreds of workers want one, and that it ended
  // would be noticed; and to give up a change takes it back.
  std::chrono::seconds patience{};
};
Result<Reached> reach(const Options& options, EphemeralAgent& ephemeral);

}  // namespace mpm
