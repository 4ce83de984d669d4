// SPDX-License-Identifier: Apache-2.0
#include "agent/target/identify.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "agent/base/file.h"

namespace mpm {
namespace {

// Programs are few, but a container's are new ones each time it is made.
constexpr std::size_t kMostExecutables = 1024;
// Of how many glances at something else one looks into it, at least.
constexpr unsigned kRarest = 16;

Identity by_name(const ProcFs& proc, std::int32_t pid, Identity identity) {
  const auto stat = proc.stat(pid);
  if (!stat || !called_like_httpd(stat->comm)) return identity;
  identity.proof = Proof::Name;
  identity.program = stat->comm;
  return identity;
}

std::uint64_t start_ticks(const ProcFs& proc, std::int32_t pid) {
  const auto stat = proc.stat(pid);
  return stat ? stat->start_ticks : 0;
}

}  // namespace

bool maps_shared_memory(std::string_view maps) {
  // "7f3c00-7f3c01 rw-s 00000000 00:01 1025 /dev/zero (deleted)"
  return maps.find(" rw-s ") != std::string_view::npos;
}

bool called_like_httpd(std::string_view name) {
  constexpr std::array kNames = std::to_array<std::string_view>({"httpd", "apache", "mpm-httpd"});
  for (const std::string_view known : kNames) {
    if (name.substr(0, known.size()) != known) continue;
    const std::string_view rest = name.substr(known.size());
    // "apache2", "httpd2", "httpd-event", "httpd.worker"; but not "apache2ctl" or "httpdump".
    if (rest.empty() || rest == "2" || rest[0] == '-' || rest[0] == '.' ||
        rest.substr(0, 2) == "2-")
      return true;
  }
  return false;
}

std::optional<Recognizer::File> Recognizer::executable(const ProcFs& proc, std::int32_t pid) {
  struct stat found {};
  if (::stat(fmt::format("{}/{}/exe", proc.root(), pid).c_str(), &found) != 0) return std::nullopt;
  return File{found.st_dev, found.st_ino,
              found.st_ctim.tv_sec * 1000000000LL + found.st_ctim.tv_nsec, found.st_size};
}

std::optional<Identity> Recognizer::met(std::int32_t pid, const ProcStat& stat,
                                        const std::optional<File>& executable) {
  const std::lock_guard lock(mutex_);
  const auto found = met_.find(pid);
  if (found == met_.end() || found->second.start_ticks != stat.start_ticks ||
      found->second.executable != executable)
    return std::nullopt;
  return Identity{Proof::Content, stat.ppid, found->second.program};
}

bool Recognizer::is_passed_over(const ProcFs& proc, std::int32_t pid,
                                const std::optional<File>& file) {
  const std::lock_guard lock(mutex_);
  const auto found = others_.find(pid);
  if (found == others_.end()) return false;
  Other& other = found->second;
  if (other.is_kernels) return true;
  if (other.executable != file || (!file && other.start_ticks != start_ticks(proc, pid))) {
    others_.erase(found);
    return false;
  }
  ++other.glances;
  return !std::has_single_bit(other.glances) && other.glances % kRarest != 0;
}

Identity Recognizer::identify(const ProcFs& proc, std::int32_t pid) {
  const auto stat = proc.stat(pid);
  if (!stat || stat->state == 'Z') return {};
  return look_into(proc, pid, *stat, executable(proc, pid));
}

Identity Recognizer::glance(const ProcFs& proc, std::int32_t pid) {
  const auto file = executable(proc, pid);
  if (is_passed_over(proc, pid, file)) return {};
  const auto stat = proc.stat(pid);
  if (!stat || stat->state == 'Z') return {};
  Identity identity = stat->is_kernels ? Identity() : look_into(proc, pid, *stat, file);
  const std::lock_guard lock(mutex_);
  if (identity.proof == Proof::None)
    others_.try_emplace(pid, Other{stat->start_ticks, file, stat->is_kernels});
  else
    others_.erase(pid);
  return identity;
}

Identity Recognizer::look_into(const ProcFs& proc, std::int32_t pid, const ProcStat& stat,
                               const std::optional<File>& file) {
  if (auto known = met(pid, stat, file)) return std::move(*known);
  Identity identity;
  identity.parent = stat.ppid;
  const auto maps = proc.maps(pid);
  if (!maps) {
    if (maps.error().kind != Error::Kind::Denied) return identity;
    return by_name(proc, pid, std::move(identity));
  }
  if (!maps_shared_memory(*maps)) return identity;
  if (!mapped_mpm(*maps) && !binary(proc, pid).value_or(std::nullopt)) return identity;
  identity.proof = Proof::Content;
  if (auto exe = proc.exe(pid)) identity.program = std::move(*exe);
  if (file) {
    const std::lock_guard lock(mutex_);
    met_.insert_or_assign(pid, Met{stat.start_ticks, *file, identity.program});
  }
  return identity;
}

Result<std::optional<BinaryFacts>> Recognizer::binary(const ProcFs& proc, std::int32_t pid) {
  const auto file = executable(proc, pid);
  if (file) {
    const std::lock_guard lock(mutex_);
    if (const auto known = executables_.find(*file); known != executables_.end())
      return known->second;
  }
  const auto bytes = read_file(fmt::format("{}/{}/exe", proc.root(), pid));
  if (!bytes && bytes.error().kind != Error::Kind::Malformed) return fail(bytes.error());
  // Malformed: it is larger than any httpd, and is not to be read up to there each time.
  auto facts = bytes ? read_binary(*bytes) : std::nullopt;
  if (file) {
    const std::lock_guard lock(mutex_);
    if (executables_.size() >= kMostExecutables) executables_.clear();
    executables_.insert_or_assign(*file, facts);
  }
  return facts;
}

void Recognizer::keep_only(const std::vector<std::int32_t>& pids) {
  const std::lock_guard lock(mutex_);
  const auto has_ended = [&](const auto& one) {
    return !std::ranges::binary_search(pids, one.first);
  };
  std::erase_if(met_, has_ended);
  std::erase_if(others_, has_ended);
}

}  // namespace mpm
