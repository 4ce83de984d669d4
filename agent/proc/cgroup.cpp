// SPDX-License-Identifier: Apache-2.0
//
// /proc/PID/cgroup names the group, "4:memory:/a/b" in version 1 and "0::/a/b" in version 2;
// /proc/self/mountinfo tells where that hierarchy is mounted and which of its groups is the root
// of that mount. Both are as the agent sees them.
#include "agent/proc/cgroup.h"

#include <algorithm>
#include <optional>

#include "agent/base/file.h"
#include "agent/proc/proc_parse.h"

namespace mpm {
namespace {

// Version 1 has no word for "unlimited": it shows the largest multiple of a page.
constexpr std::int64_t kUnlimited = std::int64_t{1} << 60;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

bool lists(std::string_view comma_separated, std::string_view word) {
  const auto parts = split(comma_separated, ',');
  return std::ranges::find(parts, word) != parts.end();
}

// The process's group for a version 1 controller, or for version 2 when `controller` is empty.
std::optional<std::string> group_of(std::string_view text, std::string_view controller) {
  for (const std::string_view line : split(text, '\n')) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? controllers.empty() : lists(controllers, controller))
      return std::string(line.substr(second + 1));
  }
  return std::nullopt;
}

// "36 32 0:31 /root /mount rw,nosuid shared:9 - cgroup cgroup rw,memory"
std::optional<Hierarchy> mount_of(std::string_view mountinfo, std::string_view controller) {
  for (const std::string_view line : split(mountinfo, '\n')) {
    const auto words = split(line, ' ');
    const auto dash = std::ranges::find(words, "-");
    if (words.size() < 5 || words.end() - dash < 4) continue;
    const std::string_view type = dash[1];
    const std::string_view options = dash[3];
    if (controller.empty() ? type != "cgroup2" : type != "cgroup" || !lists(options, controller))
      continue;
    return Hierarchy{std::string(words[4]), std::string(words[3]), "", controller.empty()};
  }
  return std::nullopt;
}

// A version 1 controller when it is mounted, else version 2.
std::optional<Hierarchy> hierarchy_of(std::string_view groups, std::string_view mounts,
                                      std::string_view controller) {
  for (const std::string_view wanted : {controller, std::string_view()}) {
    auto found = mount_of(mounts, wanted);
    auto group = group_of(groups, wanted);
    if (!found || !group) continue;
    found->group = std::move(*group);
    return found;
  }
  return std::nullopt;
}

// The group and each above it, as directories, from the inside out: pairs of path and name.
std::vector<std::pair<std::string, std::string>> ancestors(const Hierarchy& hierarchy) {
  std::string group = hierarchy.group;
  if (hierarchy.root != "/" && group.rfind(hierarchy.root, 0) == 0)
    group.erase(0, hierarchy.root.size());
  std::vector<std::pair<std::string, std::string>> found;
  while (!group.empty() && group != "/") {
    found.emplace_back(hierarchy.mount + group, group);
    group.erase(group.rfind('/'));
  }
  found.emplace_back(hierarchy.mount, "");
  return found;
}

std::optional<std::int64_t> number_in(const std::string& path) {
  const auto text = read_file(path);
  return text ? parse_number(*text) : std::nullopt;
}

void add_limit(std::vector<MemoryLimit>& limits, const std::string& name, const std::string& path,
               const char* file) {
  const auto limit = number_in(path + "/" + file);
  if (!limit || *limit >= kUnlimited || *limit <= 0) return;
  MemoryLimit found;
  found.cgroup = name;
  found.file = file;
  found.limit = Bytes{*limit};
  limits.push_back(std::move(found));
}

std::vector<MemoryLimit> limits_in(const std::string& directory, const std::string& name,
                                   bool unified) {
  std::vector<MemoryLimit> limits;
  if (unified) {
    add_limit(limits, name, directory, "memory.max");
    add_limit(limits, name, directory, "memory.high");
  } else {
    add_limit(limits, name, directory, "memory.limit_in_bytes");
  }
  return limits;
}

// In cores; 0: it has none.
double quota_in(const std::string& directory, bool unified) {
  std::optional<std::int64_t> quota;
  std::optional<std::int64_t> period;
  if (unified) {
    // "max 100000" or "150000 100000"
    const std::string text = read_file(directory + "/cpu.max").value_or(std::string());
    quota = parse_number(text);
    const auto blank = text.find(' ');
    if (blank != std::string::npos) period = parse_number(std::string_view(text).substr(blank));
  } else {
    quota = number_in(directory + "/cpu.cfs_quota_us");
    if (!quota || *quota <= 0) return 0;
    period = number_in(directory + "/cpu.cfs_period_us");
  }
  if (!quota || !period || *quota <= 0 || *period <= 0) return 0;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

}  // namespace

