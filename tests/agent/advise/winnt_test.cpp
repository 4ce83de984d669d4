// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "agent/advise/recommend.h"
#include "tests/agent/advise/debian_event.h"

namespace mpm {
namespace {

// mpm_winnt knows neither MaxRequestWorkers nor spares: its pool is the threads of its one child.
TEST(Recommend, RaisesTheThreadsOfWinnt) {
  Observation seen = event();
  seen.mpm = Mpm::Winnt;
  seen.worker_limit = 64;
  seen.settings = {{"ThreadLimit", 100, 100, true},
                   {"ThreadsPerChild", 64, 64, true},
                   {"MaxConnectionsPerChild", 0, 0, true},
                   {"ListenBacklog", 511, 511, false},
                   {"KeepAliveTimeout", 5, 5, true}};
  seen.load.busy = flat(64);
  seen.load.idle = flat(0);
  seen.load.pinned_share = 1;
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
