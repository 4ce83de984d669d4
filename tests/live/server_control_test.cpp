// SPDX-License-Identifier: Apache-2.0
//
// The command line of mpm-httpd, and -k.
#include <csignal>
#include <cstddef>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "agent/base/file.h"
#include "tests/live/server.h"
#include "tests/support/child.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(ServerCommandLine, SpeaksToTheServerThatRuns) {
  PrivateHttpd server(builtin_httpd(Mpm::Worker));
  const std::string file = server.dir() / "httpd.conf";
  const auto say = [&](const std::string& word) {
    return run({MPM_HTTPD, "-f", file, "-k", word});
  };
  const Finished again = say("start");
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.out, HasSubstr("already running"));
  EXPECT_EQ(say("graceful").status, 0);
  EXPECT_TRUE(wait_for([&] { return server.error_log().find("AH00297") != std::string::npos; }));
  const pid_t parent = server.pid();
  EXPECT_EQ(say("stop").status, 0);
  EXPECT_TRUE(wait_for([&] { return has_ended(parent); }));
  const Finished gone = say("stop");
  EXPECT_EQ(gone.status, 1);
  EXPECT_THAT(gone.err, HasSubstr("no server runs"));
}

TEST(ServerCommandLine, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(run({MPM_HTTPD, "-Z"}).status, 2);
  EXPECT_EQ(run({MPM_HTTPD, "-k", "dance"}).status, 2);
  EXPECT_EQ(run({MPM_HTTPD, "-k"}).status, 2);
  const Finished none = run({MPM_HTTPD, "-f", "/no/such.conf", "-t"});
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.err, HasSubstr("/no/such.conf"));
}

// A server that was started by a relative name is found with its configuration all the same.
TEST(ServerCommandLine, ShowsWhereItsConfigurationIs) {
  const TempDir dir;
  dir.write("htdocs/index.html", "x");
  dir.write("near.conf", fmt::format("LoadModule mpm_event_module x.so\nListen 127.0.0.1:{}\n"
                                     "ServerRoot {}\nPidFile pid\nThreadsPerChild 7\n",
                                     free_port(), dir.path()));
  const Finished started =
      run({"/bin/sh", "-c", fmt::format("cd {} && {} -f near.conf", dir.path(), MPM_HTTPD)});
  ASSERT_EQ(started.status, 0) << started.err;
  const auto pid = read_file(dir / "pid");
  ASSERT_TRUE(pid) << pid.error().what;
  const std::string name = pid->substr(0, pid->find('\n'));
  const Finished shown = run({MPM_CTL, "--no-daemon", "config", "show", name});
  EXPECT_EQ(run({MPM_HTTPD, "-f", dir / "near.conf", "-k", "stop"}).status, 0);
  EXPECT_TRUE(wait_for([&] { return has_ended(std::stoi(name)); }));
  EXPECT_THAT(shown.out, HasSubstr(dir / "near.conf"));
  EXPECT_THAT(shown.out, testing::ContainsRegex("ThreadsPerChild +7 +7 workers"));
  EXPECT_THAT(shown.out, testing::Not(HasSubstr("refuses")));
}

// Its listening sockets, each with a queue of its own.
std::ptrdiff_t sockets_of(const PrivateHttpd& server) {
  const std::string table = read_file("/proc/net/tcp").value_or("");
  const std::string listening = fmt::format("0100007F:{:04X} 00000000:0000 0A", server.port());
  std::ptrdiff_t count = 0;
  for (std::size_t at = table.find(listening); at != std::string::npos;
       at = table.find(listening, at + 1))
    ++count;
  return count;
}

class ServerBuckets : public testing::TestWithParam<Mpm> {};
INSTANTIATE_TEST_SUITE_P(Live, ServerBuckets,
                         testing::Values(Mpm::Prefork, Mpm::Worker, Mpm::Event), name_of_mpm);

TEST_P(ServerBuckets, SpreadConnectionsOverSocketsOfTheirOwn) {
  const long processors = ::sysconf(_SC_NPROCESSORS_ONLN);
  const PrivateHttpd server(
      builtin_httpd(GetParam(), "ListenCoresBucketsRatio 1\nLogLevel info\n"));
  EXPECT_EQ(sockets_of(server), processors);
  EXPECT_GE(std::ssize(children_of(server)), processors);
  const auto all_answer = [&] {
    for (int i = 0; i < 64; ++i)
      if (get_status(server.port(), "/", 5s) != 200) return false;
    return true;
  };
  EXPECT_TRUE(all_answer());
  // A graceful keeps them; a restart makes as many as the ratio says then.
  server.graceful();
  EXPECT_TRUE(
      wait_for([&] { return server.error_log().find("Doing graceful") != std::string::npos; }));
  EXPECT_TRUE(all_answer());
  EXPECT_EQ(sockets_of(server), processors);
  server.dir().write("extra.conf", "ListenCoresBucketsRatio 0\n");
  server.restart();
  EXPECT_TRUE(wait_for([&] { return sockets_of(server) == 1; }));
  EXPECT_TRUE(wait_for([&] { return get_status(server.port(), "/", 1s) == 200; }));
  EXPECT_TRUE(all_answer());
}

TEST(ServerCommandLine, SaysThatAPortIsTaken) {
  const PrivateHttpd first(builtin_httpd(Mpm::Event));
  const TempDir dir;
  dir.write("htdocs/index.html", "x");
  dir.write("httpd.conf", fmt::format("LoadModule mpm_event_module x\nListen 127.0.0.1:{}\n"
                                      "ServerRoot {}\nPidFile pid\n",
                                      first.port(), dir.path()));
  const Finished second = run({MPM_HTTPD, "-f", dir / "httpd.conf"});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.err, HasSubstr("AH00072"));
}

}  // namespace
}  // namespace mpm
