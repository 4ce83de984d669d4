// SPDX-License-Identifier: Apache-2.0
//
// Clients that keep their connections, on a real httpd.
#include "tests/regret/visitors.h"

#include <gtest/gtest.h>

#include "tests/support/private_httpd.h"

namespace mpm::regret {
namespace {

using namespace std::chrono_literals;

Visits of(const PrivateHttpd& httpd, const std::string& path) {
  return {.port = httpd.port(),
          .path = path,
          .visitors_per_second = 30,
          .requests = 3,
          .think_seconds = 0.02,
          .span = 2s,
          .patience = 2s};
}

TEST(Visitors, AskAsOftenAsTheyWereTo) {
  for (const char* keep : {"KeepAlive On\n", "KeepAlive Off\n", "KeepAliveTimeout 1ms\n"}) {
    const PrivateHttpd httpd({.directives = keep});
    const Visited visited = visit(of(httpd, "/lab?sleep=5"));
    EXPECT_EQ(visited.failed, 0) << keep;
    EXPECT_GT(visited.answered, 90) << keep;
    EXPECT_EQ(visited.answered % 3, 0) << keep;
    EXPECT_GT(visited.seconds, 0.005 * static_cast<double>(visited.answered)) << keep;
  }
}

TEST(Visitors, LeaveWhereTheyAreRefused) {
  const PrivateHttpd httpd;
  const Visited visited = visit(of(httpd, "/nothing-here"));
  EXPECT_EQ(visited.answered, 0);
  EXPECT_GT(visited.failed, 30);
  EXPECT_LT(visited.failed, 90) << "each asked once";
}

}  // namespace
}  // namespace mpm::regret
