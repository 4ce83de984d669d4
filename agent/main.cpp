// SPDX-License-Identifier: Apache-2.0
//
// mpm-agent: options, then the agent, then its doors, then waiting for a word to reload or to end.
// With --hand it is another program: hand_program.h.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>
#include <unistd.h>

#include "agent/base/clock.h"
#include "agent/base/fd.h"
#include "agent/service/agent.h"
#include "agent/service/doors.h"
#include "agent/service/hand_options.h"
#include "agent/service/hand_program.h"
#include "agent/service/log.h"
#include "agent/service/options.h"
#include "agent/service/service_notice.h"
#include "agent/service/settings_file.h"
#include "agent/service/signals.h"

namespace {

enum class Word { End, Reload };

// Waits for a signal and, when ephemeral, for the end of standard input: the command that
// started this agent holds the other end, so its death of whatever kind ends the agent.
Word wait_for_a_word(const mpm::UniqueFd& signals, bool is_ephemeral) {
  std::array<pollfd, 2> waits{pollfd{signals.get(), POLLIN, 0},
                              pollfd{is_ephemeral ? STDIN_FILENO : -1, POLLIN, 0}};
  for (;;) {
    if (::poll(waits.data(), waits.size(), -1) < 0) continue;
    if (waits[0].revents != 0) {
      const int signal = mpm::arrived_signal(signals);
      if (signal == 0) continue;
      return signal == SIGHUP && !is_ephemeral ? Word::Reload : Word::End;
    }
    if (waits[1].revents == 0) continue;
    std::array<char, 64> ignored{};
    if (::read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0) return Word::End;
  }
}

// The same buffers are wanted again a second later: what the heap gives back to the kernel
// meanwhile has to be touched anew, which was a tenth of the agent's time. One arena for all
// threads, of which two are seldom awake at once, holds less than one for each. As tests/bench
// measured them.
void keep_what_is_freed() {
  constexpr int kKept = 4 << 20;
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_TRIM_THRESHOLD, kKept);
  ::mallopt(M_MMAP_THRESHOLD, kKept);
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

int complain(const mpm::Log& log, const mpm::Error& error) {
  log.write(mpm::Priority::Error, error.what);
  return error.kind == mpm::Error::Kind::Usage ? 2 : 1;
}

// Takes up what the command line and its file say now, as far as that is possible.
void reload(mpm::ProgramOptions& options, mpm::Doors& doors, const mpm::Log& log, int argc,
            char** argv) {
  auto now = mpm::parse_command_line(argc, argv);
  if (!now) {
    log.write(mpm::Priority::Error, "Nothing is reloaded: " + one_line(now.error().text));
    return;
  }
  for (const std::string& key : mpm::keys_for_a_start(options, *now))
    log.write(mpm::Priority::Warning, key + " is taken up at the next start.");
  if (const auto opened = doors.reopen(*now); !opened)
    log.write(mpm::Priority::Error, "Not all is reloaded: " + opened.error().what);
  else
    log.write(mpm::Priority::Notice, "Reloaded.");
}

}  // namespace

int main(int argc, char** argv) {
  if (mpm::asks_for_the_hand(argc, argv)) return mpm::run_hand(argc, argv);
  auto options = mpm::parse_command_line(argc, argv);
  if (!options) {
    fmt::print(options.error().status == 0 ? stdout : stderr, "{}", options.error().text);
    return options.error().status;
  }
  keep_what_is_freed();
  const mpm::UniqueFd signals = mpm::signals_as_a_file();
  const mpm::Log log;
  const bool is_ephemeral = options->agent.ephemeral;

  mpm::SystemClock clock;
  mpm::AgentOptions agent_options = options->agent;
  agent_options.tell = [&log, is_ephemeral](const std::string& sentence) {
    // Who waits for "ready" hears it; see cli/ephemeral.h.
    // Not by fmt::print, which throws when the terminal is gone.
    if (is_ephemeral) std::fputs(fmt::format("note {}\n", one_line(sentence)).c_str(), stdout);
    std::fflush(stdout);
    log.write(mpm::Priority::Warning, sentence);
  };
  const mpm::ServiceNotice notice;
  // A server that hangs holds up its own watch alone; when this stands still, the agent does.
  agent_options.goes_round = [&notice] { notice.alive(); };
  auto agent = mpm::Agent::start(std::move(agent_options), clock);
  if (!agent) return complain(log, agent.error());
  auto doors = mpm::Doors::open(**agent, *options);
  if (!doors) return complain(log, doors.error());

  if (is_ephemeral) {
    fmt::print("ready\n");
    std::fflush(stdout);
  }
  notice.ready();
  while (wait_for_a_word(signals, is_ephemeral) == Word::Reload) {
    notice.reloading();
    reload(*options, *doors, log, argc, argv);
    notice.ready();
  }
  notice.ending();
  doors->close();
  return 0;
}
