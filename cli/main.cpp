// SPDX-License-Identifier: Apache-2.0
//
// mpmctl: read the command line, find an agent, ask, print.
#include <atomic>
#include <variant>

#include <unistd.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/ephemeral.h"
#include "cli/exit_status.h"
#include "cli/interruption.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/own_server.h"
#include "cli/reach.h"
#include "cli/top/live.h"
#include "cli/top/terminal.h"

namespace mpm {
namespace {

ExitStatus complain(const Error& error) {
  say(error.what);
  return exit_status(error.kind);
}

Result<Outcome> answer(Options options) {
  EphemeralOptions agent{.state = options.state,
                         .service = options.agent,
                         .tell = [](const std::string& note) { say(note); },
                         .show_log = options.verbose};
  // A change that is under way is taken back first, which takes a reload.
  const bool changes = options.command == Command::Apply || options.command == Command::Undo;
  if (changes) agent.ended_within = std::chrono::minutes(5);
  EphemeralAgent ephemeral(agent);
  OwnServer server;
  top::FullScreen screen;
  std::atomic<bool> by_hand = false;
  const Interruption interruption([&ephemeral, &server, &screen, &by_hand, changes] {
    screen.close();
    if (isatty(STDERR_FILENO) == 1) draw_stderr("\r\x1b[K");
    if (changes)
      say(by_hand ? "a change that is under way goes on without this command; mpmctl changes tells "
                    "of it."
                  : "a change that is under way is taken back first, which may take a while.");
    server.finish();
    ephemeral.end();
  });
  const auto reached = reach(options, ephemeral);
  if (!reached) return fail(reached.error());
  if (options.verbose) say(reached->note);
  options.by_hand = by_hand = reached->is_hand;
  Client client(reached->socket, options.timeout.value_or(reached->patience));
  const Style style = style_for(options.color, surroundings_of(STDOUT_FILENO));
  if (options.command == Command::Top) return top::live(options, client, style, screen);
  auto outcome = perform(options, client, style, server);
  if (!outcome && !reached->way_in.empty()) outcome.error().what += " " + reached->way_in;
  return outcome;
}

ExitStatus print(const Outcome& outcome) {
  if (const auto written = write_stdout(outcome.text); !written) return complain(written.error());
  return outcome.status;
}

ExitStatus run(int argc, const char* const* argv) {
  prepare_descriptors();
  const auto parsed = parse_options(argc, argv);
  if (!parsed) return complain(parsed.error());
  if (const auto* printout = std::get_if<Printout>(&*parsed)) return print({printout->text});
  const auto outcome = answer(std::get<Options>(*parsed));
  return outcome ? print(*outcome) : complain(outcome.error());
}

}  // namespace
}  // namespace mpm

int main(int argc, char** argv) {
  return static_cast<int>(mpm::run(argc, argv));
}
