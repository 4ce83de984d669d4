// SPDX-License-Identifier: Apache-2.0
//
// mpmctl top in a terminal, on a real server whose workers are all busy: what its screen shows,
// what keys and another size make of it, and that it leaves the terminal as it was.
#include <csignal>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/support/child.h"
#include "tests/support/loopback.h"
#include "tests/support/private_httpd.h"
#include "tests/support/terminal.h"
#include "tests/support/wait_for.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;
using test::InTerminal;
using test::VtScreen;
using testing::HasSubstr;

class LiveTop : public testing::Test {
 protected:
  // Four workers, and six requests of half a minute.
  LiveTop()
      : httpd_(builtin_httpd(Mpm::Event,
                             "StartServers 1\nServerLimit 1\nThreadsPerChild 4\nThreadLimit 4\n"
                             "MaxRequestWorkers 4\nMinSpareThreads 1\nMaxSpareThreads 4\n")) {
    for (int i = 1; i <= 6; ++i) {
      held_.push_back(connect_to(httpd_.port()));
      send_text(held_.back(),
                fmt::format("GET /work?sleep=30s&alloc={}KB HTTP/1.1\r\nHost: a\r\n\r\n", i));
    }
  }
  std::vector<std::string> top(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{MPM_CTL, "--no-daemon", "top",
                                   fmt::format(":{}", httpd_.port())};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  PrivateHttpd httpd_;
  std::vector<UniqueFd> held_;
};

TEST_F(LiveTop, ShowsASaturatedServerSortsFiltersAndTakesAnotherSize) {
  InTerminal terminal(top({"--every", "0.2s"}), {});
  ASSERT_TRUE(terminal.shows("saturated  All 4 workers are busy")) << terminal.screen().text();
  EXPECT_TRUE(terminal.shows("WWWW")) << terminal.screen().text();
  EXPECT_TRUE(terminal.shows([](const VtScreen& screen) {
    return screen.line(23).find("q quit") != std::string::npos;
  })) << terminal.screen().text();

  terminal.type("2");
  EXPECT_TRUE(terminal.shows("GET /work?sleep=30s")) << terminal.screen().text();
  EXPECT_TRUE(terminal.shows("127.0.0.1")) << terminal.screen().text();
  EXPECT_TRUE(terminal.shows("Agev")) << terminal.screen().text();
  terminal.type(">r");
  EXPECT_TRUE(terminal.shows("Vhost^")) << terminal.screen().text();

  terminal.type("falloc=2\r");
  EXPECT_TRUE(terminal.shows("only with \"alloc=2\": 1 row")) << terminal.screen().text();
  EXPECT_TRUE(terminal.shows([](const VtScreen& screen) {
    return screen.text().find("alloc=1") == std::string::npos;
  })) << terminal.screen().text();

  terminal.resize(100, 40);
  EXPECT_TRUE(terminal.shows([](const VtScreen& screen) {
    return screen.line(39).find("q quit") != std::string::npos;
  })) << terminal.screen().text();
  terminal.type("?");
  EXPECT_TRUE(terminal.shows("one letter a worker")) << terminal.screen().text();
  terminal.type("x5");
  EXPECT_TRUE(terminal.shows("Mean age")) << terminal.screen().text();

  terminal.type("q");
  const InTerminal::End end = terminal.end();
  EXPECT_EQ(end.status, 0);
  EXPECT_TRUE(end.left_as_it_was);
}

TEST_F(LiveTop, LeavesTheTerminalAsItWasAlsoWhenItIsTerminated) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    InTerminal terminal(top(), {.term = "xterm"});
    ASSERT_TRUE(terminal.shows("All 4 workers")) << terminal.screen().text();
    terminal.signal(signal);
    const InTerminal::End end = terminal.end();
    EXPECT_EQ(end.status, 128 + signal);
    EXPECT_TRUE(end.left_as_it_was);
    const auto entered = end.output.find("\x1b[?1049h");
    ASSERT_NE(entered, std::string::npos);
    EXPECT_NE(end.output.find("\x1b[?1049l", entered), std::string::npos)
        << "the screen of before is shown again";
  }
}

TEST_F(LiveTop, SaysThatTheServerHasEndedAndGoesOn) {
  InTerminal terminal(top({"--every", "0.2s"}), {});
  ASSERT_TRUE(terminal.shows("All 4 workers")) << terminal.screen().text();
  held_.clear();
  httpd_.stop();
  EXPECT_TRUE(terminal.shows("no answer")) << terminal.screen().text();
  terminal.type("q");
  EXPECT_EQ(terminal.end().status, 0);
}

TEST_F(LiveTop, PrintsRoundsAsTextWhereThereIsNoTerminal) {
  ASSERT_TRUE(wait_for([&] {
    return run(top({"--batch", "--count", "1"})).out.find("All 4 workers") != std::string::npos;
  }));
  const Finished twice = run(top({"--batch", "--count", "2", "--every", "0.1s"}));
  EXPECT_EQ(twice.status, 0) << twice.err;
  EXPECT_THAT(twice.out, HasSubstr("GET /work?sleep=30s"));
  const auto first = twice.out.find("All 4 workers");
  EXPECT_NE(twice.out.find("All 4 workers", first + 1), std::string::npos) << twice.out;

  const Finished screen = run(top());
  EXPECT_EQ(screen.status, 2);
  EXPECT_THAT(screen.err, HasSubstr("--batch"));
}

#if MPM_MEASURES
TEST_F(LiveTop, TakesLittleOfAProcessor) {
  for (const char* pace : {"1s", "0.1s"}) {
    InTerminal terminal(top({"--every", pace}), {});
    ASSERT_TRUE(terminal.shows("All 4 workers")) << terminal.screen().text();
    terminal.type("2");
    const milliseconds span{4000};
    terminal.shows([](const VtScreen&) { return false; }, span);
    terminal.type("q");
    const InTerminal::End end = terminal.end();
    const double share = end.cpu_seconds * 1000 / static_cast<double>(span.count());
    RecordProperty(fmt::format("share_at_{}", pace), fmt::format("{:.3f}", share));
    fmt::print("at {}: {:.1f} % of a core, with its agent\n", pace, 100 * share);
    EXPECT_LT(share, 0.5) << pace << ": without optimisation, and with its start";
  }
}
#endif

}  // namespace
}  // namespace mpm
