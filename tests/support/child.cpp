// SPDX-License-Identifier: Apache-2.0
#include "tests/support/child.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  UniqueFd read, write;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
};

[[noreturn]] void become(const std::vector<std::string>& arguments, const RunOptions& options) {
  if (options.user >= 0) {
    const auto id = static_cast<unsigned>(options.user);
    if (::setgroups(0, nullptr) != 0 || ::setgid(id) != 0 || ::setuid(id) != 0) ::_exit(126);
  }
  for (const std::string& entry : options.environment) {
    const auto equals = entry.find('=');
    ::setenv(entry.substr(0, equals).c_str(), entry.substr(equals + 1).c_str(), 1);
  }
  std::vector<char*> argv;
  for (const std::string& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

// False at the end of the file.
bool drain(int fd, std::string& into) {
  std::array<char, 65536> block;
  const ssize_t got = ::read(fd, block.data(), block.size());
  if (got <= 0) return false;
  into.append(block.data(), static_cast<std::size_t>(got));
  return true;
}

void collect(pid_t pid, Pipe& out, Pipe& err, Clock::time_point end, Finished& finished) {
  std::array<pollfd, 2> waits{pollfd{out.read.get(), POLLIN, 0}, pollfd{err.read.get(), POLLIN, 0}};
  int open = 2;
  while (open > 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) {
      ::kill(pid, SIGKILL);
      return;
    }
    if (::poll(waits.data(), waits.size(), static_cast<int>(left.count())) <= 0) continue;
    std::size_t index = 0;
    for (std::string* into : {&finished.out, &finished.err}) {
      pollfd& wait = waits[index++];
      if (wait.fd < 0 || wait.revents == 0 || drain(wait.fd, *into)) continue;
      wait.fd = -1;
      --open;
    }
  }
}

// As a shell has it.
int exit_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Finished run(const std::vector<std::string>& arguments, RunOptions options) {
  Pipe out;
  Pipe err;
  const auto begin = Clock::now();
  const pid_t pid = ::fork();
  if (pid == 0) {
    const UniqueFd null(::open("/dev/null", O_RDONLY));
    ::dup2(null.get(), STDIN_FILENO);
    ::dup2(out.write.get(), STDOUT_FILENO);
    ::dup2(err.write.get(), STDERR_FILENO);
    become(arguments, options);
  }
  out.write.reset();
  err.write.reset();
  Finished finished;
  collect(pid, out, err, begin + options.deadline, finished);
  int status = 0;
  rusage used{};
  ::wait4(pid, &status, 0, &used);
  finished.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  finished.cpu_seconds = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
  finished.peak_kilobytes = used.ru_maxrss;
  finished.status = exit_status(status);
  return finished;
}

Background::Background(const std::vector<std::string>& arguments, const std::string& log,
                       const RunOptions& options) {
  pid_ = ::fork();
  if (pid_ != 0) return;
  const UniqueFd null(::open("/dev/null", O_RDWR));
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::dup2(null.get(), fd);
  if (!log.empty()) {
    const UniqueFd file(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600));
    ::dup2(file.get(), STDERR_FILENO);
  }
  become(arguments, options);
}

Background::~Background() {
  end();
}

int Background::end(std::chrono::milliseconds patience) {
  if (pid_ <= 0) return 0;
  ::kill(pid_, SIGTERM);
  int status = 0;
  // A program may not listen; unshare, for one, waits for its child.
  const auto has_ended = [&] { return ::waitpid(pid_, &status, WNOHANG) != 0; };
  if (!wait_for(has_ended, patience)) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status, 0);
  }
  pid_ = 0;
  return exit_status(status);
}

bool has_ended(pid_t pid) {
  if (::kill(pid, 0) != 0) return true;
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  const auto name_end = text.rfind(')');
  return name_end == std::string::npos || text.compare(name_end, 3, ") Z") == 0;
}

}  // namespace mpm
