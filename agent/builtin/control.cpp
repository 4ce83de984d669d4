// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/control.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "agent/base/fd.h"
#include "agent/base/file.h"

namespace mpm::builtin {
namespace {

std::optional<pid_t> read_pid(const std::string& pid_file) {
  const auto text = read_file(pid_file);
  if (!text) return std::nullopt;
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), pid);
  if (error != std::errc() || pid <= 1) return std::nullopt;
  return pid;
}

// An ended process whose parent has not waited for it (state Z) can be signalled all the same.
bool has_ended(pid_t pid) {
  const auto text = read_file(fmt::format("/proc/{}/stat", pid));
  const auto state = text ? text->rfind(") ") : std::string::npos;
  return state == std::string::npos || text->compare(state, 3, ") Z") == 0;
}

// "mpm-httpd\n", the same for every process of this program.
std::string program_name(const std::string& process) {
  const auto name = read_file("/proc/" + process + "/comm");
  return name ? *name : std::string();
}

}  // namespace

std::optional<pid_t> running_server(const std::string& pid_file) {
  const auto pid = read_pid(pid_file);
  if (!pid || has_ended(*pid)) return std::nullopt;
  if (program_name(std::to_string(*pid)) != program_name("self")) return std::nullopt;
  return pid;
}

Result<void> write_pid_file(const std::string& pid_file, pid_t pid) {
  const UniqueFd file(
      ::open(pid_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  const std::string text = fmt::format("{}\n", pid);
  if (!file || ::write(file.get(), text.data(), text.size()) != std::ssize(text))
    return fail(system_error(errno, pid_file).in("AH00099: PidFile cannot be written"));
  return {};
}

void remove_pid_file(const std::string& pid_file) {
  if (read_pid(pid_file) == ::getpid()) ::unlink(pid_file.c_str());
}

std::optional<int> signal_for(std::string_view word) {
  constexpr std::array kWords = std::to_array<std::pair<std::string_view, int>>(
      {{"stop", SIGTERM}, {"graceful-stop", SIGWINCH}, {"restart", SIGHUP}, {"graceful", SIGUSR1}});
  for (const auto& [known, signal] : kWords)
    if (known == word) return signal;
  return std::nullopt;
}

}  // namespace mpm::builtin
