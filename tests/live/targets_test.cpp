// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "tests/live/mpmctl.h"
#include "tests/support/private_httpd.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

Json entry(const Json& list, const PrivateHttpd& httpd) {
  for (const Json& target : list["targets"])
    if (target["target"]["pid"] == httpd.pid()) return target;
  ADD_FAILURE() << httpd.pid() << " is not among " << list.dump(2);
  return {};
}

TEST(Targets, EveryServerIsFoundWithWhatItIs) {
  const PrivateHttpd event({.directives = "MaxRequestWorkers 100\n"});
  const PrivateHttpd prefork({.mpm = Mpm::Prefork, .php = true, .arguments = "-D BIG"});
  const Json list = ask({"targets"});
  const Json first = entry(list, event)["target"];
  EXPECT_EQ(first["mpm"], "event");
  EXPECT_EQ(first["binary"], "/usr/sbin/apache2");
  EXPECT_EQ(first["config_file"], event.dir() / "httpd.conf");
  EXPECT_EQ(first["listeners"][0]["port"], event.port());
  EXPECT_EQ(first["losses"].size(), 0U) << first.dump(2);
  const std::string version = first["version"];
  EXPECT_EQ(version.compare(0, 4, "2.4."), 0) << version;

  const Json second = entry(list, prefork);
  EXPECT_EQ(second["target"]["mpm"], "prefork");
  EXPECT_EQ(second["target"]["arguments"][3], "-D");
  EXPECT_EQ(second["settings"]["worker_limit"], 256);
}

TEST(Targets, AServerIsNamedByItsPortAndByAChildToo) {
  const PrivateHttpd httpd;
  EXPECT_EQ(status_of(":" + std::to_string(httpd.port()))["pid"], httpd.pid());
  const Json board = ask({"status", httpd.target()});
  const std::string tasks = "/proc/" + httpd.target() + "/task/" + httpd.target() + "/children";
  const Finished children = run({"cat", tasks});
  const std::string child = children.out.substr(0, children.out.find(' '));
  ASSERT_FALSE(child.empty());
  EXPECT_EQ(status_of(child)["pid"], httpd.pid());
}

// A copy of the binary under a name of no httpd.
TEST(Targets, TheNameOfTheProgramDoesNotMatter) {
  const TempDir dir;
  std::filesystem::copy_file("/usr/sbin/apache2", dir / "webserver");
  std::filesystem::permissions(dir.path(), std::filesystem::perms::all);
  const PrivateHttpd httpd({.binary = dir / "webserver"});
  const Json target = entry(ask({"targets"}), httpd)["target"];
  EXPECT_EQ(target["binary"], dir / "webserver");
  EXPECT_EQ(target["mpm"], "event");
}

TEST(Targets, S24_LoggersAndOtherServersAreNoChildren) {
  const PrivateHttpd other;
  const PrivateHttpd httpd({.mpm = Mpm::Prefork,
                            .directives = "StartServers 4\nMinSpareServers 4\nMaxSpareServers 4\n"
                                          "CustomLog \"|/bin/cat\" \"%h\"\n"});
  // The logger is a child of the parent as the workers are.
  const std::string children = "/proc/" + httpd.target() + "/task/" + httpd.target() + "/children";
  const Finished listed = run({"cat", children});
  ASSERT_EQ(std::count(listed.out.begin(), listed.out.end(), ' '), 5) << listed.out;
  const Json list = ask({"targets"});
  EXPECT_EQ(entry(list, httpd)["target"]["children"], 4);
  const Json status = status_of(httpd.target());
  EXPECT_EQ(status["processes"]["total"], 4);
  EXPECT_EQ(status["memory"]["processes"], 5) << "the parent and its workers";
}

TEST(Targets, SeveralServersNeedAName) {
  const PrivateHttpd first;
  const PrivateHttpd second;
  const Finished finished = mpmctl({"recommend"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_NE(finished.err.find(first.target()), std::string::npos) << finished.err;
  EXPECT_GE(ask({"status"})["targets"].size(), 2U);
}

}  // namespace
}  // namespace mpm
