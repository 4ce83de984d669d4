// SPDX-License-Identifier: Apache-2.0
//
// What tests of the engine look for in a proposal, and a server that it says much about.
#pragma once

#include <string_view>

#include "schema/model/observation.h"
#include "schema/model/proposal.h"
#include "tests/agent/advise/debian_event.h"

namespace mpm {

// nullptr: the directive is not to be changed.
inline const Change* change(const Proposal& proposal, std::string_view directive) {
  for (const Change& entry : proposal.changes)
    if (entry.directive == directive) return &entry;
  return nullptr;
}

inline const Finding* finding(const Proposal& proposal, std::string_view rule) {
  for (const Finding& entry : proposal.findings)
    if (entry.rule == rule) return &entry;
  return nullptr;
}

inline Observation prefork() {
  Observation seen = event();
  seen.mpm = Mpm::Prefork;
  seen.settings = {{"StartServers", 5, 5, true},          {"MinSpareServers", 5, 5, true},
                   {"MaxSpareServers", 10, 10, true},     {"ServerLimit", 256, 256, false},
                   {"MaxRequestWorkers", 150, 150, true}, {"MaxConnectionsPerChild", 0, 0, true},
                   {"ListenBacklog", 511, 511, false},    {"KeepAliveTimeout", 5, 5, true}};
  seen.memory->children = 30;
  return seen;
}

// All workers busy, connections wait, and the processors have time.
inline void saturate(Observation& seen) {
  seen.load.busy = flat(static_cast<double>(seen.worker_limit));
  seen.load.idle = flat(0);
  seen.load.pinned_share = 0.8;
  seen.load.queue = flat(40);
  seen.load.arrived_per_second = 2500;
}

inline void put(Observation& seen, std::string_view directive, std::int64_t effective,
                std::int64_t written) {
  for (SettingObservation& setting : seen.settings)
    if (setting.directive == directive) {
      setting.effective = effective;
      setting.written = written;
    }
}
inline void put(Observation& seen, std::string_view directive, std::int64_t value) {
  put(seen, directive, value, value);
}

// The same server and load with the proposal in force.
inline Observation with(Observation seen, const Proposal& proposal) {
  for (const Change& entry : proposal.changes)
    put(seen, entry.directive, entry.to);
  if (const Change* workers = change(proposal, "MaxRequestWorkers"))
    seen.worker_limit = workers->to;
  return seen;
}

}  // namespace mpm
