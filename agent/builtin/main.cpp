// SPDX-License-Identifier: Apache-2.0
//
// mpm-httpd: read the command line, read the configuration, then serve, or speak to the server
// that does.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include "agent/base/file.h"
#include "agent/builtin/compiled_in.h"
#include "agent/builtin/control.h"
#include "agent/builtin/options.h"
#include "agent/builtin/parent.h"
#include "agent/files/host_files.h"

namespace mpm::builtin {
namespace {

int complain(const Error& error) {
  fmt::print(stderr, "mpm-httpd: {}\n", error.what);
  return error.kind == Error::Kind::Usage ? 2 : 1;
}

// In the child of a detached server: no terminal, no directory held.
void detach() {
  ::setsid();
  if (::chdir("/") != 0) return;
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::dup2(null.get(), fd);
}

int serve(const Options& options, Settings settings) {
  if (const auto pid = running_server(settings.pid_file)) {
    fmt::print("mpm-httpd (pid {}) already running\n", *pid);
    return 0;
  }
  const std::string pid_file = settings.pid_file;
  const HostFiles files{std::string()};
  auto parent = Parent::prepare(std::move(settings), [&](const RunningLimits& running) {
    return read_settings(options.site, files, running);
  });
  if (!parent) return complain(parent.error());
  if (!options.foreground) {
    const pid_t server = ::fork();
    if (server < 0) return complain({Error::Kind::Internal, "fork failed"});
    if (server > 0) {
      const auto written = write_pid_file(pid_file, server);
      if (written) return 0;
      ::kill(server, SIGTERM);
      return complain(written.error());
    }
    detach();
  } else if (const auto written = write_pid_file(pid_file, ::getpid()); !written) {
    return complain(written.error());
  }
  (*parent)->run();
  remove_pid_file(pid_file);
  return 0;
}

int send_word(const Options& options, const Settings& settings) {
  const auto pid = running_server(settings.pid_file);
  if (!pid && (options.word == "restart" || options.word == "graceful")) {
    fmt::print(stderr, "mpm-httpd is not running, trying to start\n");
    return serve(options, settings);
  }
  if (!pid)
    return complain({Error::Kind::NotFound,
                     fmt::format("no server runs whose pid is in {}", settings.pid_file)});
  if (::kill(*pid, *signal_for(options.word)) != 0)
    return complain({Error::Kind::Denied, fmt::format("process {} may not be signalled", *pid)});
  return 0;
}

int print(const Options& options) {
  switch (options.action) {
    case Action::Modules:
      fmt::print("Compiled in modules:\n");
      for (const std::string& source : builtin_sources())
        fmt::print("  {}\n", source);
      return 0;
    case Action::Help:
      fmt::print("{}", kHelp);
      return 0;
    case Action::Compiled:
    case Action::Version:
      break;
    case Action::Serve:
    case Action::Signal:
    case Action::Test:
      return -1;
  }
  fmt::print("Server version: {}\nServer built:   {}\n", kServerVersion, MPM_BUILT);
  if (options.action == Action::Compiled) fmt::print("Server compiled with....\n{}", kCompiledIn);
  return 0;
}

// A connection is a descriptor, and event holds many more of them than the usual 1024.
void allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Starts this program again with `arguments`, which are then the command line that others see.
// Comes back only when that fails.
void start_again(const std::vector<std::string>& arguments) {
  const auto self = read_link("/proc/self/exe");
  if (!self) return;
  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  ::execv(self->c_str(), words.data());
}

int run(const std::vector<std::string>& arguments) {
  if (const auto absolute = with_absolute_paths(arguments); absolute != arguments)
    start_again(absolute);
  // The threads of a child share one heap: an arena each would cost more than it wins.
  ::mallopt(M_ARENA_MAX, 1);
  allow_many_descriptors();
  const auto options = parse_options(arguments);
  if (!options) return complain(options.error());
  if (const int status = print(*options); status >= 0) return status;

  auto settings = read_settings(options->site, HostFiles{std::string()});
  if (!settings) return complain(settings.error());
  for (const Remark& remark : settings->remarks)
    fmt::print(stderr, "{}: {}\n", remark.code, remark.text);
  if (options->action == Action::Test) {
    fmt::print(stderr, "Syntax OK\n");
    return 0;
  }
  if (options->action == Action::Signal) return send_word(*options, *settings);
  return serve(*options, std::move(*settings));
}

}  // namespace
}  // namespace mpm::builtin

int main(int argc, char** argv) {
  return mpm::builtin::run(std::vector<std::string>(argv, argv + argc));
}
