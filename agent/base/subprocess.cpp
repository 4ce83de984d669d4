// SPDX-License-Identifier: Apache-2.0
//
// Between fork and exec only what is safe after a fork of a program with threads: system calls on
// memory that was made ready before. The user is changed by raw system calls, because glibc's
// setuid speaks to threads that the child does not have.
#include "agent/base/subprocess.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/base/file.h"

namespace mpm {
namespace {

using Steady = std::chrono::steady_clock;

// How often a program that closed its output, or holds it open in a child, is looked at.
constexpr std::chrono::milliseconds kTick{10};
constexpr int kReportFd = 3;

enum class Stage : std::uint8_t { Cgroup, Limit, Namespace, Root, Rights, Directory, Exec };

// What the child says of itself over a pipe that its exec closes.
struct Report {
  Stage stage{};
  int error = 0;
};

struct PipeEnds {
  UniqueFd read, write;
};

Result<PipeEnds> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(system_error(errno, "pipe"));
  return PipeEnds{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> list;
  list.reserve(words.size() + 1);
  for (const std::string& word : words)
    list.push_back(const_cast<char*>(word.c_str()));
  list.push_back(nullptr);
  return list;
}

// All that the child needs, in memory and open before the fork.
struct Prepared {
  const ProcessPlace* place = nullptr;
  std::string program;
  std::vector<char*> arguments, environment;
  std::vector<std::vector<UniqueFd>> cgroups;
  UniqueFd null;
  int out = -1, err = -1, report = -1;
};

void tell(int report, Stage stage, int error) {
  const Report message{stage, error};
  // A report that cannot be written is missed, and nothing else.
  if (::write(report, &message, sizeof message) < 0) return;
}

[[noreturn]] void give_up(int report, Stage stage) {
  tell(report, stage, errno);
  ::_exit(127);
}

void reset_signals() {
  struct sigaction plain {};
  plain.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal)
    ::sigaction(signal, &plain, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void join_cgroups(const Prepared& prepared) {
  for (const auto& candidates : prepared.cgroups) {
    bool joined = false;
    errno = ENOENT;
    for (const UniqueFd& file : candidates) {
      joined = ::write(file.get(), "0", 1) == 1;
      if (joined) break;
    }
    if (!joined) tell(prepared.report, Stage::Cgroup, errno);
  }
}

// Ends of pipes first, then everything above them is closed.
void arrange_descriptors(const Prepared& prepared) {
  // Each at a number that none of the others wants.
  const int out = ::fcntl(prepared.out, F_DUPFD_CLOEXEC, 10);
  const int err = ::fcntl(prepared.err, F_DUPFD_CLOEXEC, 10);
  const int null = ::fcntl(prepared.null.get(), F_DUPFD_CLOEXEC, 10);
  const int report = ::fcntl(prepared.report, F_DUPFD_CLOEXEC, 10);
  ::dup2(null, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::dup3(report, kReportFd, O_CLOEXEC);
  if (::syscall(SYS_close_range, kReportFd + 1, ~0U, 0) == 0) return;
  constexpr int kMost = 65536;
  for (int fd = kReportFd + 1; fd < kMost; ++fd)
    ::close(fd);
}

// The agent's own groups are given up already. A user namespace may forbid to take any; then the
// program has fewer than it could have, and none that it should not.
void take_user(const ProcessUser& user) {
  if (!user.groups.empty() &&
      ::syscall(SYS_setgroups, user.groups.size(), user.groups.data()) != 0 && errno != EPERM)
    give_up(kReportFd, Stage::Rights);
  if (::syscall(SYS_setresgid, user.gid, user.gid, user.gid) != 0 ||
      ::syscall(SYS_setresuid, user.uid, user.uid, user.uid) != 0)
    give_up(kReportFd, Stage::Rights);
}

void take_place(const ProcessPlace& place) {
  for (const auto& [which, limit] : place.limits)
    if (::setrlimit(static_cast<__rlimit_resource>(which), &limit) != 0)
      tell(kReportFd, Stage::Limit, errno);
  if (place.file_mask) ::umask(*place.file_mask);
  constexpr int kCapabilities = 64;
  for (int capability = 0; place.capability_bound && capability < kCapabilities; ++capability) {
    if ((*place.capability_bound >> static_cast<unsigned>(capability) & 1U) != 0) continue;
    // Not 1: the agent has lost it itself, or the kernel has no such capability.
    if (::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) != 1) continue;
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) give_up(kReportFd, Stage::Rights);
  }
  if (place.user) take_user(*place.user);
  if (::chdir(place.directory.c_str()) != 0) give_up(kReportFd, Stage::Directory);
}

// A pid namespace is the children's who are born after it was entered. So there is one more
// process, which waits for the program and ends as it does.
void stand_between() {
  const pid_t pid = ::fork();
  if (pid < 0) give_up(kReportFd, Stage::Namespace);
  if (pid == 0) return;
  ::close(kReportFd);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) ::kill(::getpid(), WTERMSIG(status));
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 127);
}

