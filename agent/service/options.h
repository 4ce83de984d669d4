// SPDX-License-Identifier: Apache-2.0
//
// The command line of mpm-agent.
#pragma once

#include <string>

#include "agent/service/agent.h"
#include "agent/service/early_exit.h"
#include "agent/service/tls.h"
#include "schema/model/result.h"

namespace mpm {

// A port for the API: none without an endpoint.
struct ApiPort {
  std::string endpoint;  // "127.0.0.1:9180"
  std::string tokens;    // the file of these, see tokens.h
  TlsFiles tls;          // its certificate is empty: in the clear
};

struct ProgramOptions {
  AgentOptions agent;
  std::string socket = "/run/mpm-agent/agent.sock";
  std::string group;  // whose members may read on the socket; empty: the agent's own
  ApiPort port;
  std::string metrics;  // address and port for Prometheus; empty: none
  std::string config;   // the file that was read, see settings_file.h; empty: none
};

// Of an agent that serves one command, or a change: it looks often and keeps nothing.
AgentOptions for_one_command();

// What the command line and the file that it names ask for, the command line first; or the text to
// print and the status to exit with when it asks for help, for the version, for a check of the
// file, or for nonsense.
tl::expected<ProgramOptions, EarlyExit> parse_command_line(int argc, const char* const* argv);

}  // namespace mpm
