// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/logs.h"

#include <array>
#include <cerrno>
#include <ctime>

#include <fcntl.h>
#include <fmt/format.h>

#include "agent/base/file.h"
#include "agent/builtin/shared_scoreboard.h"

namespace mpm::builtin {
namespace {

constexpr std::array kModules =
    std::to_array<std::string_view>({"mpm_prefork", "mpm_worker", "mpm_event", "mpm_winnt"});

Result<UniqueFd> open_log(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  if (!fd) return fail(system_error(errno, path).in("the log cannot be opened"));
  return fd;
}

// A log that cannot be written must not stop the server; there is nowhere left to say so.
void write_line(int fd, std::string_view line) {
  while (::write(fd, line.data(), line.size()) < 0 && errno == EINTR) {
  }
}

std::string time_text(std::int64_t at_us) {
  const std::time_t second = at_us / 1'000'000;
  std::tm local{};
  ::localtime_r(&second, &local);
  std::array<char, 32> day{};
  std::array<char, 8> year{};
  std::strftime(day.data(), day.size(), "%a %b %d %H:%M:%S", &local);
  std::strftime(year.data(), year.size(), "%Y", &local);
  return fmt::format("{}.{:06} {}", day.data(), at_us % 1'000'000, year.data());
}

}  // namespace

Result<Logs> Logs::open(const Settings& settings) {
  Logs logs;
  logs.level_ = settings.log_level;
  logs.module_ = kModules[static_cast<std::size_t>(settings.pool.mpm)];
  if (!settings.error_log.empty()) {
    auto file = open_log(settings.error_log);
    if (!file) return fail(std::move(file.error()));
    logs.error_ = std::move(*file);
  }
  for (const CustomLog& log : settings.custom_logs) {
    auto file = open_log(log.file);
    if (!file) return fail(std::move(file.error()));
    logs.access_.push_back({std::move(*file), log.format});
  }
  return logs;
}

void Logs::error(LogLevel level, std::string_view code, std::string_view text) const {
  // Notices are always written, as httpd does.
  if (level > level_ && level != LogLevel::Notice) return;
  write_line(error_ ? error_.get() : STDERR_FILENO,
             fmt::format("[{}] [{}:{}] [pid {}] {}{}{}\n", time_text(now_us()), module_,
                         kLogLevels[static_cast<std::size_t>(level)], ::getpid(), code,
                         code.empty() ? "" : ": ", text));
}

void Logs::access(const LogEntry& entry) const {
  thread_local std::string line;
  for (const Access& log : access_) {
    line.clear();
    log.format.append(line, entry);
    write_line(log.file.get(), line);
  }
}

void Logs::take_stderr() const {
  if (error_) ::dup2(error_.get(), STDERR_FILENO);
}

}  // namespace mpm::builtin
