// SPDX-License-Identifier: Apache-2.0
#include "agent/target/supervisor.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "agent/base/subprocess.h"
#include "agent/target/process_place.h"
#include "agent/target/server_command.h"

namespace mpm {
namespace {

bool is_service(std::string_view unit) {
  constexpr std::string_view kSuffix = ".service";
  return unit.size() > kSuffix.size() && unit.substr(unit.size() - kSuffix.size()) == kSuffix;
}

// A user's own systemd is another than the one that systemctl speaks to.
bool is_users_own(std::string_view cgroup) {
  return cgroup.find("/user.slice/") != std::string_view::npos ||
         cgroup.find("/user@") != std::string_view::npos;
}

}  // namespace

UnitFacts parse_unit(std::string_view text) {
  UnitFacts facts;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    constexpr std::string_view kPid = "MainPID=";
    if (line.substr(0, kPid.size()) == kPid)
      std::from_chars(line.data() + kPid.size(), line.data() + line.size(), facts.main_pid);
    if (line == "CanReload=yes") facts.can_reload = true;
  }
  return facts;
}

Result<UnitFacts> ask_unit(const std::string& unit, const Systemd& systemd) {
  Command command;
  command.arguments = {systemd.program,        "show", "--property=MainPID",
                       "--property=CanReload", "--",   unit};
  command.search_path = systemd.search_path;
  command.deadline = systemd.deadline;
  const auto outcome = run_command(command);
  if (!outcome) return fail(outcome.error());
  if (outcome->timed_out)
    return fail(Error::Kind::TimedOut, fmt::format("systemctl does not say how {} stands", unit));
  if (!outcome->succeeded())
    return fail(Error::Kind::Unreachable,
                fmt::format("systemctl does not say how {} stands: {}", unit, outcome->err));
  return parse_unit(outcome->out);
}

Result<Supervisor> supervisor_of(const Target& target, const ProcFs& proc, const Systemd& systemd) {
  if (lives_in_container(proc, target.pid)) return Supervisor{Keeper::Container, "", false};
  if (is_service(target.unit) && !is_users_own(target.cgroup) &&
      ::access(systemd.mark.c_str(), F_OK) == 0) {
    const auto unit = ask_unit(target.unit, systemd);
    if (!unit) return fail(unit.error());
    if (unit->main_pid == target.pid)
      return Supervisor{Keeper::Systemd, target.unit, unit->can_reload};
  }
  if (!stays_in_foreground(target.arguments)) return Supervisor{};
  const auto stat = proc.stat(target.pid);
  if (!stat) return fail(stat.error());
  const auto above = proc.stat(stat->ppid);
  return Supervisor{Keeper::Program,
                    above ? fmt::format("{} (process {})", above->comm, stat->ppid)
                          : fmt::format("process {}", stat->ppid),
                    false};
}

}  // namespace mpm
