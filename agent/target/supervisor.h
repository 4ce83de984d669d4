// SPDX-License-Identifier: Apache-2.0
//
// Who keeps a server running, and so who must stop and start it: a systemd unit, a container that
// ends with it, a program that started it in the foreground and waits for it, or nobody.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/proc/proc_fs.h"
#include "schema/model/result.h"
#include "schema/model/target.h"

namespace mpm {

enum class Keeper : std::uint8_t {
  Nobody,     // it went into the background by itself
  Systemd,    // a unit whose main process it is
  Container,  // a pid namespace that is not the agent's, or whose first process it is
  Program,    // it stays in the foreground of another
};

struct Supervisor {
  Keeper keeper = Keeper::Nobody;
  std::string name;         // of the unit, or of the program
  bool can_reload = false;  // the unit has a way to reload
};

// How systemctl is found and asked.
struct Systemd {
  std::string program = "systemctl";  // absolute, or looked for in search_path
  std::string search_path = "/usr/bin:/bin:/usr/sbin:/sbin";
  std::string mark = "/run/systemd/system";  // there where systemd runs
  std::chrono::milliseconds deadline{10000};
};

// What `systemctl show` printed, "MainPID=4711\nCanReload=yes\n".
struct UnitFacts {
  std::int32_t main_pid = 0;
  bool can_reload = false;
};
UnitFacts parse_unit(std::string_view text);

// A unit counts only when the server is its main process: a server that cron or an administrator
// started by hand is in their cgroup, and restarting that unit would be something else.
Result<Supervisor> supervisor_of(const Target& target, const ProcFs& proc, const Systemd& systemd);

// The unit's facts as systemd has them now.
Result<UnitFacts> ask_unit(const std::string& unit, const Systemd& systemd);

}  // namespace mpm
