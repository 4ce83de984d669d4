// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/control.h"

#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace mpm::builtin {
namespace {

TEST(Control, KnowsTheServerOfAPidFile) {
  const TempDir dir;
  dir.write("httpd.pid", std::to_string(::getpid()) + "\n");
  EXPECT_EQ(running_server(dir / "httpd.pid"), ::getpid());
  dir.write("httpd.pid", "nonsense\n");
  EXPECT_EQ(running_server(dir / "httpd.pid"), std::nullopt);
  EXPECT_EQ(running_server(dir / "none.pid"), std::nullopt);
}

TEST(Control, TakesNoEndedProcessForAServerThatRuns) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(0);
  siginfo_t ended{};
  // It has ended, and its pid is not free before it is waited for without WNOWAIT.
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  const TempDir dir;
  dir.write("httpd.pid", std::to_string(child) + "\n");
  EXPECT_EQ(running_server(dir / "httpd.pid"), std::nullopt);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(running_server(dir / "httpd.pid"), std::nullopt);
}

}  // namespace
}  // namespace mpm::builtin
