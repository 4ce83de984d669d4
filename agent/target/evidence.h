// SPDX-License-Identifier: Apache-2.0
//
// How a server stands at one instant, as far as it can be seen from outside: the parent, what its
// scoreboard says of the generation that runs, the kernel's side of its sockets, and whether it
// answers. Taken before a load and after it, two of these tell what came of it (took_effect.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/proc/proc_fs.h"
#include "schema/model/sample.h"
#include "schema/model/scoreboard.h"
#include "schema/model/target.h"
#include "schema/model/units.h"

namespace mpm {

// Of the scoreboard; processes and workers are those of the generation that runs and stays.
struct BoardFacts {
  std::int32_t generation = 0;
  Instant restarted{};
  std::int32_t server_limit = 0;
  std::int32_t thread_limit = 0;
  std::int64_t processes = 0;
  std::int64_t threads = 0;  // the most that one of them has
  std::int64_t workers = 0;  // of all of them: those that are started
  std::int64_t idle = 0;     // of these
  std::int64_t old_processes = 0;
};
BoardFacts board_facts(const Scoreboard& board);

struct ServerEvidence {
  std::int32_t pid = 0;  // of the parent; of the last that was known where none runs
  bool alive = false;
  Instant started{};
  std::optional<Mpm> mpm;
  std::optional<BoardFacts> board;  // absent when it cannot be read
  std::vector<ListenerUsage> listeners;
  std::int64_t somaxconn = 0;   // the kernel's bound of a backlog; 0: unknown
  std::optional<bool> answers;  // each of its ports; absent where it cannot be asked from here
  std::vector<std::string> losses;
};

// Where evidence comes from; a test has its own.
class ServerEyes {
 public:
  virtual ~ServerEyes() = default;
  virtual ServerEvidence look() = 0;
};

struct EyesOptions {
  std::string pid_file;  // absolute, where the server's parent writes its pid; may be empty
  std::chrono::milliseconds answer{2000};  // for each port
};

// The server's own. When its parent has ended, it looks for the one that took its place: by the
// pid file, or the server of the same program and arguments.
class LiveEyes final : public ServerEyes {
 public:
  LiveEyes(Target target, ProcFs proc, EyesOptions options = {});
  ServerEvidence look() override;

 private:
  void follow();
  void ask_ports(ServerEvidence& evidence) const;

  Target target_;
  const ProcFs proc_;
  const EyesOptions options_;
};

}  // namespace mpm