[[noreturn]] void become(const Prepared& prepared) {
  const ProcessPlace& place = *prepared.place;
  ::setpgid(0, 0);
  join_cgroups(prepared);
  if (place.user && ::syscall(SYS_setgroups, 0, nullptr) != 0)
    give_up(prepared.report, Stage::Rights);
  for (const UniqueFd& entered : place.namespaces)
    if (::setns(entered.get(), 0) != 0) give_up(prepared.report, Stage::Namespace);
  if (place.root && (::fchdir(place.root.get()) != 0 || ::chroot(".") != 0))
    give_up(prepared.report, Stage::Root);
  arrange_descriptors(prepared);
  reset_signals();
  if (!place.namespaces.empty()) stand_between();
  take_place(place);
  ::execve(prepared.program.c_str(), prepared.arguments.data(), prepared.environment.data());
  give_up(kReportFd, Stage::Exec);
}

// The descriptors' numbers are those before arrange_descriptors; what is open is read up to its
// end or until there is nothing more for now.
class Output {
 public:
  Output(UniqueFd fd, std::size_t bound) : fd_(std::move(fd)), bound_(bound) {
    ::fcntl(fd_.get(), F_SETFL, O_NONBLOCK);
  }
  pollfd waiting() const { return {fd_.get(), POLLIN, 0}; }
  void drain() {
    std::array<char, 16384> block;
    while (fd_) {
      const ssize_t got = ::read(fd_.get(), block.data(), block.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) return fd_.reset();
      const auto room = std::min(static_cast<std::size_t>(got), bound_ - text_.size());
      text_.append(block.data(), room);
      cut_ = cut_ || room < static_cast<std::size_t>(got);
    }
  }
  std::string take() { return std::move(text_); }
  bool cut() const { return cut_; }

 private:
  UniqueFd fd_;
  std::size_t bound_;
  std::string text_;
  bool cut_ = false;
};

void say_end(int status, Outcome& outcome) {
  if (WIFSIGNALED(status))
    outcome.signal = WTERMSIG(status);
  else
    outcome.exit_status = WEXITSTATUS(status);
}

// Until the program itself has ended; what it left behind may hold its output open for ever.
Outcome collect(pid_t pid, Output out, Output err, Steady::time_point end) {
  Outcome outcome;
  int status = 0;
  for (;;) {
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    out.drain();
    err.drain();
    if (ended == pid || (ended < 0 && errno != EINTR)) break;
    if (Steady::now() >= end) {
      outcome.timed_out = true;
      ::kill(-pid, SIGKILL);
      while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
      }
      break;
    }
    std::array<pollfd, 2> waits{out.waiting(), err.waiting()};
    ::poll(waits.data(), waits.size(), static_cast<int>(kTick.count()));
  }
  out.drain();
  err.drain();
  say_end(status, outcome);
  outcome.cut = out.cut() || err.cut();
  outcome.out = out.take();
  outcome.err = err.take();
  return outcome;
}

