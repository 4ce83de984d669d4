// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/proc_fs.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <span>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "agent/base/fd.h"
#include "agent/base/file.h"
#include "agent/proc/losses.h"

namespace mpm {
namespace {

std::string name_of_file(std::int32_t pid, std::string_view file) {
  return fmt::format("{}/{}", pid, file);
}

double ticks_per_second() {
  static const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  return ticks;
}

// A file of /proc that fits in a page, read with as few calls as there can be: sweeping the
// memory of hundreds of children is most of what the agent does.
Result<std::string_view> read_small(int directory, const char* file, std::span<char> buffer) {
  const UniqueFd fd(::openat(directory, file, O_RDONLY | O_CLOEXEC));
  if (!fd) return fail(system_error(errno, file));
  const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
  if (got < 0) return fail(system_error(errno, file));
  return std::string_view(buffer.data(), static_cast<std::size_t>(got));
}

// Reading a thread takes some microseconds; as many are enough to stand for all of a process.
constexpr std::size_t kThreadsRead = 16;

// All threads of a process together. They are always the same ones while the process has the same
// threads, so that two readings can be subtracted.
std::optional<double> wait_seconds(const std::string& path, int directory, std::int64_t threads) {
  std::array<char, 128> buffer{};
  const auto read_one = [&](const std::string& file) -> std::optional<ThreadTime> {
    const auto text = read_small(directory, file.c_str(), buffer);
    return text ? parse_schedstat(*text) : std::nullopt;
  };
  if (threads <= 1) {
    const auto time = read_one("schedstat");
    return time ? std::optional(time->wait_seconds) : std::nullopt;
  }
  const auto names = list_directory(path + "/task");
  if (!names || names->empty()) return std::nullopt;
  const std::size_t wanted = std::min(names->size(), kThreadsRead);
  double sum = 0;
  std::size_t read = 0;
  for (std::size_t i = 0; i < wanted; ++i)
    if (const auto time = read_one("task/" + (*names)[i * names->size() / wanted] + "/schedstat")) {
      sum += time->wait_seconds;
      ++read;
    }
  if (read == 0) return std::nullopt;
  return sum * static_cast<double>(names->size()) / static_cast<double>(wanted);
}

}  // namespace

Result<std::string> ProcFs::text(const std::string& name) const {
  return read_file(root_ + "/" + name);
}

Result<std::vector<std::int32_t>> ProcFs::processes() const {
  const auto names = list_directory(root_);
  if (!names) return fail(names.error());
  std::vector<std::int32_t> pids;
  for (const std::string& name : *names) {
    if (name.empty() || name[0] < '0' || name[0] > '9') continue;
    if (const auto pid = parse_number(name)) pids.push_back(static_cast<std::int32_t>(*pid));
  }
  std::ranges::sort(pids);
  return pids;
}

Result<std::vector<std::int32_t>> ProcFs::children(std::int32_t pid) const {
  // One file for each thread lists those that it forked; kernels without CONFIG_PROC_CHILDREN
  // and most fixtures have none.
  const auto threads = list_directory(root_ + "/" + name_of_file(pid, "task"));
  std::vector<std::int32_t> pids;
  bool told = false;
  for (const std::string& thread : threads.value_or(std::vector<std::string>())) {
    const auto listed = text(name_of_file(pid, "task/" + thread + "/children"));
    if (!listed) continue;
    told = true;
    for (std::size_t at = 0; at < listed->size();) {
      const auto blank = std::min(listed->find(' ', at), listed->size());
      if (const auto child = parse_number(std::string_view(*listed).substr(at, blank - at)))
        pids.push_back(static_cast<std::int32_t>(*child));
      at = blank + 1;
    }
  }
  if (!told) {
    const auto all = processes();
    if (!all) return fail(all.error());
    for (const std::int32_t other : *all)
      if (const auto found = stat(other); found && found->ppid == pid) pids.push_back(other);
  }
  std::ranges::sort(pids);
  return pids;
}

Result<ProcStat> ProcFs::stat(std::int32_t pid) const {
  const auto read = text(name_of_file(pid, "stat"));
  if (!read) return fail(read.error());
  auto parsed = parse_stat(*read);
  if (!parsed) return fail(Error::Kind::NotFound, fmt::format("process {} has ended", pid));
  return std::move(*parsed);
}

Result<ProcStatus> ProcFs::status(std::int32_t pid) const {
  const auto read = text(name_of_file(pid, "status"));
  if (!read) return fail(read.error());
  return parse_status(*read);
}

Result<std::vector<std::string>> ProcFs::command_line(std::int32_t pid) const {
  const auto read = text(name_of_file(pid, "cmdline"));
  if (!read) return fail(read.error());
  return split_nul(*read);
}

Result<std::vector<std::string>> ProcFs::environment(std::int32_t pid) const {
  const auto read = text(name_of_file(pid, "environ"));
  if (!read) return fail(read.error());
  return split_nul(*read);
}

Result<std::string> ProcFs::exe(std::int32_t pid) const {
  constexpr std::string_view kDeleted = " (deleted)";
  auto link = read_link(root_ + "/" + name_of_file(pid, "exe"));
  if (link && link->size() > kDeleted.size() &&
      link->compare(link->size() - kDeleted.size(), kDeleted.size(), kDeleted) == 0)
    link->resize(link->size() - kDeleted.size());
  return link;
}

Result<std::string> ProcFs::maps(std::int32_t pid) const {
  return text(name_of_file(pid, "maps"));
}

Result<Instant> ProcFs::started(std::int32_t pid) const {
  const auto found = stat(pid);
  if (!found) return fail(found.error());
  const auto host = text("stat");
  if (!host) return fail(host.error());
  const double after_boot = static_cast<double>(found->start_ticks) / ticks_per_second();
  const HostCpu cpu = parse_host_stat(*host, ticks_per_second());
  return Instant(std::chrono::milliseconds(cpu.boot_seconds * 1000 +
                                           static_cast<std::int64_t>(after_boot * 1000)));
}

Result<ProcessUsage> ProcFs::usage(std::int32_t pid, std::vector<std::string>& losses) const {
  const std::string path = fmt::format("{}/{}", root_, pid);
  const UniqueFd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return fail(system_error(errno, path));

  std::array<char, 4096> buffer{};
  ProcessUsage usage;
  usage.pid = pid;
  if (const auto read = read_small(directory.get(), "stat", buffer)) {
    const auto stat = parse_stat(*read);
    if (!stat || stat->state == 'Z')
      return fail(Error::Kind::NotFound, fmt::format("process {} has ended", pid));
    usage.threads = stat->threads;
    usage.cpu_seconds =
        static_cast<double>(stat->user_ticks + stat->system_ticks) / ticks_per_second();
  } else {
    return fail(read.error().kind, path + "/" + read.error().what);
  }

  usage.cpu_wait_seconds = wait_seconds(path, directory.get(), usage.threads);

  const auto status_text = read_small(directory.get(), "status", buffer);
  if (!status_text) return fail(status_text.error().kind, path + "/" + status_text.error().what);
  const ProcStatus status = parse_status(*status_text);
  usage.peak = status.peak;

  const auto rollup = read_small(directory.get(), "smaps_rollup", buffer);
  if (rollup && !rollup->empty()) {
    const MemoryRollup memory = parse_smaps_rollup(*rollup);
    usage.rss = memory.rss;
    usage.pss = memory.pss;
    usage.unique = memory.unique;
    usage.swap = memory.swap;
  } else if (!rollup && rollup.error().kind == Error::Kind::NotFound) {
    return fail(Error::Kind::NotFound, fmt::format("process {} has ended", pid));
  } else {
    usage.rss = status.rss;
    usage.pss = status.rss;
    usage.unique = status.anonymous;
    usage.swap = status.swap;
    add_loss(losses,
             "Shared memory cannot be told from unique memory, because smaps_rollup of the "
             "server's processes cannot be read: run the agent as root.");
  }
  // The kernel counts VmHWM in batches of pages, behind what the page tables hold.
  usage.peak = std::max(usage.peak, usage.rss);
  usage.shared = Bytes{std::max<std::int64_t>(0, usage.rss.value - usage.unique.value)};
  return usage;
}

}  // namespace mpm
