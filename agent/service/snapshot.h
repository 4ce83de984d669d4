// SPDX-License-Identifier: Apache-2.0
//
// The last look at a server, with all that the metrics are made of. A watch replaces it whole
// after every look, so that a scrape takes a pointer and never waits for a look: /metrics answers
// as fast when the server is saturated, and when its status page hangs.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/scoreboard/totals.h"
#include "schema/model/result.h"
#include "schema/model/sample.h"
#include "schema/model/scoreboard.h"
#include "schema/model/settings.h"
#include "schema/model/status.h"
#include "schema/model/target.h"

namespace mpm {

// Slots and connections as mod_status's page counts them (mod_status.c, status_handler).
struct PageCounts {
  std::array<std::int64_t, kStateLetters.size()> letters{};  // by WorkerState
  std::int64_t processes = 0;
  std::int64_t stopping = 0;  // of processes: quiescing
  // Event's, as its children last noted them: up to KeepAliveTimeout old.
  std::int64_t connections = 0;
  std::int64_t writing = 0;
  std::int64_t keepalive = 0;
  std::int64_t closing = 0;
};

// `settings` tell how many dead slots the page would show; without them, all there are.
PageCounts page_counts(const Scoreboard& board, const MpmSettings& settings);

// What the metrics tell of the configuration. A name is httpd's directive; words (On, Off) are
// left out.
struct SettingsInForce {
  std::vector<std::pair<std::string, std::int64_t>> numbers;
  bool changed_since_load = false;
};
SettingsInForce in_force(const MpmSettings& settings);

struct Snapshot {
  Target target;
  Instant at{};                  // when the last look ended
  std::optional<Error> trouble;  // why it failed; then only target, at and sources are of use
  double look_seconds = 0;       // that it took
  Sample sample;
  PageCounts page;
  ServerTotals totals;
  std::optional<std::array<double, 3>> load;  // of the server's host, over 1, 5 and 15 minutes
  SettingsInForce settings;
  std::vector<SourceStatus> sources;
  std::vector<ProcessUsage> processes;  // of the last sweep, which is not at every look
  Health health = Health::Unknown;
  // That the server was seen saturated since it is watched, at the pace of the looks.
  double saturated_seconds = 0;
};

using Snapshots = std::vector<std::shared_ptr<const Snapshot>>;

// "0.52 0.58 0.59 3/602 4711": /proc/loadavg.
std::optional<std::array<double, 3>> parse_load(const std::string& text);

}  // namespace mpm
