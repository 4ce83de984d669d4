// SPDX-License-Identifier: Apache-2.0
#include "cli/ephemeral.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/spawn.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view kNote = "note ";
constexpr std::size_t kLongestNote = 4096;
// Taking a change back takes a reload of the server, or a stop and a start.
constexpr milliseconds kChangeWithin = std::chrono::minutes(5);

struct Pipe {
  int read = -1;
  int write = -1;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail(Error::Kind::Internal, fmt::format("A pipe could not be made: {}.", reason(errno)));
  return Pipe{ends[0], ends[1]};
}

}  // namespace

Result<std::string> EphemeralAgent::start() {
  int ready = -1;
  if (auto launched = launch(ready); !launched) {
    end();
    return fail(launched.error());
  }
  auto waited = wait_until_ready(ready);
  close(ready);
  if (!waited) {
    end();
    return fail(waited.error());
  }
  return directory_ + "/agent.sock";
}

Result<void> EphemeralAgent::launch(int& ready) {
  const std::lock_guard lock(mutex_);
  const std::string binary = program_beside("mpm-agent");
  if (binary.empty())
    return fail(Error::Kind::Unreachable,
                "No agent answers, and there is no mpm-agent beside mpmctl or in PATH to start; "
                "install it or name the socket of a running one with --agent.");
  auto directory = private_directory();
  if (!directory) return fail(directory.error());
  directory_ = *directory;
  auto input = make_pipe();
  if (!input) return fail(input.error());
  leash_ = input->write;
  auto output = make_pipe();
  if (!output) {
    close(input->read);
    return fail(output.error());
  }
  ready = output->read;
  auto spawned = spawn(binary, input->read, output->write);
  close(input->read);
  close(output->write);
  if (!spawned) close(ready);
  return spawned;
}

Result<void> EphemeralAgent::spawn(const std::string& binary, int input, int output) {
  SpawnPlan plan;
  plan.connect(input, STDIN_FILENO);
  plan.connect(output, STDOUT_FILENO);
  if (!options_.show_log) plan.write_to(directory_ + "/agent.log", STDERR_FILENO);
  std::vector<std::string> arguments{binary, "--ephemeral", "--socket", directory_ + "/agent.sock"};
  if (!options_.state.empty()) arguments.insert(arguments.end(), {"--state", options_.state});
  if (!options_.service.empty()) arguments.insert(arguments.end(), {"--service", options_.service});
  const int error = plan.run(binary, arguments, child_);
  if (error == 0) return {};
  child_ = 0;
  return fail(Error::Kind::Unreachable,
              fmt::format("{} could not be started: {}.", binary, reason(error)));
}

void EphemeralAgent::take_note(const std::string& line) {
  if (options_.tell) options_.tell(line.substr(kNote.size()));
  // It is in the middle of a change, which must not be cut off.
  const std::lock_guard lock(mutex_);
  options_.ended_within = std::max(options_.ended_within, kChangeWithin);
}

// Reads the agent's stdout until it says that it is ready.
Result<void> EphemeralAgent::wait_until_ready(int ready) {
  auto deadline = steady_clock::now() + options_.ready_within;
  std::string text;
  for (;;) {
    if (const auto end = text.find('\n'); end != std::string::npos) {
      const std::string line = text.substr(0, end);
      text.erase(0, end + 1);
      if (line == "ready") return {};
      if (line.compare(0, kNote.size(), kNote) != 0 || text.size() > kLongestNote) break;
      take_note(line);
      deadline = std::max(deadline, steady_clock::now() + kChangeWithin);
      continue;
    }
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
    pollfd waiting{ready, POLLIN, 0};
    const int found = left.count() > 0 ? poll(&waiting, 1, static_cast<int>(left.count())) : 0;
    if (found < 0 && errno == EINTR) continue;
    if (found <= 0)
      return fail(Error::Kind::TimedOut,
                  "mpm-agent was started and was not ready in time; run it by hand with "
                  "--ephemeral to see why.");
    std::array<char, 256> bytes{};
    const ssize_t got = read(ready, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(ended_early());
    text.append(bytes.data(), static_cast<std::size_t>(got));
    if (text.size() > kLongestNote) break;
  }
  return fail(Error::Kind::Malformed,
              "mpm-agent did not say that it is ready, so it is probably of another version than "
              "mpmctl; install both from one release.");
}

Error EphemeralAgent::ended_early() {
  const std::string log = last_line(directory_ + "/agent.log");
  return {Error::Kind::Unreachable,
          log.empty() ? std::string("mpm-agent ended before it was ready and gave no reason.")
                      : fmt::format("mpm-agent ended before it was ready: {}", log)};
}

void EphemeralAgent::end() {
  const std::lock_guard lock(mutex_);
  if (leash_ >= 0) close(leash_);
  leash_ = -1;
  if (child_ > 0) reap();
  child_ = 0;
  if (directory_.empty()) return;
  std::error_code ignored;  // what cannot be removed is left for the system's own cleaning
  std::filesystem::remove_all(directory_, ignored);
  directory_.clear();
}

void EphemeralAgent::reap() const {
  if (ends_within(child_, options_.ended_within)) return;
  kill(child_, SIGTERM);
  if (ends_within(child_, options_.ended_within)) return;
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
}

}  // namespace mpm
