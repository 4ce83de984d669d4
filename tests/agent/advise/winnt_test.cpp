// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "agent/advise/recommend.h"

namespace mpm {
namespace {

constexpr std::int64_t kMb = 1 << 20;

Distribution flat(double value) {
  return {60, value, 0, value, value, value, value};
}

// mpm_winnt knows neither MaxRequestWorkers nor spares: its pool is the threads of its one child.
TEST(Recommend, RaisesTheThreadsOfWinnt) {
  Observation seen;
  seen.pid = 1;
  seen.mpm = Mpm::Winnt;
  seen.span_seconds = 30;
  seen.samples = 60;
  seen.worker_limit = 64;
  seen.settings = {{"ThreadLimit", 100, 100, true},
                   {"ThreadsPerChild", 64, 64, true},
                   {"MaxConnectionsPerChild", 0, 0, true},
                   {"ListenBacklog", 511, 511, false},
                   {"KeepAliveTimeout", 5, 5, true}};
  seen.load.busy = flat(64);
  seen.load.idle = flat(0);
  seen.load.pinned_share = 1;
  seen.load.completed_per_second = seen.load.arrived_per_second = 200;
  seen.load.service_seconds = 0.3;
  seen.host.cores = 4;
  seen.host.memory_total = Bytes{8192 * kMb};
  seen.host.memory_available = Bytes{6000 * kMb};
  seen.host.somaxconn = 4096;
  seen.memory.emplace();
  seen.memory->children = 1;
  seen.memory->requests_per_child = 500;
  seen.memory->shared_once = Bytes{10 * kMb};
  seen.memory->child_typical = Bytes{15 * kMb};
  seen.memory->child_large = Bytes{18 * kMb};
  seen.memory->child_peak = Bytes{25 * kMb};
  seen.memory->server_pss = Bytes{60 * kMb};
  seen.load.queue = flat(30);
  const Proposal proposal = recommend(seen, {});
  std::set<std::string> changed;
  for (const Change& change : proposal.changes) {
    changed.insert(change.directive);
    EXPECT_GT(change.to, 100) << change.directive;
    EXPECT_EQ(change.restart, RestartClass::StopStart) << change.directive;
  }
  EXPECT_EQ(changed, (std::set<std::string>{"ThreadLimit", "ThreadsPerChild"}));
  EXPECT_NE(proposal.block.find("<IfModule mpm_winnt_module>"), std::string::npos);
}

}  // namespace
}  // namespace mpm
