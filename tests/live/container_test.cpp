// SPDX-License-Identifier: Apache-2.0
//
// A server in a pid namespace of its own, as in a container: the pids in its scoreboard are not
// those that the host sees.
#include <csignal>
#include <filesystem>
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

// As a container with an image of its own: what lies at the configuration's place is another file
// there than on the host.
TEST(Container, ItsConfigurationIsReadAsItSeesIt) {
  PrivateHttpd httpd({.directives = "MaxRequestWorkers 75\n"});
  httpd.stop();
  const std::string inside =
      "mkdir \"$1/image\" && cp -a \"$1\"/*.conf \"$1/htdocs\" \"$1/image\" && "
      "printf 'MaxRequestWorkers 50\\nStartServers 1\\n' >\"$1/image/extra.conf\" && "
      "mount --bind \"$1/image\" \"$1\" && "
      "exec /usr/sbin/apache2 -f \"$1/httpd.conf\" -DFOREGROUND";
  const Background container({"unshare", "--pid", "--mount", "--fork", "--mount-proc",
                              "--kill-child", "bash", "-c", inside, "bash", httpd.dir().path()});
  ASSERT_TRUE(wait_for([&] {
    return get_status(httpd.port(), "/", std::chrono::seconds(1)) == 200;
  })) << httpd.error_log();

  const std::string name = ":" + std::to_string(httpd.port());
  const Json settings = ask({"config", "show", name});
  const Json limit = setting(settings, "MaxRequestWorkers");
  EXPECT_EQ(limit["effective"], 50) << limit.dump(2);
  EXPECT_EQ(limit["file"], httpd.extra_conf()) << "as the server calls it";
  EXPECT_EQ(settings["config_file"], httpd.dir() / "httpd.conf");
  EXPECT_EQ(status_of(name)["workers"]["limit"], 50);
  // What is read of it needs no look into the container by hand.
  const Json report = ask({"doctor"});
  for (const Json& finding : report["findings"])
    EXPECT_NE(finding["check"], "namespace") << finding.dump(2);
}

// The agent beside it, in its pid namespace and nothing else of it.
TEST(Container, AnAgentInTheSamePidNamespaceSeesItAndNobodyElse) {
  const PrivateHttpd outside;
  PrivateHttpd httpd;
  httpd.stop();
  const TempDir dir;
  const std::string inside =
      "/usr/sbin/apache2 -f \"$1/httpd.conf\" -DFOREGROUND & "
      "exec \"$2\" --socket \"$3/agent.sock\" --history :memory: --state \"$3/state\"";
  const Background pod({"unshare", "--pid", "--fork", "--mount-proc", "--kill-child", "bash", "-c",
                        inside, "bash", httpd.dir().path(),
                        std::filesystem::path(MPM_CTL).parent_path() / "mpm-agent", dir.path()});
  Json report;
  ASSERT_TRUE(wait_for([&] {
    const Finished asked = run({MPM_CTL, "--json", "--agent", dir / "agent.sock", "targets"});
    report = Json::parse(asked.out, nullptr, false);
    return asked.status == 0 && !report.is_discarded() && report["targets"].size() == 1 &&
           report["targets"][0]["target"]["listeners"].size() == 1;
  }));
  EXPECT_EQ(report["targets"][0]["target"]["listeners"][0]["port"], httpd.port());
  EXPECT_EQ(report["targets"][0]["target"]["config_file"], httpd.dir() / "httpd.conf");
}

}  // namespace
}  // namespace mpm
