// SPDX-License-Identifier: Apache-2.0
//
// What main() puts together of an agent, in pieces for tests that put it together themselves: to
// end it at a moment, or to let something happen in its middle.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "agent/apply/executor.h"
#include "agent/apply/file_world.h"
#include "agent/config/edit.h"
#include "agent/service/changes.h"
#include "agent/service/planning.h"
#include "agent/service/server_hands.h"
#include "agent/service/targets.h"
#include "agent/target/launch.h"
#include "schema/codec/json.h"

namespace mpm::test {

// A change that is journalled and not led yet.
struct BegunChange {
  ChangeLock lock;
  Journal journal;
  std::int64_t id = 0;
  HandsServer server;
};

// Of the server at that port, not to be watched; nothing when there is nothing to change, or it
// cannot begin.
inline std::optional<BegunChange> begin_change(const std::string& state, std::uint16_t port,
                                               const std::vector<Wish>& wishes, const ProcFs& proc,
                                               Clock& clock) {
  Recognizer recognizer;
  const auto target = find_target(proc, recognizer, fmt::format(":{}", port));
  if (!target) return std::nullopt;
  SiteSource source;
  source.options = site_options(*target, proc);
  source.files = std::make_shared<const HostFiles>("");
  source.mpm = target->mpm;
  ConfigQuestion question;
  question.wishes = wishes;
  auto edit = planned(source, question);
  if (!edit || edit->files.empty()) return std::nullopt;
  ChangeRecord change;
  change.target = *target;
  change.plan = edit->plan;
  change.watch_seconds = 0;
  HandsServer server{edit->files, "", error_log_of(edit->site), launch_of(*target, proc)};
  auto lock = ChangeLock::take(state);
  auto journal = Journal::open(state);
  if (!lock || !journal) return std::nullopt;
  change.at = clock.now();
  const auto id = journal->begin(change, to_json(server.launch));
  if (!id || !journal->set_backup(*id, fmt::format("{}/backups/{}", state, *id)))
    return std::nullopt;
  return BegunChange{std::move(*lock), std::move(*journal), *id, std::move(server)};
}

// For hands that take back what an agent left open.
inline HandsServer noted_server(const std::string& noted) {
  HandsServer server;
  if (auto launch = from_json<Launch>(noted)) server.launch = std::move(*launch);
  return server;
}

// For changes that are not watched: nobody looks.
inline HandsWorld blind_world(apply::FileWorld& files, const ProcFs& proc, Clock& clock) {
  return {files,
          proc,
          clock,
          [](const Target&) -> Result<Sample> { return fail(Error{}); },
          [](const Target&) { return std::vector<Sample>(); },
          [](std::int64_t, const WatchReport&) {}};
}

}  // namespace mpm::test
