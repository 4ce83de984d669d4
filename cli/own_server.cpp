// SPDX-License-Identifier: Apache-2.0
#include "cli/own_server.h"

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/socket.h"
#include "cli/spawn.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view kProgram = "mpm-httpd";
constexpr milliseconds kAnswersWithin{10'000};
constexpr milliseconds kEndsWithin{5'000};

bool write_file(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return !file.fail();
}

bool ready_for(const Descriptor& socket, short what, int milliseconds_at_most) {
  pollfd waiting{socket.get(), what, 0};
  return poll(&waiting, 1, milliseconds_at_most) == 1;
}

// Whether a request is answered, with whatever status.
bool answers(std::uint16_t port) {
  const Descriptor socket = begin_connecting(port);
  if (!socket || !ready_for(socket, POLLOUT, 500)) return false;
  constexpr std::string_view kRequest =
      "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  if (send(socket.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) return false;
  if (!ready_for(socket, POLLIN, 1000)) return false;
  std::array<char, 7> head{};
  const ssize_t got = recv(socket.get(), head.data(), head.size(), 0);
  return got > 0 && std::string_view(head.data(), static_cast<std::size_t>(got)) == "HTTP/1.";
}

// Looked at and not reaped: until it is, its pid is nobody else's.
bool has_ended(pid_t child) {
  siginfo_t ended{};
  return waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         ended.si_pid != 0;
}

Error ended_early(const std::string& directory) {
  std::string why = last_line(directory + "/output.log");
  if (why.empty()) why = last_line(directory + "/error.log");
  return {Error::Kind::Unreachable,
          why.empty() ? fmt::format("{} ended before it answered and gave no reason.", kProgram)
                      : fmt::format("{} ended before it answered: {}", kProgram, why)};
}

}  // namespace

Result<void> OwnServer::start(const ServerShape& shape) {
  auto launched = launch(shape);
  if (launched) launched = wait_until_it_answers();
  if (!launched) end();
  return launched;
}

Result<void> OwnServer::launch(const ServerShape& shape) {
  const std::lock_guard lock(mutex_);
  if (finished_) return fail(Error::Kind::Conflict, "This command is ending.");
  const std::string binary = program_beside(kProgram);
  if (binary.empty())
    return fail(Error::Kind::NotFound,
                fmt::format("There is no {} beside mpmctl or in PATH; install it.", kProgram));
  auto directory = private_directory();
  if (!directory) return fail(std::move(directory.error()));
  place_ = {*directory, unused_port()};
  const std::string file = *directory + "/demo.conf";
  std::error_code made;
  std::filesystem::create_directory(*directory + "/htdocs", made);
  if (made || !write_file(file, server_configuration(shape, place_)) ||
      !write_file(*directory + "/htdocs/index.html", "<!doctype html><title>mpm-httpd</title>\n"))
    return fail(Error::Kind::Unreachable,
                fmt::format("The server's files could not be written in {}.", *directory));
  SpawnPlan plan;
  plan.read_nothing();
  plan.write_to(*directory + "/output.log", STDOUT_FILENO);
  plan.write_to(*directory + "/output.log", STDERR_FILENO);
  const int error =
      plan.run(binary, {binary, "-D", "FOREGROUND", "-d", *directory, "-f", file}, child_);
  if (error == 0) return {};
  child_ = 0;
  return fail(Error::Kind::Unreachable,
              fmt::format("{} could not be started: {}.", binary, reason(error)));
}

Result<void> OwnServer::wait_until_it_answers() {
  std::unique_lock lock(mutex_);
  const pid_t child = child_;
  const ServerPlace place = place_;
  lock.unlock();
  const auto deadline = steady_clock::now() + kAnswersWithin;
  while (!answers(place.port)) {
    if (has_ended(child)) return fail(ended_early(place.directory));
    if (steady_clock::now() >= deadline)
      return fail(Error::Kind::TimedOut,
                  fmt::format("{} was started and did not answer on port {} within {} seconds.",
                              kProgram, place.port, kAnswersWithin.count() / 1000));
    poll(nullptr, 0, 20);
  }
  return {};
}

void OwnServer::end() {
  const std::lock_guard lock(mutex_);
  end_locked();
}

void OwnServer::finish() {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  end_locked();
}

void OwnServer::end_locked() {
  if (child_ > 0) {
    kill(child_, SIGTERM);
    const auto deadline = steady_clock::now() + kEndsWithin;
    while (!has_ended(child_) && steady_clock::now() < deadline)
      poll(nullptr, 0, 5);
    // With it whatever it may have left of its group, which is named by its pid until it is reaped.
    kill(-child_, SIGKILL);
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  child_ = 0;
  if (place_.directory.empty()) return;
  std::error_code ignored;  // what cannot be removed is left for the system's own cleaning
  std::filesystem::remove_all(place_.directory, ignored);
  place_ = {};
}

}  // namespace mpm
