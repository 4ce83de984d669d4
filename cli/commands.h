// SPDX-License-Identifier: Apache-2.0
//
// The commands: ask the agent, print the answer, say how it went.
#pragma once

#include <string>
#include <utility>

#include "cli/client.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/own_server.h"
#include "cli/style.h"
#include "schema/model/result.h"

namespace mpm {

// What a command hands to stdout and to the shell.
struct Outcome {
  std::string text;
  ExitStatus status = ExitStatus::Fine;
};

// The message itself with --json, else what the renderer makes of it.
template <class T, class Renderer>
Outcome outcome(Answer<T> answer, const Options& options, Renderer&& renderer,
                ExitStatus status = ExitStatus::Fine) {
  if (options.json) return {std::move(answer.body), status};
  return {renderer(answer.value), status};
}

// `server` is for the commands that start one.
Result<Outcome> perform(const Options& options, Client& client, const Style& style,
                        OwnServer& server);

}  // namespace mpm
