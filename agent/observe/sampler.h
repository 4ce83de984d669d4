// SPDX-License-Identifier: Apache-2.0
//
// One look at a server: its scoreboard counted, the kernel's side of its listeners, the host,
// and when asked the memory of every process. What cannot be read is left out and named;
// only a scoreboard that no source yields is an error.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/proc/host_usage.h"
#include "agent/proc/proc_fs.h"
#include "agent/proc/sockets.h"
#include "agent/scoreboard/fallback.h"
#include "schema/model/result.h"
#include "schema/model/sample.h"
#include "schema/model/target.h"

namespace mpm {

enum class Sweep : std::uint8_t {
  None,    // leave the memory of the processes out: reading it walks their page tables
  Memory,  // read it
  Turn,    // read as many as the budget allows, and go on at the next look that says so
};

enum class Occasion : std::uint8_t {
  Pace,      // one of a row of looks
  Question,  // somebody asks in between: what has finished by now is still for the row to tell
};

// Not safe from two threads at once: it keeps the scoreboard of the look before.
class Sampler {
 public:
  // The clock must outlive this.
  Sampler(Target target, FallbackSource source, ProcFs proc, const Clock& clock);

  // `at` is the time of this look. NotFound: the server has ended. A turn reads for `budget`, one
  // process at least; the look that ends it has them all.
  Result<Sample> look(Instant at, Occasion occasion, Sweep sweep,
                      std::chrono::nanoseconds budget = {});
  // The words of the slots, a moment after the last look.
  Result<std::vector<RequestText>> texts(const RequestTextQuery& query) {
    return source_.read_texts(query);
  }
  // A turn has begun and is not at its end.
  bool is_in_turn() const { return !waiting_.empty(); }

  // The scoreboard of the last look; nullopt before the first.
  const std::optional<Scoreboard>& scoreboard() const { return before_; }
  // What the source has summed up besides, at the last look that worked.
  ServerTotals totals() const { return source_.totals(); }
  std::vector<SourceStatus> sources() const { return source_.statuses(); }
  // What the last look could not read, one sentence each.
  const std::vector<std::string>& losses() const { return losses_; }
  const Target& target() const { return target_; }

 private:
  void keep(Scoreboard board, Occasion occasion);
  void count_children(const Scoreboard& board);
  void look_at_host(Sample& sample, Occasion occasion);
  void look_at_listeners(Sample& sample, SocketCount count);
  // A process of the server: its pid here, and in the scoreboard.
  struct Member {
    std::int32_t pid = 0;
    std::int32_t inner_pid = 0;  // 0: the parent
  };
  std::vector<Member> members() const;
  void read(const Member& member, const Sample& sample, std::vector<ProcessUsage>& into);
  void note_served(std::vector<ProcessUsage>& processes, const std::vector<Member>& members) const;
  void sweep_memory(Sample& sample);
  void take_turn(Sample& sample, std::chrono::nanoseconds budget);

  Target target_;
  FallbackSource source_;
  ProcFs proc_;
  const Clock& clock_;
  HostWatch host_;
  ListeningSockets sockets_;
  std::optional<Scoreboard> before_;
  std::optional<Scoreboard> before_in_row_;  // of the row's last look, when there was one since
  std::int64_t children_started_ = 0;
  std::int64_t children_ended_ = 0;
  std::vector<ListenerUsage> counted_;  // when their connections were counted last
  bool waited_ = false;                 // somebody did, in a queue, at the last look
  std::chrono::steady_clock::time_point next_count_;
  std::chrono::steady_clock::time_point next_limits_;
  std::vector<Member> waiting_;          // of the turn: those still to be read, the last one next
  std::vector<ProcessUsage> turn_read_;  // of the turn so far
  std::vector<std::string> losses_;
};

}  // namespace mpm
