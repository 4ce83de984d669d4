// SPDX-License-Identifier: Apache-2.0
#include "tests/live/mpmctl.h"
#include "tests/support/private_httpd.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

TEST(ConfigShow, S21_SaysWhatHttpdReallyMakesOfIt) {
  const PrivateHttpd httpd(
      {.directives = "# a comment\nThreadsPerChild 64\nMaxRequestWorkers 150\n"});
  const Json settings = ask({"config", "show", httpd.target()});
  const Json workers = setting(settings, "MaxRequestWorkers");
  EXPECT_EQ(workers["value"], "150");
  EXPECT_EQ(workers["file"], httpd.extra_conf());
  EXPECT_EQ(workers["line"], 3);
  EXPECT_EQ(workers["effective"], 128);
  EXPECT_EQ(workers["remarks"][0]["code"], "AH00513");
  EXPECT_EQ(status_of(httpd.target())["workers"]["limit"], 128);
  EXPECT_EQ(setting(settings, "ServerLimit")["value"], nullptr);
  EXPECT_EQ(setting(settings, "ServerLimit")["effective"], 16);
  EXPECT_FALSE(settings["changed_since_load"]);
}

TEST(ConfigShow, S20_CountsWorkersAndProcessesApart) {
  const PrivateHttpd httpd(
      {.mpm = Mpm::Worker, .directives = "ThreadsPerChild 25\nMaxRequestWorkers 100\n"});
  const Json settings = ask({"config", "show", httpd.target()});
  EXPECT_EQ(setting(settings, "MaxRequestWorkers")["unit"], "workers");
  EXPECT_EQ(setting(settings, "ServerLimit")["unit"], "processes");
  EXPECT_EQ(settings["worker_limit"], 100);
}

TEST(ConfigShow, DefinesOfTheCommandLineCount) {
  const std::string directives =
      "<IfDefine BIG>\nMaxRequestWorkers 200\n</IfDefine>\n"
      "<IfDefine !BIG>\nMaxRequestWorkers 50\n</IfDefine>\n";
  const PrivateHttpd big({.directives = directives, .arguments = "-D BIG"});
  const PrivateHttpd small({.directives = directives});
  EXPECT_EQ(ask({"config", "show", big.target()})["worker_limit"], 200);
  EXPECT_EQ(ask({"config", "show", small.target()})["worker_limit"], 50);
}

TEST(ConfigShow, S17_TheLimitsOfTheRunningServerHold) {
  const PrivateHttpd httpd({.directives = "ServerLimit 2\nMaxRequestWorkers 50\n"});
  // A file newer than the server by more than the clocks' slack.
  httpd.dir().write("extra.conf", "ServerLimit 8\nMaxRequestWorkers 200\n");
  ASSERT_EQ(run({"touch", "-d", "+1 hour", httpd.extra_conf()}).status, 0);
  Json settings = ask({"config", "show", httpd.target()});
  EXPECT_TRUE(settings["changed_since_load"]);
  httpd.graceful();
  ASSERT_TRUE(wait_for([&] { return status_of(httpd.target())["generation"] == 1; }));
  settings = ask({"config", "show", httpd.target()});
  EXPECT_EQ(setting(settings, "ServerLimit")["effective"], 2);
  EXPECT_EQ(setting(settings, "ServerLimit")["remarks"][0]["code"], "AH00501");
  EXPECT_EQ(settings["worker_limit"], 50);
}

TEST(ConfigShow, ABrokenFileIsSaidAndLosesNothing) {
  const PrivateHttpd httpd({.directives = "MaxRequestWorkers 75\n"});
  httpd.dir().write("extra.conf", "MaxRequestWorkers 75\nInclude gone.conf\n");
  const Json settings = ask({"config", "show", httpd.target()});
  EXPECT_EQ(settings["worker_limit"], 75);
  ASSERT_EQ(settings["remarks"].size(), 1U);
  const std::string text = settings["remarks"][0]["text"];
  EXPECT_NE(text.find("extra.conf:2"), std::string::npos) << text;
}

}  // namespace
}  // namespace mpm
