// SPDX-License-Identifier: Apache-2.0
//
// A server in a pid namespace of its own, as in a container: the pids in its scoreboard are not
// those that the host sees.
#include <csignal>
#include <fstream>

#include "tests/live/mpmctl.h"
#include "tests/support/loopback.h"
#include "tests/support/private_httpd.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

TEST(Container, TheServersOwnPidsAreTranslated) {
  PrivateHttpd httpd({.directives = "StartServers 2\nThreadsPerChild 25\n"});
  httpd.stop();
  const Background inside({"unshare", "--pid", "--fork", "--mount-proc", "--kill-child",
                           "/usr/sbin/apache2", "-f", httpd.dir() / "httpd.conf", "-DFOREGROUND"});
  ASSERT_TRUE(wait_for([&] {
    return get_status(httpd.port(), "/", std::chrono::seconds(1)) == 200;
  })) << httpd.error_log();

  Json status;
  ASSERT_TRUE(wait_for([&] {
    status = status_of(":" + std::to_string(httpd.port()));
    return status["workers"]["idle"] == 75 && status["memory"]["processes"] == 4;
  })) << status.dump(2);
  EXPECT_NE(status["pid"], 1) << "the host's pid, not the container's";
  EXPECT_EQ(status["source"], "shared-memory");
  EXPECT_EQ(status["processes"]["total"], 3);
  EXPECT_GT(status["memory"]["unique_bytes"], 0);
}

}  // namespace
}  // namespace mpm
