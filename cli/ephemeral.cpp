// SPDX-License-Identifier: Apache-2.0
#include "cli/ephemeral.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/text.h"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace mpm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view kProgram = "mpm-agent";

std::string reason(int code) {
  return std::generic_category().message(code);
}

bool executable(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

Result<std::string> private_directory() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  std::string last = "no directory";
  for (const std::string& base :
       {std::string(runtime == nullptr ? "" : runtime), std::string("/tmp")}) {
    // sun_path holds 107 characters; "/mpmctl-XXXXXX/agent.sock" takes 25 of them.
    if (base.empty() || base.size() > 80) continue;
    std::string pattern = base + "/mpmctl-XXXXXX";
    if (mkdtemp(pattern.data()) != nullptr) return pattern;
    last = reason(errno);
  }
  return fail(Error::Kind::Unreachable,
              fmt::format("A private directory for an agent could not be made in /tmp ({}); make "
                          "/tmp writable or start mpm-agent as a service.",
                          last));
}

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

std::string last_line(const std::string& file) {
  std::ifstream log(file);
  std::string last;
  for (std::string line; std::getline(log, line);)
    if (!line.empty()) last = line;
  return printable(last);
}

// What the child does before it runs: its stdin and stdout are our pipes, no signal is
// blocked or ignored, and its group is its own.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    sigset_t defaults;
    sigemptyset(&defaults);
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP})
      sigaddset(&defaults, signal);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &defaults);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void connect(int from, int to) { posix_spawn_file_actions_adddup2(&actions_, from, to); }
  void write_to(const std::string& file, int to) {
    posix_spawn_file_actions_addopen(&actions_, to, file.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                     0600);
  }
  // The error code, 0 for none.
  int run(const std::string& binary, std::vector<std::string> arguments, pid_t& child) {
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& argument : arguments)
      argv.push_back(argument.data());
    argv.push_back(nullptr);
    return posix_spawn(&child, binary.c_str(), &actions_, &attributes_, argv.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// Whether the child has ended within the time; it is reaped then.
bool ends_within(pid_t child, milliseconds time) {
  const auto deadline = steady_clock::now() + time;
  while (true) {
    const pid_t ended = waitpid(child, nullptr, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) return true;
    if (steady_clock::now() >= deadline) return false;
    poll(nullptr, 0, 5);
  }
}

}  // namespace

std::string agent_binary() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error && executable(self.parent_path() / kProgram)) return self.parent_path() / kProgram;
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::filesystem::path directory(rest.substr(0, colon));
    // An empty or relative entry means the working directory, where anybody may have put it.
    if (directory.is_absolute() && executable(directory / kProgram)) return directory / kProgram;
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  return "";
}

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
  const std::string binary = agent_binary();
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
  const int error =
      plan.run(binary, {binary, "--ephemeral", "--socket", directory_ + "/agent.sock"}, child_);
  if (error == 0) return {};
  child_ = 0;
  return fail(Error::Kind::Unreachable,
              fmt::format("{} could not be started: {}.", binary, reason(error)));
}

// Reads the agent's stdout until a whole line is there.
Result<void> EphemeralAgent::wait_until_ready(int ready) {
  const auto deadline = steady_clock::now() + options_.ready_within;
  std::string line;
  while (line.find('\n') == std::string::npos) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
    pollfd waiting{ready, POLLIN, 0};
    const int found = left.count() > 0 ? poll(&waiting, 1, static_cast<int>(left.count())) : 0;
    if (found < 0 && errno == EINTR) continue;
    if (found <= 0)
      return fail(Error::Kind::TimedOut,
                  fmt::format("mpm-agent was started and was not ready after {} seconds; run it by "
                              "hand with --ephemeral to see why.",
                              options_.ready_within.count() / 1000));
    std::array<char, 256> bytes{};
    const ssize_t got = read(ready, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(ended_early());
    line.append(bytes.data(), static_cast<std::size_t>(got));
    if (line.size() > 4096) break;
  }
  if (line.substr(0, line.find('\n')) == "ready") return {};
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
