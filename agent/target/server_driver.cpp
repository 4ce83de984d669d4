// SPDX-License-Identifier: Apache-2.0
#include "agent/target/server_driver.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "agent/proc/cgroup.h"
#include "agent/target/discover.h"
#include "agent/target/process_place.h"
#include "agent/target/scoreboard_probe.h"
#include "agent/target/server_command.h"
#include "agent/target/successor.h"

namespace mpm {
namespace {

constexpr std::chrono::milliseconds kLook{50};  // between looks at a server that ends or begins
constexpr std::chrono::seconds kSayAgain{3};

double seconds_of(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

// "/usr/sbin/apache2" is apachectl's under the name apache2ctl on Debian, beside it.
std::string control_program(const std::string& binary) {
  const auto slash = binary.rfind('/');
  if (slash == std::string::npos) return {};
  const std::string directory = binary.substr(0, slash + 1);
  const std::string name = binary.substr(slash + 1);
  if (name == "apache2") return directory + "apache2ctl";
  if (name == "httpd") return directory + "apachectl";
  return {};
}

std::string first_error(const std::vector<ServerMessage>& messages) {
  const ServerMessage* worst = nullptr;
  for (const ServerMessage& message : messages)
    if (worst == nullptr || message.level != "warn") worst = &message;
  if (worst == nullptr) return "it said nothing";
  std::string text = worst->code.empty() ? worst->text : worst->code + ": " + worst->text;
  if (!worst->file.empty()) text += fmt::format(" ({}:{})", worst->file, worst->line);
  // The sentence that it goes into has an end of its own.
  while (!text.empty() && text.back() == '.')
    text.pop_back();
  return text;
}

std::string check_sentence(const Outcome& outcome, const CheckReport& report,
                           std::chrono::milliseconds deadline) {
  if (outcome.timed_out)
    return fmt::format(
        "The server's own check did not end within {:g} s and was ended, so nothing is known: run "
        "it by hand and see what it waits for.",
        seconds_of(deadline));
  if (outcome.signal != 0)
    return fmt::format("The server's own check was ended by signal {}: {}.", outcome.signal,
                       first_error(report.messages));
  if (outcome.exit_status != 0)
    return fmt::format("The server refuses its configuration: {}.", first_error(report.messages));
  const auto warnings = std::ranges::count(report.messages, "warn", &ServerMessage::level);
  if (warnings == 0) return "The server accepts its configuration.";
  return fmt::format(
      "The server accepts its configuration with {} warning{}, the first: {}.", warnings,
      warnings == 1 ? "" : "s",
      first_error({*std::ranges::find(report.messages, "warn", &ServerMessage::level)}));
}

tl::unexpected<Error> refuse(const Supervisor& supervisor) {
  if (supervisor.keeper == Keeper::Container)
    return fail(Error::Kind::Conflict,
                "the server lives in a container, which ends with it: restart the container by "
                "what runs it, as `docker restart` or a rollout, and the change is in force then");
  return fail(Error::Kind::Conflict,
              fmt::format("{} keeps the server in its foreground and may start it again or end "
                          "with it: stop and start the server by {}",
                          supervisor.name, supervisor.name));
}

}  // namespace

ServerDriver::ServerDriver(Target target, ProcFs proc, Clock& clock, DriverOptions options,
                           ServerProcess process)
    : target_(std::move(target)),
      proc_(std::move(proc)),
      clock_(clock),
      options_(std::move(options)),
      process_(std::move(process)),
      supervisor_(supervisor_of(target_, proc_, options_.systemd)),
      place_(place_of(proc_, target_.pid)),
      cgroups_(membership_files(proc_, target_.pid)) {}

Result<std::unique_ptr<ServerDriver>> ServerDriver::of(Target target, const ProcFs& proc,
                                                       Clock& clock, DriverOptions options) {
  if (target.pid == 0)
    return fail(Error::Kind::Usage,
                fmt::format("{} is known only by its status page, and cannot be made to load "
                            "anything from there: run the agent on its host",
                            target.url));
  auto process = ServerProcess::of(proc, target.pid);
  if (!process) return fail(std::move(process.error()));
  return std::unique_ptr<ServerDriver>(
      new ServerDriver(std::move(target), proc, clock, std::move(options), std::move(*process)));
}

Result<Outcome> ServerDriver::run_check(CheckReport& report) const {
  Command command;
  command.deadline = options_.check;
  if (place_) {
    command.arguments = check_arguments(target_.binary, target_.arguments);
    report.command = command.arguments;
    return run_command(command, *place_);
  }
  const std::string control = control_program(target_.binary);
  if (place_.error().kind != Error::Kind::Denied || control.empty() ||
      ::access(control.c_str(), X_OK) != 0)
    return fail(place_.error());
  report.losses.push_back(
      fmt::format("It was checked by {} and not in the server's own environment ({}): run the "
                  "agent as root.",
                  control, place_.error().what));
  command.arguments = check_arguments(control, target_.arguments);
  report.command = command.arguments;
  ProcessPlace plain;
  plain.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
  return run_command(command, plain);
}

Result<CheckReport> ServerDriver::check() {
  CheckReport report;
  auto outcome = run_check(report);
  if (!outcome) return fail(std::move(outcome.error()).in("the server's own check cannot be run"));
  report.accepted = outcome->succeeded();
  report.timed_out = outcome->timed_out;
  report.messages = parse_messages(outcome->err + outcome->out);
  for (std::string& loss : outcome->losses)
    report.losses.push_back(std::move(loss));
  report.sentence = check_sentence(*outcome, report, options_.check);
  return report;
}

bool ServerDriver::is_alive() const {
  return process_.is_alive();
}

Result<LoadReport> ServerDriver::load(LoadWay way) {
  if (!supervisor_) return fail(supervisor_.error());
  // Somebody else may have started it again; a second one must not be.
  if (!is_alive())
    if (const auto next = successor_of(target_, proc_)) adopt(next->pid);
  const bool has_unit = supervisor_->keeper == Keeper::Systemd;
  if (way == LoadWay::StopStart) {
    if (has_unit) return ask_systemd(way, supervisor_->name);
    if (supervisor_->keeper != Keeper::Nobody) return refuse(*supervisor_);
    return stop_and_start();
  }
  if (!is_alive())
    return fail(Error::Kind::NotFound, fmt::format("the server has ended: process {} is gone, and "
                                                   "only a start brings it back",
                                                   target_.pid));
  // systemctl has no word for httpd's restart that keeps the parent.
  if (way == LoadWay::Graceful && has_unit && supervisor_->can_reload)
    return ask_systemd(way, supervisor_->name);
  return send(way);
}

LoadReport ServerDriver::begin(LoadWay way, std::string how) const {
  LoadReport report;
  report.way = way;
  report.how = std::move(how);
  report.began = clock_.now();
  report.pid = target_.pid;
  return report;
}

Result<LoadReport> ServerDriver::send(LoadWay way) {
  const bool graceful = way == LoadWay::Graceful;
  LoadReport report =
      begin(way, fmt::format("{} to process {}", graceful ? "SIGUSR1" : "SIGHUP", target_.pid));
  if (auto sent = process_.send(graceful ? SIGUSR1 : SIGHUP); !sent)
    return fail(std::move(sent.error()));
  report.sentence = fmt::format("The server was told to load its configuration by {}.", report.how);
  return report;
}

Result<LoadReport> ServerDriver::ask_systemd(LoadWay way, const std::string& unit) {
  const char* word = way == LoadWay::StopStart ? "restart" : "reload";
  LoadReport report = begin(way, fmt::format("systemctl {} {}", word, unit));
  Command command;
  command.arguments = {options_.systemd.program, "--no-ask-password", word, "--", unit};
  command.search_path = options_.systemd.search_path;
  command.deadline = options_.order;
  const auto outcome = run_command(command);
  if (!outcome) return fail(outcome.error());
  report.messages = parse_messages(outcome->err + outcome->out);
  if (outcome->timed_out) {
    report.state = LoadState::TimedOut;
    report.sentence = fmt::format("`{}` did not end within {:g} s; systemd may be at it still.",
                                  report.how, seconds_of(options_.order));
  } else if (!outcome->succeeded()) {
    report.state = LoadState::Failed;
    report.sentence = fmt::format("`{}` failed: {}.", report.how, first_error(report.messages));
  } else {
    report.sentence =
        fmt::format("The server was told to load its configuration by `{}`.", report.how);
  }
  // Whatever became of the order, the unit may have another main process by now.
  const auto facts = ask_unit(unit, options_.systemd);
  if (facts && facts->main_pid > 0 && facts->main_pid != target_.pid) adopt(facts->main_pid);
  report.pid = is_alive() ? target_.pid : 0;
  return report;
}

Result<void> ServerDriver::may_start() const {
  if (!place_) {
    Error error = place_.error();
    return fail(std::move(error).in("the server cannot be started again as it was started"));
  }
  if (!place_->root && ::access(target_.binary.c_str(), X_OK) != 0)
    return fail(Error::Kind::NotFound, fmt::format("the server's program {} is not there any more, "
                                                   "so it could not be started again",
                                                   target_.binary));
  return {};
}

Result<LoadReport> ServerDriver::stop_and_start() {
  if (auto may = may_start(); !may) return fail(std::move(may.error()));
  const auto words = start_arguments(target_.binary, target_.arguments);
  const std::string start_words = fmt::format("{}", fmt::join(words, " "));
  LoadReport report =
      begin(LoadWay::StopStart,
            is_alive() ? fmt::format("SIGTERM to process {}, then {}", target_.pid, start_words)
                       : start_words);
  if (is_alive()) {
    if (auto sent = process_.send(SIGTERM); !sent) return fail(std::move(sent.error()));
    wait_for_end();
  }
  if (is_alive()) {
    report.state = LoadState::TimedOut;
    report.sentence = fmt::format(
        "Process {} has not ended {:g} s after SIGTERM, so nothing was started: it ends when its "
        "children do; start the server then.",
        target_.pid, seconds_of(options_.stop));
    return report;
  }
  report.pid = 0;
  start(report);
  return report;
}

// httpd forgets a signal that comes while it reads its configuration for a reload (the MPMs clear
// what is pending when they begin to run), so it is said again.
void ServerDriver::wait_for_end() {
  const auto end = clock_.mono() + options_.stop;
  auto say_again = clock_.mono() + kSayAgain;
  while (is_alive() && clock_.mono() < end) {
    pause();
    if (clock_.mono() < say_again) continue;
    // It may have ended just now.
    static_cast<void>(process_.send(SIGTERM));
    say_again += kSayAgain;
  }
}

void ServerDriver::start(LoadReport& report) {
  wait_until_reaped(proc_, target_.pid, clock_);
  const auto end = clock_.mono() + options_.start;
  Command command;
  command.arguments = start_arguments(target_.binary, target_.arguments);
  command.cgroups = cgroups_;
  command.deadline = options_.start;
  auto outcome = run_command(command, *place_);
  report.state = LoadState::Failed;
  if (!outcome) {
    report.sentence =
        fmt::format("The server does not run, and cannot be started: {}.", outcome.error().what);
    return;
  }
  report.messages = parse_messages(outcome->err + outcome->out);
  report.losses = std::move(outcome->losses);
  if (!outcome->timed_out && !outcome->succeeded()) {
    report.sentence = fmt::format("The server does not run, and does not start: {}.",
                                  first_error(report.messages));
    return;
  }
  if (!find_successor(end)) {
    report.state = LoadState::TimedOut;
    report.sentence = fmt::format(
        "The server was stopped and started, and its new parent process "
        "is not seen after {:g} s: its error log tells why.",
        seconds_of(options_.start));
    return;
  }
  report.state = outcome->timed_out ? LoadState::TimedOut : LoadState::Done;
  report.pid = target_.pid;
  report.sentence = fmt::format("The server was started; its parent is process {}.", target_.pid);
}

bool ServerDriver::adopt(std::int32_t pid) {
  Recognizer recognizer;
  auto found = target_of(proc_, MemoryProbe(proc_), recognizer, pid);
  auto process = ServerProcess::of(proc_, pid);
  if (!found || !process || found->pid != pid) return false;
  target_ = std::move(*found);
  process_ = std::move(*process);
  return true;
}

// `-k start` comes back as soon as the server is in the background, which may be before it shares
// memory with anybody.
bool ServerDriver::find_successor(std::chrono::steady_clock::time_point end) {
  for (;;) {
    const auto next = successor_of(target_, proc_);
    if (next && adopt(next->pid)) return true;
    if (clock_.mono() >= end) return false;
    pause();
  }
}

void ServerDriver::pause() const {
  clock_.sleep_until(clock_.mono() + kLook, {});
}

}  // namespace mpm
