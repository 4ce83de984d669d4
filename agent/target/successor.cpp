// SPDX-License-Identifier: Apache-2.0
#include "agent/target/successor.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "agent/base/file.h"
#include "agent/proc/proc_parse.h"
#include "agent/target/discover.h"
#include "agent/target/process_place.h"
#include "agent/target/scoreboard_probe.h"
#include "agent/target/server_command.h"

namespace mpm {
namespace {

// Times of a start are counted from a boot time that is set anew with the host's clock; where the
// kernel's own count could not be read nothing better is known.
constexpr std::chrono::seconds kSameStart{2};

bool is_same_start(const Target& target, std::optional<std::uint64_t> start_ticks,
                   Instant started) {
  if (target.start_ticks) return target.start_ticks == start_ticks;
  const auto apart = started - target.started;
  return apart <= kSameStart && -apart <= kSameStart;
}

// The process that has the pid now is the server itself, and not another one with its pid.
bool is_itself(const Target& found, const Target& target) {
  return found.pid == target.pid && found.binary == target.binary &&
         is_same_start(target, found.start_ticks, found.started);
}

// Whether it can stand in the ended one's place. Two servers of one image have the same program
// and the same arguments, each in a container of its own; and no two can listen at one address.
bool takes_place_of(const Target& other, const Target& ended, const ProcFs& proc) {
  if (other.binary != ended.binary || start_arguments(other.binary, other.arguments) !=
                                          start_arguments(ended.binary, ended.arguments))
    return false;
  if (!ended.config_file.empty() && other.config_file != ended.config_file) return false;
  if (!ended.cgroup.empty() && other.cgroup != ended.cgroup && lives_in_container(proc, other.pid))
    return false;
  // One that begins does not listen yet; one that is told of a new Listen keeps the others.
  if (ended.listeners.empty() || other.listeners.empty()) return true;
  return std::ranges::any_of(other.listeners, [&](const ListenAddress& mine) {
    return std::ranges::any_of(ended.listeners, [&](const ListenAddress& its) {
      return mine.port == its.port && mine.address == its.address;
    });
  });
}

constexpr std::chrono::milliseconds kLook{50};
constexpr std::chrono::seconds kLongestReaping{10};

}  // namespace

bool still_runs(const Target& target, const ProcFs& proc) {
  const auto stat = proc.stat(target.pid);
  if (!stat || stat->state == 'Z') return false;
  return is_same_start(target, stat->start_ticks, proc.started(target.pid).value_or(Instant{}));
}

void wait_until_reaped(const ProcFs& proc, std::int32_t pid, Clock& clock) {
  const auto end = clock.mono() + kLongestReaping;
  while (clock.mono() < end) {
    const auto stat = proc.stat(pid);
    if (!stat || stat->state != 'Z') return;
    clock.sleep_until(clock.mono() + kLook, {});
  }
}

std::optional<Target> successor_of(const Target& ended, const ProcFs& proc,
                                   const std::string& pid_file) {
  const MemoryProbe probe(proc);
  Recognizer recognizer;
  if (!pid_file.empty()) {
    const auto text = read_file(pid_file);
    const auto pid = text ? parse_number(*text) : std::nullopt;
    // A stale file may name any process.
    if (pid && *pid > 0) {
      auto named = target_of(proc, probe, recognizer, static_cast<std::int32_t>(*pid));
      if (named && named->pid == *pid && named->binary == ended.binary) return std::move(*named);
    }
  }
  if (ended.pid > 0) {
    auto same = target_of(proc, probe, recognizer, ended.pid);
    if (same && is_itself(*same, ended)) return std::move(*same);
  }
  auto all = discover(proc, probe, recognizer);
  if (!all) return std::nullopt;
  for (Target& other : *all)
    if (takes_place_of(other, ended, proc)) return std::move(other);
  return std::nullopt;
}

}  // namespace mpm
