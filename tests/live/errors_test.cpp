// SPDX-License-Identifier: Apache-2.0
//
// What a person gets wrong, and what is wrong with a server: one sentence on standard error, the
// exit status that says which, and nothing on standard output.
#include <algorithm>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/live/mpmctl.h"
#include "tests/support/loopback.h"
#include "tests/support/private_httpd.h"

namespace mpm {
namespace {

constexpr int kUsage = 2;
constexpr int kUnreachable = 3;
constexpr int kRefused = 4;
constexpr int kNobody = 65534;

// Not where a sanitizer looks at every step. Processor time: how long it takes by the clock is the
// machine's business as well.
TEST(Help, IsSaidInLessThanTwentyMilliseconds) {
  double least = 1;
  for (int attempt = 0; attempt < 25; ++attempt) {
    const Finished help = run({MPM_CTL, "--help"});
    EXPECT_EQ(help.status, 0);
    least = std::min(least, help.cpu_seconds);
  }
  EXPECT_LT(least, 0.020);
}

void expect_sentence(const Finished& finished, int status, const std::string& word) {
  EXPECT_EQ(finished.status, status) << finished.out << finished.err;
  EXPECT_EQ(finished.out, "");
  EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
  EXPECT_EQ(finished.err.compare(0, 8, "mpmctl: "), 0) << finished.err;
  EXPECT_NE(finished.err.find(word), std::string::npos) << finished.err;
}

class BadInput : public ::testing::Test {
 protected:
  PrivateHttpd httpd_{{.directives = "MaxRequestWorkers 50\n"}};
};

TEST_F(BadInput, ThatNamesNoServer) {
  expect_sentence(mpmctl({"status", "nonsense"}), kUsage, "nonsense");
  expect_sentence(mpmctl({"status", ":0"}), kUsage, ":0");
  expect_sentence(mpmctl({"status", ":99999"}), kUsage, ":99999");
  expect_sentence(mpmctl({"status", "http://"}), kUsage, "http://");
  expect_sentence(mpmctl({"status", "http://bad host/x"}), kUsage, "http://bad host/x");
}

TEST_F(BadInput, AnUnknownCommandOrOptionIsUsage) {
  EXPECT_EQ(mpmctl({"frobnicate"}).status, kUsage);
  EXPECT_EQ(mpmctl({"status", "--frobnicate"}).status, kUsage);
  EXPECT_EQ(mpmctl({"recommend", "--for", "soon"}).status, kUsage);
}

TEST_F(BadInput, APortWhereNothingListens) {
  const std::string port = std::to_string(free_port());
  expect_sentence(mpmctl({"status", ":" + port}), kUnreachable, port);
  expect_sentence(mpmctl({"status", "http://127.0.0.1:" + port + "/server-status"}), kUnreachable,
                  port);
}

TEST_F(BadInput, APidThatIsNoHttpd) {
  const std::string mine = std::to_string(::getpid());
  expect_sentence(mpmctl({"status", mine}), kUnreachable, "is not an httpd");
  expect_sentence(mpmctl({"recommend", mine}), kUnreachable, "is not an httpd");
  expect_sentence(mpmctl({"config", "show", mine}), kUnreachable, "is not an httpd");
  expect_sentence(mpmctl({"status", "2147483646"}), kUnreachable, "no process");
}

TEST_F(BadInput, APageThatIsNotModStatuss) {
  httpd_.dir().write("htdocs/page.html", "<!DOCTYPE html><html><body>Hi</body></html>\n");
  httpd_.dir().write("htdocs/empty.txt", "");
  httpd_.dir().write("htdocs/cut.txt", "Total Accesses: 12\nBusyWorkers: 1\nScoreboard: _W");
  httpd_.dir().write("htdocs/other.txt", "hello\n");
  expect_sentence(mpmctl({"status", httpd_.url("/page.html")}), kUnreachable, "HTML");
  expect_sentence(mpmctl({"status", httpd_.url("/empty.txt")}), kUnreachable, "empty");
  expect_sentence(mpmctl({"status", httpd_.url("/cut.txt")}), kUnreachable, "cut off");
  expect_sentence(mpmctl({"status", httpd_.url("/other.txt")}), kUnreachable,
                  "no field of mod_status");
  expect_sentence(mpmctl({"status", httpd_.url("/nowhere")}), kUnreachable, "404");
}

TEST_F(BadInput, APortThatIsNoHttpServers) {
  const UniqueFd listener(::socket(AF_INET, SOCK_STREAM, 0));
  ASSERT_EQ(::listen(listener.get(), 5), 0);  // binds a port of its own
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size);
  const std::string url =
      "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/server-status";
  expect_sentence(mpmctl({"status", url}), kUnreachable, "did not answer");
}

TEST_F(BadInput, WithoutPermissionTheReasonIsSaid) {
  RunOptions nobody;
  nobody.user = kNobody;
  expect_sentence(mpmctl({"status", httpd_.target()}, nobody), kRefused, "root");
  const Json page = ask({"status", httpd_.url()}, nobody)["targets"][0];
  EXPECT_EQ(page["source"], "mod_status");
  EXPECT_EQ(page["workers"]["busy"], 1);
  EXPECT_FALSE(page["losses"].empty());
  // What anybody may read is shown: the files and the program that the command line names.
  const Json settings = ask({"config", "show", httpd_.target()}, nobody);
  EXPECT_EQ(settings["worker_limit"], 50);
  EXPECT_EQ(settings["mpm"], "event");
}

}  // namespace
}  // namespace mpm