Result<std::string> cgroup_path(const ProcFs& proc, std::int32_t pid) {
  const auto groups = proc.text(std::to_string(pid) + "/cgroup");
  if (!groups) return fail(groups.error());
  std::optional<std::string> path;
  for (const std::string_view controller : {"name=systemd", "memory", ""})
    if (auto group = group_of(*groups, controller); group && (!path || *path == "/"))
      path = std::move(group);
  if (path) return std::move(*path);
  return fail(Error::Kind::NotFound, "process " + std::to_string(pid) + " is in no cgroup");
}

std::string unit_of(std::string_view cgroup) {
  const auto parts = split(cgroup, '/');
  // NOLINTNEXTLINE(modernize-loop-convert): clang 14 has no views to reverse with
  for (auto part = parts.rbegin(); part != parts.rend(); ++part)
    for (const std::string_view suffix : {".service", ".scope"})
      if (part->size() > suffix.size() && part->substr(part->size() - suffix.size()) == suffix)
        return std::string(*part);
  return {};
}

ProcessCgroups::ProcessCgroups(ProcFs proc, std::int32_t pid) : proc_(std::move(proc)), pid_(pid) {
  look();
}

void ProcessCgroups::look() {
  look_at_groups();
  look_at_limits();
  look_at_quota();
}

void ProcessCgroups::look_at_groups() {
  auto groups = proc_.text(std::to_string(pid_) + "/cgroup");
  if (!groups) {
    groups_.clear();
    memory_.reset();
    cpu_.reset();
    return;
  }
  if (*groups == groups_ && memory_ && cpu_) return;
  groups_ = std::move(*groups);
  const std::string mounts = proc_.text("self/mountinfo").value_or(std::string());
  memory_ = hierarchy_of(groups_, mounts, "memory");
  cpu_ = hierarchy_of(groups_, mounts, "cpu");
}

void ProcessCgroups::look_at_limits() {
  limited_.clear();
  if (!memory_) return;
  for (const auto& [directory, name] : ancestors(*memory_))
    for (MemoryLimit& limit : limits_in(directory, name, memory_->unified))
      limited_.push_back({directory, memory_->unified, std::move(limit)});
}

void ProcessCgroups::look_at_quota() {
  quota_ = 0;
  if (!cpu_) return;
  for (const auto& [directory, name] : ancestors(*cpu_)) {
    const double cores = quota_in(directory, cpu_->unified);
    if (cores == 0 || (quota_ > 0 && cores >= quota_)) continue;
    quota_ = cores;
    quota_directory_ = directory;
  }
}

std::vector<MemoryLimit> ProcessCgroups::memory_limits() const {
  std::vector<MemoryLimit> limits;
  for (const auto& [directory, unified, limit] : limited_) {
    const char* current = unified ? "/memory.current" : "/memory.usage_in_bytes";
    const std::string stat = read_file(directory + "/memory.stat").value_or(std::string());
    MemoryLimit& found = limits.emplace_back(limit);
    found.current = Bytes{number_in(directory + current).value_or(0)};
    // Version 1's plain keys leave the groups below out; its total_ keys do not.
    found.inactive_file =
        Bytes{parse_keyed(stat, unified ? "inactive_file" : "total_inactive_file")};
    found.anonymous = Bytes{parse_keyed(stat, unified ? "anon" : "total_rss")};
  }
  return limits;
}

CpuQuota ProcessCgroups::cpu_quota() const {
  if (quota_ == 0) return {};
  const std::string stat = read_file(quota_directory_ + "/cpu.stat").value_or(std::string());
  return {quota_, parse_keyed(stat, "nr_periods"), parse_keyed(stat, "nr_throttled")};
}

std::vector<std::vector<std::string>> membership_files(const ProcFs& proc, std::int32_t pid) {
  std::vector<std::vector<std::string>> files;
  const auto groups = proc.text(std::to_string(pid) + "/cgroup");
  const auto mounts = proc.text("self/mountinfo");
  if (!groups || !mounts) return files;
  for (const std::string_view line : split(*groups, '\n')) {
    const auto words = split(line, ':');
    if (words.size() < 3) continue;
    // "4:cpu,cpuacct:/a" is mounted once for all of its controllers; "1:name=systemd:/a" too.
    const std::string_view controller = words[1].substr(0, words[1].find(','));
    auto found = mount_of(*mounts, controller);
    auto group = group_of(*groups, controller);
    if (!found || !group) continue;
    found->group = std::move(*group);
    std::vector<std::string>& candidates = files.emplace_back();
    for (const auto& [directory, name] : ancestors(*found))
      candidates.push_back(directory + "/cgroup.procs");
  }
  return files;
}

}  // namespace mpm
