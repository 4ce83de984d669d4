// SPDX-License-Identifier: Apache-2.0
//
// What is missing for the agent to see all of a server and to remember it, from what was found out
// about both, and the line that mends each. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/proc/proc_fs.h"
#include "schema/model/doctor.h"
#include "schema/model/result.h"
#include "schema/model/settings.h"
#include "schema/model/target.h"

namespace mpm {

// How the agent that looks is placed.
struct AgentPlace {
  bool reads_processes = false;  // of other users: root's rights or CAP_SYS_PTRACE
  bool reads_files = false;      // that only root may: root's or CAP_DAC_READ_SEARCH
  bool is_in_container = false;  // its pid namespace is not the host's first one
  bool has_systemd = false;      // it starts the services where the agent is
};
// `systemd_mark` is there where systemd runs.
AgentPlace place_of_agent(const ProcFs& proc, const std::string& systemd_mark);

// The agent that is there as a service, for one that is there for a command.
enum class ServiceAgent : std::uint8_t { Answers, Denied, Absent };

// The hand, which makes proposed changes for those who may not: for who needs one.
enum class HandDoor : std::uint8_t {
  Unneeded,  // root asks, or the door is there and open, or is there and not for who looks
  Denied,    // it is there, and whoever asks may not use it
  Absent,
};
// By its socket alone: to connect would start it. `is_daemon`: whoever looks is not who wants it.
HandDoor hand_at(const std::string& socket, bool is_daemon);

struct AgentFindings {
  AgentPlace place;
  bool ephemeral = false;
  bool keeps_history = false;
  ServiceAgent service = ServiceAgent::Absent;  // of an ephemeral one
  HandDoor hand = HandDoor::Unneeded;
};

struct ServerFindings {
  Target target;
  MpmSettings settings;
  std::optional<Error> trouble;  // no source of its scoreboard works
  std::vector<SourceStatus> sources;
  std::vector<std::string> losses;   // of the look at it
  std::optional<Error> status_page;  // it does not answer
  bool is_entered = true;            // its files are seen through its own root
};

DoctorReport diagnose(const AgentFindings& agent, const std::vector<ServerFindings>& servers,
                      Instant now);

}  // namespace mpm
