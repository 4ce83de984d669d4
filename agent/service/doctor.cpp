// SPDX-License-Identifier: Apache-2.0
#include "agent/service/doctor.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <unistd.h>

#include "agent/base/file.h"
#include "agent/service/targets.h"

namespace mpm {
namespace {

// The kernel's numbers (linux/capability.h).
constexpr int kCapDacOverride = 1;
constexpr int kCapDacReadSearch = 2;
constexpr int kCapSysPtrace = 19;
// The first pid namespace's inode is a constant (linux/proc_ns.h, PROC_PID_INIT_INO).
constexpr std::string_view kFirstPidNamespace = "pid:[4026531836]";

constexpr std::string_view kStatusPage =
    "<Location \"/server-status\"> SetHandler server-status / Require local </Location>, with "
    "mod_status loaded";

bool has(std::uint64_t bits, int capability) {
  return ((bits >> capability) & 1) != 0;
}

// The right that is missing, as it is given.
std::string more_rights(const AgentFindings& agent, std::string_view capability) {
  if (agent.ephemeral) return "sudo mpmctl doctor";
  if (agent.place.has_systemd)
    return fmt::format(
        "AmbientCapabilities=CAP_{0} and CapabilityBoundingSet=CAP_{0}, by systemctl edit "
        "mpm-agent",
        capability);
  return fmt::format("--cap-add={0} for the agent's container; in a pod capabilities: add: [{0}]",
                     capability);
}

void judge_agent(const AgentFindings& agent, std::vector<DoctorFinding>& findings) {
  if (agent.ephemeral && agent.service == ServiceAgent::Absent)
    findings.push_back({"no-service", Severity::Advice, 0, "",
                        "No agent runs as a service, so nothing is remembered from one command to "
                        "the next, and nothing is there for Prometheus.",
                        agent.place.has_systemd
                            ? "sudo systemctl enable --now mpm-agent"
                            : "mpm-agent, started as a service or as a container of its own"});
  if (agent.ephemeral && agent.service == ServiceAgent::Denied)
    findings.push_back({"not-in-group", Severity::Advice, 0, "",
                        "An agent runs as a service, and this user may not ask it.",
                        "sudo usermod --append --groups mpm-agent $USER"});
  if (!agent.ephemeral && !agent.keeps_history)
    findings.push_back({"history-off", Severity::Advice, 0, "",
                        "The agent keeps its samples in memory alone, so that they end with it.",
                        "history = \"/var/lib/mpm-agent/history.db\" in mpm-agent.toml"});
  if (!agent.place.reads_processes)
    findings.push_back({"rights-processes", Severity::Advice, 0, "",
                        "The agent may not read the memory of other users' processes: their "
                        "scoreboard, memory and environment.",
                        more_rights(agent, "SYS_PTRACE")});
  if (!agent.place.reads_files)
    findings.push_back({"rights-files", Severity::Note, 0, "",
                        "The agent may not read configuration and logs that are for root alone.",
                        more_rights(agent, "DAC_READ_SEARCH")});
}

void judge_hand(const AgentFindings& agent, std::vector<DoctorFinding>& findings) {
  if (agent.hand == HandDoor::Absent)
    findings.push_back({"no-hand", Severity::Note, 0, "",
                        "No hand is there that makes proposed changes for the members of a group, "
                        "so root alone can make them.",
                        agent.place.has_systemd ? "sudo systemctl enable --now mpm-hand"
                                                : "mpm-agent --hand, started by root"});
  if (agent.hand == HandDoor::Denied)
    findings.push_back({"hand-not-in-group", Severity::Note, 0, "",
                        "The hand makes proposed changes for the members of a group, and this user "
                        "is not in it.",
                        "sudo usermod --append --groups mpm-operator $USER"});
}

void judge_nobody(const AgentFindings& agent, std::vector<DoctorFinding>& findings) {
  if (agent.place.is_in_container)
    findings.push_back({"no-server", Severity::Warning, 0, "",
                        "No httpd is seen: the agent is in a container, and sees the processes of "
                        "its own pid namespace alone.",
                        "--pid=host, or --pid=container:NAME of the server's; in a pod "
                        "shareProcessNamespace: true"});
  else
    findings.push_back({"no-server", Severity::Warning, 0, "",
                        "No httpd runs here that can be seen.",
                        "start it, or name the URL of its status page: mpmctl status "
                        "http://HOST/server-status"});
}

// Where its scoreboard comes from.
void judge_sources(const AgentFindings& agent, const ServerFindings& server,
                   std::vector<DoctorFinding>& findings) {
  const auto add = [&](std::string check, Severity severity, std::string claim, std::string mend) {
    findings.push_back({std::move(check), severity, server.target.pid,
                        name_of_server(server.target), std::move(claim), std::move(mend)});
  };
  const bool by_page = std::ranges::any_of(server.sources, [](const SourceStatus& source) {
    return source.in_use && source.source == SourceKind::ModStatus;
  });
  const std::string mend =
      agent.place.reads_processes ? std::string(kStatusPage) : more_rights(agent, "SYS_PTRACE");
  if (server.trouble)
    add("scoreboard", Severity::Warning,
        "Its scoreboard cannot be read from anywhere: " + server.trouble->what, mend);
  else if (by_page && !server.sources.empty())
    add("scoreboard", Severity::Advice,
        fmt::format(
            "Its scoreboard is read from its status page, which takes a worker and is silent "
            "when all are busy, because: {}",
            server.sources.front().why),
        agent.place.reads_processes ? std::string() : mend);
  if (server.status_page && !by_page && !server.trouble)
    add("status-page", Severity::Note,
        "Its status page does not answer, so nothing is left where its memory cannot be read, and "
        "apache_exporter would see nothing: " +
            server.status_page->what,
        std::string(kStatusPage));
}

void judge_server(const AgentFindings& agent, const ServerFindings& server,
                  std::vector<DoctorFinding>& findings) {
  judge_sources(agent, server, findings);
  const std::string name = name_of_server(server.target);
  const std::string* extended = word_in_force(server.settings, "ExtendedStatus");
  if (extended != nullptr && *extended == "Off")
    findings.push_back({"extended-status", Severity::Advice, server.target.pid, name,
                        "ExtendedStatus is Off, so requests are neither counted nor timed: there "
                        "are no rates, and a change is judged without them.",
                        fmt::format("mpmctl apply ExtendedStatus=On {} --allow restart", name)});
  if (!server.is_entered)
    findings.push_back({"namespace", Severity::Warning, server.target.pid, name,
                        "It has files of its own (PrivateTmp=, a chroot or a container) that the "
                        "agent may not see, and the host's are read in their place.",
                        more_rights(agent, "SYS_PTRACE")});
  std::vector<std::string> losses = server.target.losses;
  losses.insert(losses.end(), server.losses.begin(), server.losses.end());
  for (std::string& loss : losses)
    findings.push_back(
        {"not-read", Severity::Note, server.target.pid, name, std::move(loss),
         agent.place.reads_processes ? std::string() : more_rights(agent, "SYS_PTRACE")});
}

}  // namespace

AgentPlace place_of_agent(const ProcFs& proc, const std::string& systemd_mark) {
  const auto status = proc.text("self/status");
  const std::uint64_t bits = status ? parse_status(*status).capability_effective : 0;
  AgentPlace place;
  place.reads_processes = has(bits, kCapSysPtrace);
  place.reads_files = has(bits, kCapDacReadSearch) || has(bits, kCapDacOverride);
  const auto space = read_link(proc.root() + "/self/ns/pid");
  place.is_in_container = space && *space != kFirstPidNamespace;
  place.has_systemd = ::access(systemd_mark.c_str(), F_OK) == 0;
  return place;
}

HandDoor hand_at(const std::string& socket, bool is_daemon) {
  if (!is_daemon && ::geteuid() == 0) return HandDoor::Unneeded;
  if (::access(socket.c_str(), F_OK) != 0) return HandDoor::Absent;
  return is_daemon || ::access(socket.c_str(), W_OK) == 0 ? HandDoor::Unneeded : HandDoor::Denied;
}

DoctorReport diagnose(const AgentFindings& agent, const std::vector<ServerFindings>& servers,
                      Instant now) {
  DoctorReport report;
  report.at = now;
  report.ephemeral = agent.ephemeral;
  report.servers = static_cast<std::int64_t>(servers.size());
  judge_agent(agent, report.findings);
  judge_hand(agent, report.findings);
  if (servers.empty()) judge_nobody(agent, report.findings);
  for (const ServerFindings& server : servers)
    judge_server(agent, server, report.findings);
  return report;
}

}  // namespace mpm
