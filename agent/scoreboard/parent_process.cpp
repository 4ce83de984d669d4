// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/parent_process.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/base/file.h"
#include "agent/proc/proc_parse.h"

namespace mpm {
namespace {

// Fields are separated by runs of spaces; the rest of `text` stays behind.
std::string_view next_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::size_t length = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, length);
  text.remove_prefix(length);
  return word;
}

std::optional<SharedMapping> shared_mapping(std::string_view line) {
  const std::string_view range = next_word(line);
  const std::string_view access = next_word(line);
  const std::string_view offset = next_word(line);
  if (access != "rw-s" || parse_hexadecimal(offset) != 0U) return std::nullopt;
  next_word(line);  // device
  next_word(line);  // inode
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));

  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto begin = parse_hexadecimal(range.substr(0, dash));
  const auto end = parse_hexadecimal(range.substr(dash + 1));
  if (!begin || !end || *begin >= *end) return std::nullopt;
  return SharedMapping{*begin, *end, std::string(range), std::string(line)};
}

}  // namespace

std::vector<SharedMapping> shared_mappings(std::string_view maps) {
  std::vector<SharedMapping> mappings;
  while (!maps.empty()) {
    const std::size_t length = std::min(maps.find('\n'), maps.size());
    if (auto mapping = shared_mapping(maps.substr(0, length)))
      mappings.push_back(std::move(*mapping));
    maps.remove_prefix(std::min(length + 1, maps.size()));
  }
  return mappings;
}

ParentProcess::ParentProcess(std::int32_t pid, std::string proc_root)
    : pid_(pid), proc_root_(std::move(proc_root)) {}

std::string ParentProcess::path(std::string_view name) const {
  return fmt::format("{}/{}/{}", proc_root_, pid_, name);
}

// A descriptor of the process itself costs a fraction of reading /proc/PID/stat, which the kernel
// writes anew each time. It becomes readable when the process ends, and is of no other process,
// whoever has the pid by then.
Result<void> ParentProcess::check() {
  if (pidfd_) {
    pollfd wait{pidfd_.get(), POLLIN, 0};
    if (::poll(&wait, 1, 0) == 0) return {};
    return fail(Error::Kind::NotFound, fmt::format("process {} has ended", pid_));
  }
  if (auto same = compare(); !same) return same;
  // A tree that stands for /proc has no process behind it.
  if (proc_root_ != "/proc") return {};
  pidfd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  // The pid may have gone to another process just before.
  return compare();
}

Result<void> ParentProcess::compare() {
  const auto stat = read_file(path("stat"));
  if (!stat) {
    if (stat.error().kind == Error::Kind::NotFound)
      return fail(Error::Kind::NotFound, fmt::format("process {} has ended", pid_));
    return fail(stat.error());
  }
  const auto fields = parse_stat(*stat);
  if (!fields || fields->start_ticks == 0)
    return fail(Error::Kind::Malformed, path("stat") + " has fewer than 22 fields");
  if (fields->state == 'Z' || fields->state == 'X')
    return fail(Error::Kind::NotFound, fmt::format("process {} has ended", pid_));
  if (!started_) started_ = fields->start_ticks;
  if (started_ != fields->start_ticks)
    return fail(Error::Kind::NotFound,
                fmt::format("process {} has ended, another one has its number now", pid_));
  return {};
}

Result<std::vector<SharedMapping>> ParentProcess::mappings() const {
  const auto maps = read_file(path("maps"));
  if (!maps) return fail(maps.error());
  return shared_mappings(*maps);
}

std::size_t ParentProcess::own_children(const std::vector<std::int32_t>& pids) const {
  return static_cast<std::size_t>(std::ranges::count_if(pids, [&](std::int32_t child) {
    const auto stat = read_file(fmt::format("{}/{}/stat", proc_root_, child));
    const auto fields = stat ? parse_stat(*stat) : std::nullopt;
    return fields && fields->ppid == pid_;
  }));
}

}  // namespace mpm
