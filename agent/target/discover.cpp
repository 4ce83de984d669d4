// SPDX-License-Identifier: Apache-2.0
#include "agent/target/discover.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "agent/apache/binary.h"
#include "agent/apache/command_line.h"
#include "agent/base/file.h"
#include "agent/proc/cgroup.h"
#include "agent/proc/sockets.h"
#include "agent/target/identify.h"

namespace mpm {
namespace {

using Identities = std::map<std::int32_t, Identity>;

// A process of an httpd whose parent process is the same program is that server's child. A
// shell, systemd or another server that started it is another program.
bool is_child(const Identities& identities, const Identity& identity) {
  const auto parent = identities.find(identity.parent);
  return parent != identities.end() && parent->second.program == identity.program;
}

// The known servers and their children, which need no look to tell that they are no other servers.
std::set<std::int32_t> with_children(const ProcFs& proc, const std::set<std::int32_t>& known) {
  std::set<std::int32_t> all = known;
  for (const std::int32_t pid : known)
    for (const std::int32_t child : proc.children(pid).value_or(std::vector<std::int32_t>()))
      all.insert(child);
  return all;
}

std::string absolute(const std::string& root, const std::string& path) {
  if (path.empty() || path.front() == '/') return path;
  return root + (root.empty() || root.back() == '/' ? "" : "/") + path;
}

// The executable as the process has it open; where that may not be read, the one that its command
// line names, which need not be the same.
BinaryFacts read_executable(const ProcFs& proc, Recognizer& recognizer, Target& target) {
  if (auto facts = recognizer.binary(proc, target.pid)) return facts->value_or(BinaryFacts());
  const std::string exe = fmt::format("{}/{}/exe", proc.root(), target.pid);
  if (!target.arguments.empty() && target.arguments.front().front() == '/') {
    if (const auto bytes = read_regular_file(target.arguments.front())) {
      target.binary = target.arguments.front();
      target.losses.push_back(fmt::format(
          "Its version and the configuration's place are those of the program {} that its command "
          "line names, because {} cannot be read: run the agent as root.",
          target.binary, exe));
      return read_binary(*bytes).value_or(BinaryFacts());
    }
  }
  target.losses.push_back(fmt::format(
      "The version and the configuration's place are unknown, because {} cannot be read: run "
      "the agent as root.",
      exe));
  return {};
}

void read_program(const ProcFs& proc, Recognizer& recognizer, Target& target) {
  if (auto path = proc.exe(target.pid)) target.binary = std::move(*path);
  if (auto arguments = proc.command_line(target.pid)) target.arguments = std::move(*arguments);
  if (!target.arguments.empty() && target.arguments.front().empty()) target.arguments.clear();

  const BinaryFacts facts = read_executable(proc, recognizer, target);
  if (const auto maps = proc.maps(target.pid)) target.mpm = mapped_mpm(*maps);
  if (!target.mpm) target.mpm = facts.builtin_mpm;

  const CommandLine line = read_command_line(target.arguments);
  target.version = facts.version;
  target.server_root = line.server_root.value_or(facts.server_root);
  target.config_file = absolute(target.server_root, line.config_file.value_or(facts.config_file));
}

void read_surroundings(const ProcFs& proc, Target& target) {
  if (const auto started = proc.started(target.pid)) target.started = *started;
  if (const auto stat = proc.stat(target.pid)) target.start_ticks = stat->start_ticks;
  if (auto cgroup = cgroup_path(proc, target.pid)) {
    target.unit = unit_of(*cgroup);
    target.cgroup = std::move(*cgroup);
  }
  const auto found = listeners(proc, target.pid, target.losses, SocketCount::QueuesAlone);
  if (!found) {
    target.losses.push_back("Its listening sockets are unknown: " + found.error().what);
    return;
  }
  for (const ListenerUsage& listener : *found)
    target.listeners.push_back({listener.address, listener.port});
}

std::int64_t count_children(const ProcFs& proc, Recognizer& recognizer, std::int32_t pid,
                            const Identity& identity) {
  const auto children = proc.children(pid);
  if (!children) return 0;
  return std::ranges::count_if(*children, [&](std::int32_t child) {
    return recognizer.identify(proc, child).program == identity.program;
  });
}

Target describe(const ProcFs& proc, const ScoreboardProbe& probe, Recognizer& recognizer,
                std::int32_t pid, const Identity& identity) {
  Target target;
  target.pid = pid;
  read_program(proc, recognizer, target);
  read_surroundings(proc, target);
  if (const auto children = probe.children(pid)) {
    target.children = static_cast<std::int64_t>(children->size());
  } else {
    target.children = count_children(proc, recognizer, pid, identity);
    target.losses.push_back("Its children are counted by parentage: " + children.error().what);
  }
  return target;
}

Error not_httpd(const ProcFs& proc, std::int32_t pid) {
  const auto stat = proc.stat(pid);
  const std::string what = stat ? fmt::format(" ({})", stat->comm) : std::string();
  return {Error::Kind::Malformed,
          fmt::format("process {}{} is not an httpd; `mpmctl targets` lists those that run here",
                      pid, what)};
}

}  // namespace

Result<std::vector<Target>> discover(const ProcFs& proc, const ScoreboardProbe& probe,
                                     Recognizer& recognizer, const std::set<std::int32_t>& known) {
  const auto pids = proc.processes();
  if (!pids) return fail(pids.error());
  recognizer.keep_only(*pids);
  const auto passed_over = with_children(proc, known);
  Identities identities;
  const auto glance_at = [&](std::int32_t pid) {
    Identity identity = recognizer.glance(proc, pid);
    if (identity.proof != Proof::None) identities.emplace(pid, std::move(identity));
  };
  for (const std::int32_t pid : *pids)
    if (!passed_over.contains(pid)) glance_at(pid);
  std::set<std::int32_t> parents;
  for (const auto& [pid, identity] : identities)
    if (passed_over.contains(identity.parent)) parents.insert(identity.parent);
  std::ranges::for_each(parents, glance_at);

  std::vector<Target> targets;
  for (const auto& [pid, identity] : identities)
    if (!passed_over.contains(pid) && !is_child(identities, identity))
      targets.push_back(describe(proc, probe, recognizer, pid, identity));
  return targets;
}

Result<Target> target_of(const ProcFs& proc, const ScoreboardProbe& probe, Recognizer& recognizer,
                         std::int32_t pid) {
  const auto stat = proc.stat(pid);
  if (!stat)
    return fail(Error::Kind::NotFound, fmt::format("there is no process {} here; `mpmctl targets` "
                                                   "lists the servers that run",
                                                   pid));
  Identity identity = recognizer.identify(proc, pid);
  if (identity.proof == Proof::None) return fail(not_httpd(proc, pid));
  // Up to the oldest process of the same program: a child's name stands for its server.
  for (;;) {
    Identity above = recognizer.identify(proc, identity.parent);
    if (above.proof == Proof::None || above.program != identity.program) break;
    pid = identity.parent;
    identity = std::move(above);
  }
  return describe(proc, probe, recognizer, pid, identity);
}

}  // namespace mpm