std::string name_of_stage(Stage stage, const Command& command, const ProcessPlace& place) {
  switch (stage) {
    case Stage::Cgroup:
      return "it runs in the agent's own cgroup, because its own could not be joined";
    case Stage::Limit:
      return "one of its resource limits is the agent's, because its own could not be set";
    case Stage::Namespace:
      return "its container's namespaces cannot be entered";
    case Stage::Root:
      return "its container's root directory cannot be entered";
    case Stage::Rights:
      return "it cannot be run as its server's user";
    case Stage::Directory:
      return place.directory;
    case Stage::Exec:
      break;
  }
  return command.arguments.front();
}

// What the child told before its exec: losses, and at most one reason why there was none.
std::optional<Error> read_reports(const UniqueFd& pipe, const Command& command,
                                  const ProcessPlace& place, std::vector<std::string>& losses) {
  std::optional<Error> error;
  for (Report report;;) {
    const ssize_t got = ::read(pipe.get(), &report, sizeof report);
    if (got < 0 && errno == EINTR) continue;
    if (got != static_cast<ssize_t>(sizeof report)) return error;
    Error told = system_error(report.error, name_of_stage(report.stage, command, place));
    if (report.stage == Stage::Cgroup || report.stage == Stage::Limit)
      losses.push_back(std::move(told.what));
    else
      error = std::move(told);
  }
}

std::vector<std::vector<UniqueFd>> open_cgroups(const Command& command) {
  std::vector<std::vector<UniqueFd>> opened;
  for (const auto& candidates : command.cgroups) {
    std::vector<UniqueFd>& files = opened.emplace_back();
    for (const std::string& file : candidates) {
      UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
      if (fd) files.push_back(std::move(fd));
    }
  }
  return opened;
}

// With every signal held back, so that none of the agent's handlers runs in the child.
pid_t fork_quietly(const Prepared& prepared) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) become(prepared);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

}  // namespace

std::optional<std::string> find_program(const std::string& name, const std::string& search_path) {
  if (name.find('/') != std::string::npos) return name;
  for (std::size_t from = 0; from < search_path.size();) {
    const std::size_t end = std::min(search_path.find(':', from), search_path.size());
    std::string file = search_path.substr(from, end - from) + "/" + name;
    if (file.front() == '/' && ::access(file.c_str(), X_OK) == 0) return file;
    from = end + 1;
  }
  return std::nullopt;
}

Result<Outcome> run_command(const Command& command, const ProcessPlace& place) {
  if (command.arguments.empty()) return fail(Error::Kind::Internal, "no program is named");
  const auto end = Steady::now() + command.deadline;
  auto program = find_program(command.arguments.front(), command.search_path);
  if (!program)
    return fail(Error::Kind::NotFound, fmt::format("{}: there is no such program in {}",
                                                   command.arguments.front(), command.search_path));
  auto out = make_pipe();
  auto err = make_pipe();
  auto report = make_pipe();
  for (const auto* pipe : {&out, &err, &report})
    if (!*pipe) return fail(pipe->error());

  Prepared prepared{&place,
                    std::move(*program),
                    pointers(command.arguments),
                    pointers(place.environment),
                    open_cgroups(command),
                    UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
                    out->write.get(),
                    err->write.get(),
                    report->write.get()};
  const pid_t pid = fork_quietly(prepared);
  if (pid < 0) return fail(system_error(errno, "no process can be made"));
  ::setpgid(pid, pid);  // whoever is first; a kill of the group must find it
  for (auto* pipe : {&out, &err, &report})
    (*pipe)->write.reset();

  std::vector<std::string> losses;
  auto error = read_reports(report->read, command, place, losses);
  Outcome outcome = collect(pid, Output(std::move(out->read), command.output_bound),
                            Output(std::move(err->read), command.output_bound), end);
  if (error) return fail(std::move(*error));
  outcome.losses = std::move(losses);
  return outcome;
}

}  // namespace mpm
