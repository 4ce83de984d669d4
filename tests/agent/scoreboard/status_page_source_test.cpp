// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/status_page_source.h"

#include <string>

#include <fmt/core.h>
#include <gmock/gmock.h>

#include "tests/support/raw_server.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;
using test::RawServer;
using testing::HasSubstr;
using testing::StartsWith;
using Kind = Error::Kind;

constexpr std::string_view kPage =
    "RestartTime: Monday, 23-Nov-2026 10:35:00 CET\n"
    "ServerUptimeSeconds: 43\n"
    "Scoreboard: W_.\n";

Error error_of(const std::string& url, std::chrono::milliseconds deadline = 5s) {
  const auto board = StatusPageSource(url, deadline).read();
  if (board) return {Kind::Internal, "there was none"};
  return board.error();
}

TEST(StatusPageSource, ReadsAScoreboardAndTheRestartFromTheDateHeader) {
  const RawServer server(test::answers(200, kPage));
  StatusPageSource source(server.url());
  EXPECT_EQ(source.kind(), SourceKind::ModStatus);
  const auto board = source.read();
  ASSERT_TRUE(board) << board.error().what;
  EXPECT_EQ(board->processes[0].workers.size(), 3U);
  // The answer's Date is 09:35:44 GMT, 44 s after the restart at 10:35:00 CET.
  EXPECT_EQ(board->restarted.time_since_epoch(), 1795426500s);
}

TEST(StatusPageSource, AddsAutoOnlyToAUrlWithoutAQuery) {
  const RawServer server([](int fd, const std::string& request) {
    const auto target = request.substr(4, request.find(" HTTP") - 4);
    test::answers(200, fmt::format("ServerVersion: {}\nScoreboard: _\n", target))(fd, request);
  });
  const auto target = [&](std::string_view asked) {
    const auto board = StatusPageSource(server.url(asked)).read();
    return board ? board->page->server_version : board.error().what;
  };
  EXPECT_EQ(target("/server-status"), "/server-status?auto");
  EXPECT_EQ(target("/server-status#top"), "/server-status?auto");
  EXPECT_EQ(target("/server-status?auto&notable"), "/server-status?auto&notable");
  EXPECT_EQ(target(""), "/?auto");
}

TEST(StatusPageSource, S27_SaysWhatARefusalMeans) {
  struct Case {
    int status;
    Kind kind;
    const char* says;
  };
  for (const Case& expected :
       {Case{401, Kind::Denied, "wants a password"}, Case{403, Kind::Denied, "Require local"},
        Case{404, Kind::NotFound, "mod_status is not at this path"},
        Case{302, Kind::Malformed, "redirects"}, Case{410, Kind::Malformed, "no status page"},
        Case{204, Kind::Malformed, "no status page"}, Case{500, Kind::Unreachable, "error log"},
        Case{503, Kind::Unreachable, "error log"}}) {
    const RawServer server(test::answers(expected.status, ""));
    const Error error = error_of(server.url());
    EXPECT_EQ(error.kind, expected.kind) << error.what;
    EXPECT_THAT(error.what,
                StartsWith(fmt::format("{}?auto answered {}: ", server.url(), expected.status)));
    EXPECT_THAT(error.what, HasSubstr(expected.says));
  }
}

TEST(StatusPageSource, S27_NamesTheUrlOfAPageThatIsNone) {
  const RawServer server(test::answers(200, "<html>"));
  const Error error = error_of(server.url());
  EXPECT_EQ(error.kind, Kind::Malformed);
  EXPECT_THAT(error.what, StartsWith(server.url()));
  EXPECT_THAT(error.what, HasSubstr("HTML"));
}

TEST(StatusPageSource, S27_KeepsNothingOfAnEarlierPage) {
  bool first = true;
  const RawServer server([&first](int fd, const std::string& request) {
    const char* page = first ? "ServerMPM: event\nTotal Accesses: 9\nScoreboard: W\n"
                             : "ServerMPM: prefork\nScoreboard: __\n";
    first = false;
    test::answers(200, page)(fd, request);
  });
  StatusPageSource source(server.url());
  ASSERT_TRUE(source.read());
  const auto second = source.read();
  ASSERT_TRUE(second) << second.error().what;
  EXPECT_EQ(second->mpm, Mpm::Prefork);
  EXPECT_EQ(second->accesses, 0U);
}

TEST(StatusPageSource, S01_GivesUpOnASaturatedServerAtItsDeadline) {
  const RawServer server(test::silence());
  EXPECT_EQ(error_of(server.url(), 150ms).kind, Kind::TimedOut);
}

TEST(StatusPageSource, PassesOnWhyNobodyAnswers) {
  EXPECT_EQ(error_of(fmt::format("http://127.0.0.1:{}/", test::closed_port())).kind,
            Kind::Unreachable);
  EXPECT_EQ(error_of("server-status").kind, Kind::Usage);
}

}  // namespace
}  // namespace mpm
