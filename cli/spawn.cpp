// SPDX-License-Identifier: Apache-2.0
#include "cli/spawn.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/text.h"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace mpm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool executable(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string reason(int code) {
  return std::generic_category().message(code);
}

std::string program_beside(std::string_view name) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error && executable(self.parent_path() / name)) return self.parent_path() / name;
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::filesystem::path directory(rest.substr(0, colon));
    // An empty or relative entry means the working directory, where anybody may have put it.
    if (directory.is_absolute() && executable(directory / name)) return directory / name;
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  return "";
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
  return fail(
      Error::Kind::Unreachable,
      fmt::format("A private directory could not be made in /tmp ({}); make /tmp writable.", last));
}

std::string last_line(const std::string& file) {
  std::ifstream log(file);
  std::string last;
  for (std::string line; std::getline(log, line);)
    if (!line.empty()) last = line;
  return printable(last);
}

SpawnPlan::SpawnPlan() {
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
  posix_spawnattr_setflags(&attributes_,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

SpawnPlan::~SpawnPlan() {
  posix_spawn_file_actions_destroy(&actions_);
  posix_spawnattr_destroy(&attributes_);
}

void SpawnPlan::connect(int from, int to) {
  posix_spawn_file_actions_adddup2(&actions_, from, to);
}

void SpawnPlan::write_to(const std::string& file, int to) {
  posix_spawn_file_actions_addopen(&actions_, to, file.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0600);
}

void SpawnPlan::read_nothing() {
  posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
}

int SpawnPlan::run(const std::string& binary, std::vector<std::string> arguments, pid_t& child) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  return posix_spawn(&child, binary.c_str(), &actions_, &attributes_, argv.data(), environ);
}

bool ends_within(pid_t child, milliseconds time) {
  const auto deadline = steady_clock::now() + time;
  while (true) {
    const pid_t ended = waitpid(child, nullptr, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) return true;
    if (steady_clock::now() >= deadline) return false;
    poll(nullptr, 0, 5);
  }
}

}  // namespace mpm
