// SPDX-License-Identifier: Apache-2.0
#include "agent/target/launch.h"

#include <utility>

#include <fmt/format.h>

#include "agent/apache/messages.h"
#include "agent/proc/cgroup.h"
#include "agent/target/process_place.h"
#include "agent/target/server_command.h"
#include "agent/target/successor.h"

namespace mpm {
namespace {

constexpr std::chrono::milliseconds kLook{50};  // between looks for the new parent

void note_place(const ProcessPlace& place, Launch& launch) {
  launch.environment = place.environment;
  launch.directory = place.directory;
  if (place.user) {
    launch.uid = place.user->uid;
    launch.gid = place.user->gid;
    for (const gid_t group : place.user->groups)
      launch.groups.push_back(group);
  }
  if (place.file_mask) launch.file_mask = *place.file_mask;
  for (const auto& [resource, limit] : place.limits)
    launch.limits.push_back({resource, static_cast<std::int64_t>(limit.rlim_cur),
                             static_cast<std::int64_t>(limit.rlim_max)});
}

ProcessPlace place_of(const Launch& launch) {
  ProcessPlace place;
  place.environment = launch.environment;
  place.directory = launch.directory.empty() ? "/" : launch.directory;
  if (launch.uid >= 0) {
    ProcessUser user;
    user.uid = static_cast<uid_t>(launch.uid);
    user.gid = static_cast<gid_t>(launch.gid);
    for (const std::int64_t group : launch.groups)
      user.groups.push_back(static_cast<gid_t>(group));
    place.user = std::move(user);
  }
  if (launch.file_mask >= 0) place.file_mask = static_cast<mode_t>(launch.file_mask);
  for (const LaunchLimit& limit : launch.limits)
    place.limits.emplace_back(
        static_cast<int>(limit.resource),
        rlimit{static_cast<rlim_t>(limit.soft), static_cast<rlim_t>(limit.hard)});
  return place;
}

Result<void> order(const Launch& launch, const DriverOptions& options) {
  Command command;
  ProcessPlace place;
  command.deadline = options.start;
  if (!launch.unit.empty()) {
    command.arguments = {options.systemd.program, "--no-ask-password", "start", "--", launch.unit};
    command.search_path = options.systemd.search_path;
    command.deadline = options.order;
  } else {
    command.arguments = launch.arguments;
    for (const LaunchGroup& group : launch.cgroups)
      command.cgroups.push_back(group.files);
    place = place_of(launch);
  }
  const auto outcome = run_command(command, place);
  if (!outcome) return fail(outcome.error());
  if (outcome->timed_out || outcome->succeeded()) return {};
  const auto messages = parse_messages(outcome->err + outcome->out);
  return fail(Error::Kind::Conflict, fmt::format("the server does not start: {}",
                                                 messages.empty() ? std::string("it said nothing")
                                                                  : messages.back().text));
}

}  // namespace

Launch launch_of(const Target& target, const ProcFs& proc, const Systemd& systemd) {
  Launch launch;
  launch.binary = target.binary;
  launch.arguments = start_arguments(target.binary, target.arguments);
  const auto supervisor = supervisor_of(target, proc, systemd);
  if (!supervisor) {
    launch.refusal = supervisor.error().what;
    return launch;
  }
  switch (supervisor->keeper) {
    case Keeper::Systemd:
      launch.unit = supervisor->name;
      return launch;
    case Keeper::Container:
      launch.refusal = "it lives in a container, which its owner has to start";
      return launch;
    case Keeper::Program:
      launch.refusal = fmt::format("{} kept it running and has to start it", supervisor->name);
      return launch;
    case Keeper::Nobody:
      break;
  }
  const auto place = place_of(proc, target.pid);
  if (!place) {
    launch.refusal = place.error().what;
    return launch;
  }
  note_place(*place, launch);
  for (auto& files : membership_files(proc, target.pid))
    launch.cgroups.push_back({std::move(files)});
  return launch;
}

Result<Target> start_again(const Launch& launch, const Target& ended, const ProcFs& proc,
                           Clock& clock, const DriverOptions& options) {
  if (auto running = successor_of(ended, proc)) return std::move(*running);
  if (!launch.refusal.empty())
    return fail(
        Error::Kind::Conflict,
        fmt::format("The server has ended and cannot be started from here: {}.", launch.refusal));
  wait_until_reaped(proc, ended.pid, clock);
  const auto end = clock.mono() + options.start;
  if (auto ordered = order(launch, options); !ordered) return fail(std::move(ordered.error()));
  for (;;) {
    if (auto found = successor_of(ended, proc)) return std::move(*found);
    if (clock.mono() >= end)
      return fail(Error::Kind::TimedOut,
                  fmt::format("The server was started and its parent process is not seen after "
                              "{:g} s: its error log tells why.",
                              std::chrono::duration<double>(options.start).count()));
    clock.sleep_until(clock.mono() + kLook, {});
  }
}

}  // namespace mpm
