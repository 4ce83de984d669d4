// SPDX-License-Identifier: Apache-2.0
#include "agent/target/process_place.h"

#include <array>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "agent/base/file.h"

namespace mpm {
namespace {

// The user namespace last: after it the agent has no rights outside of the container any more.
constexpr std::array kNamespaces{"mnt", "pid", "net", "ipc", "uts", "cgroup", "user"};

bool is_another(const ProcFs& proc, std::int32_t pid, const char* name) {
  const auto its = read_link(fmt::format("{}/{}/ns/{}", proc.root(), pid, name));
  const auto ours = read_link(fmt::format("{}/self/ns/{}", proc.root(), name));
  return its && ours && *its != *ours;
}

// Where a descriptor of /proc is wanted and not to be had, running the program in our own place
// instead would be running another one.
Result<void> enter_container(const ProcFs& proc, std::int32_t pid, ProcessPlace& place) {
  bool moved = false;
  for (const char* name : kNamespaces) {
    if (!is_another(proc, pid, name)) continue;
    const std::string path = fmt::format("{}/{}/ns/{}", proc.root(), pid, name);
    UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return fail(system_error(errno, path));
    place.namespaces.push_back(std::move(file));
    moved = true;
  }
  const std::string path = fmt::format("{}/{}/root", proc.root(), pid);
  const auto root = read_link(path);
  if (!root) return fail(root.error());
  if (!moved && *root == "/") return {};
  place.root.reset(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!place.root) return fail(system_error(errno, path));
  return {};
}

void take_limits(std::int32_t pid, ProcessPlace& place) {
  for (int which = 0; which < RLIMIT_NLIMITS; ++which) {
    rlimit its{};
    rlimit ours{};
    const auto resource = static_cast<__rlimit_resource>(which);
    if (::prlimit(pid, resource, nullptr, &its) != 0) continue;
    if (::getrlimit(resource, &ours) != 0) continue;
    if (its.rlim_cur != ours.rlim_cur || its.rlim_max != ours.rlim_max)
      place.limits.emplace_back(which, its);
  }
}

// A number as it is in the process's user namespace, which the program is in when it takes it.
std::optional<unsigned> inside(const ProcFs& proc, std::int32_t pid, const char* map,
                               std::int64_t id) {
  if (!is_another(proc, pid, "user")) return static_cast<unsigned>(id);
  const auto text = proc.text(fmt::format("{}/{}", pid, map));
  const auto inner = text ? inner_id(*text, id) : std::nullopt;
  if (!inner) return std::nullopt;
  return static_cast<unsigned>(*inner);
}

// Only root becomes another; for anybody else the server is his own, or not to be touched.
Result<void> take_rights(const ProcFs& proc, std::int32_t pid, ProcessPlace& place) {
  const auto status = proc.status(pid);
  if (!status) return fail(status.error());
  if (status->file_mask >= 0) place.file_mask = static_cast<mode_t>(status->file_mask);
  if (::geteuid() != 0) return {};
  const auto uid = status->uid < 0 ? std::nullopt : inside(proc, pid, "uid_map", status->uid);
  const auto gid = status->gid < 0 ? std::nullopt : inside(proc, pid, "gid_map", status->gid);
  if (!uid || !gid)
    return fail(Error::Kind::Malformed, fmt::format("the user of process {} is not known", pid));
  ProcessUser user{*uid, *gid, {}};
  for (const std::int64_t group : status->groups)
    if (const auto inner = inside(proc, pid, "gid_map", group)) user.groups.push_back(*inner);
  place.user = std::move(user);
  place.capability_bound = status->capability_bound;
  return {};
}

}  // namespace

Result<ProcessPlace> place_of(const ProcFs& proc, std::int32_t pid) {
  ProcessPlace place;
  auto environment = proc.environment(pid);
  if (!environment) return fail(std::move(environment.error()));
  place.environment = std::move(*environment);
  if (auto taken = take_rights(proc, pid, place); !taken) return fail(std::move(taken.error()));
  if (auto entered = enter_container(proc, pid, place); !entered)
    return fail(std::move(entered.error()));
  take_limits(pid, place);
  const auto directory = read_link(fmt::format("{}/{}/cwd", proc.root(), pid));
  if (directory && place.namespaces.empty() && !place.root &&
      ::access(directory->c_str(), X_OK) == 0)
    place.directory = *directory;
  return place;
}

bool lives_in_container(const ProcFs& proc, std::int32_t pid) {
  if (pid == 1 || is_another(proc, pid, "pid")) return true;
  const auto status = proc.status(pid);
  return status && status->inner_pid != 0 && status->inner_pid != pid;
}

}  // namespace mpm
