// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/status_page.h"

#include <fstream>
#include <iterator>
#include <string>

#include <fmt/core.h>
#include <gmock/gmock.h>

namespace mpm {
namespace {

using testing::HasSubstr;
using Kind = Error::Kind;

std::string fixture(std::string_view name) {
  std::ifstream file(fmt::format("{}/fixtures/status/{}", MPM_TESTS, name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Scoreboard board_of(const std::string& page, std::string_view date = {}) {
  auto board = parse_status_page(page, date);
  EXPECT_TRUE(board) << board.error().what;
  if (!board || board->processes.size() != 1 || !board->page) {
    ADD_FAILURE() << "a page gives one process and its totals";
    return {SourceKind::ModStatus, {}, 0, 0, 0, {}, 0, 0, {ProcessScore{}}, PageTotals{}};
  }
  return *board;
}

std::string letters(const Scoreboard& board) {
  std::string result;
  for (const auto& worker : board.processes[0].workers)
    result += state_letter(worker.state);
  return result;
}

std::string why_not(std::string_view page) {
  const auto board = parse_status_page(page);
  if (board) return "it was parsed";
  EXPECT_EQ(board.error().kind, Kind::Malformed);
  return board.error().what;
}

std::int64_t unix_seconds(Instant at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
}

constexpr std::int64_t kNov23_10h = 1795428000;  // 2026-11-23T10:00:00Z

// The smallest page that is one, with this line more.
std::string page_with(std::string_view line) {
  return fmt::format("{}\nIdleWorkers: 2\nScoreboard: __\n", line);
}

TEST(StatusPage, ReadsAPageOfEvent) {
  const auto board = board_of(fixture("event-2.4.71.txt"));
  EXPECT_EQ(board.source, SourceKind::ModStatus);
  EXPECT_EQ(board.mpm, Mpm::Event);
  EXPECT_EQ(board.generation, 0);
  EXPECT_EQ(unix_seconds(board.restarted), kNov23_10h + 20 * 60 + 30);
  EXPECT_EQ(board.accesses, 8U);
  EXPECT_EQ(board.bytes, 2048U);
  EXPECT_EQ(letters(board), "RRW_____");
  EXPECT_EQ(board.processes[0].pid, 0);
  EXPECT_EQ(board.server_limit, 0);
  EXPECT_EQ(board.thread_limit, 0);
  EXPECT_EQ(board.page->server_version, "Apache/2.4.71 (Debian)");
  EXPECT_EQ(board.page->busy_workers, 3);
  EXPECT_EQ(board.page->idle_workers, 5);
  EXPECT_EQ(board.page->graceful_workers, 0);
}

TEST(StatusPage, ReadsAPageOfWorkerInItsOwnTimeZone) {
  const auto board = board_of(fixture("worker-2.4.71.txt"), "Mon, 23 Nov 2026 10:20:36 GMT");
  EXPECT_EQ(board.mpm, Mpm::Worker);
  EXPECT_EQ(letters(board), "_KR_WR__");
  EXPECT_EQ(unix_seconds(board.restarted), kNov23_10h + 20 * 60 + 33);
  EXPECT_EQ(board.page->busy_workers, 4);
}

TEST(StatusPage, ReadsAPageOfPreforkWithoutExtendedStatus) {
  const auto board = board_of(fixture("prefork-2.4.71.txt"));
  EXPECT_EQ(board.mpm, Mpm::Prefork);
  EXPECT_EQ(board.accesses, 0U);
  EXPECT_EQ(letters(board), "WKRR_.....");
  EXPECT_EQ(board.page->idle_workers, 1);
}

TEST(StatusPage, S28_PassesOverTheLinesOfTlsAndProxy) {
  const auto board = board_of(fixture("event-2.4.71-tls-proxy.txt"));
  EXPECT_EQ(letters(board), "____RRW_");
  EXPECT_EQ(board.accesses, 8U);
}

TEST(StatusPage, ReadsAPageOf22WhoseDeadSlotsAreShown) {
  const auto board = board_of(fixture("worker-2.2.txt"));
  EXPECT_FALSE(board.mpm);
  EXPECT_EQ(board.accesses, 9U);
  EXPECT_EQ(board.bytes, 3U * 1024U);
  EXPECT_EQ(board.processes[0].workers.size(), 128U);
  EXPECT_EQ(board.processes[0].workers[15].state, WorkerState::Writing);
  EXPECT_EQ(board.processes[0].workers[127].state, WorkerState::Dead);
  EXPECT_EQ(board.page->server_version, "");
  EXPECT_FALSE(board.page->graceful_workers);
  EXPECT_EQ(board.restarted, Instant{});
}

TEST(StatusPage, TakesTheUptimeForTheRestartWhereThePageHasNoTime) {
  const auto board = board_of(fixture("worker-2.2.txt"), "Mon, 23 Nov 2026 10:03:18 GMT");
  EXPECT_EQ(unix_seconds(board.restarted), kNov23_10h);
}

TEST(StatusPage, ReadsEventsConnectionsSince24) {
  const auto board = board_of(fixture("event-2.4.10.txt"));
  const auto& all = board.processes[0];
  EXPECT_EQ(all.connections, 12U);
  EXPECT_EQ(all.write_completion, 1U);
  EXPECT_EQ(all.keep_alive, 7U);
  EXPECT_EQ(all.lingering_close, 2U);
  EXPECT_EQ(all.wait_io, 0U);
  EXPECT_EQ(all.workers.size(), 62U);
  EXPECT_EQ(board.bytes, 24519034U * std::uint64_t{1024});
}

TEST(StatusPage, S08_TakesTheFirstOfTwoBusyWorkers) {
  const auto board = board_of(fixture("event-2.4.52.txt"));
  EXPECT_EQ(board.page->busy_workers, 3);
  EXPECT_EQ(board.page->idle_workers, 5);
  EXPECT_EQ(board.generation, 4);
  EXPECT_EQ(letters(board), "GG__W_____");
}

TEST(StatusPage, FindsTheRestartThoughSummerTimeHasEndedSince) {
  const auto board = board_of(fixture("event-2.4.52.txt"), "Mon, 23 Nov 2026 10:10:33 GMT");
  EXPECT_EQ(unix_seconds(board.restarted), 1792750830);  // 2026-10-23T10:20:30Z
}

TEST(StatusPage, DoesNotGuessATimeZoneWithoutADate) {
  EXPECT_EQ(board_of(fixture("event-2.4.52.txt")).restarted, Instant{});
  EXPECT_EQ(board_of(fixture("event-2.4.52.txt"), "yesterday").restarted, Instant{});
}

TEST(StatusPage, ReadsGracefulWorkersWhereADistributionBackportedThem) {
  const auto board = board_of(fixture("prefork-2.4.37-rhel8.txt"));
  EXPECT_EQ(board.page->graceful_workers, 3);
  EXPECT_EQ(letters(board), "WGGGK____SCLDRI....");
  EXPECT_EQ(unix_seconds(board.restarted), kNov23_10h);
}

TEST(StatusPage, S28_ReadsAprsNumbers) {
  const auto accesses = [](std::string_view number) {
    return board_of(page_with(fmt::format("Total Accesses: {}", number))).accesses;
  };
  EXPECT_EQ(accesses("0"), 0U);
  EXPECT_EQ(accesses(".5"), 0U);
  EXPECT_EQ(accesses("7.9e-6"), 0U);
  EXPECT_EQ(accesses("1.56e+11"), 156000000000U);
  EXPECT_EQ(accesses("  17 "), 17U);
}

TEST(StatusPage, S28_RefusesCountersOfCorruptMemory) {
  EXPECT_THAT(why_not(page_with("Total Accesses: 9985310457595812052")),
              HasSubstr("Total Accesses is 9985310457595812052, which no server reaches"));
  EXPECT_THAT(why_not(page_with("Total kBytes: 99999999999999999999999")), HasSubstr("corrupt"));
  EXPECT_THAT(why_not(page_with("Total kBytes: 1e300")), HasSubstr("corrupt"));
  EXPECT_THAT(why_not(page_with("ConnsTotal: 4294967296")), HasSubstr("corrupt"));
  EXPECT_THAT(why_not(page_with("ParentServerMPMGeneration: 2147483648")), HasSubstr("corrupt"));
}

TEST(StatusPage, RefusesACountThatIsNone) {
  for (const char* number : {"", "-1", "many", "1,5", "0x10", "nan", "inf", "1 2"}) {
    EXPECT_THAT(why_not(page_with(fmt::format("BusyWorkers: {}", number))),
                HasSubstr("which is no count"))
        << number;
  }
}

TEST(StatusPage, NeverReadsTotalDurationNorAverages) {
  const auto board = board_of(page_with("Total Duration: many\nReqPerSec: -nan\nCPULoad: x"));
  EXPECT_EQ(letters(board), "__");
}

TEST(StatusPage, S27_SaysThatAPageIsHtml) {
  EXPECT_THAT(why_not(fixture("event-2.4.71.html")), HasSubstr("HTML"));
  EXPECT_THAT(why_not("\n  <!DOCTYPE html>\n"), HasSubstr("with ?auto"));
}

TEST(StatusPage, S27_SaysThatAPageIsEmpty) {
  EXPECT_THAT(why_not(""), HasSubstr("is empty"));
  EXPECT_THAT(why_not(" \r\n\n"), HasSubstr("is empty"));
}

TEST(StatusPage, S27_SaysThatAPageIsCutOffWhereverItIs) {
  const std::string page = fixture("event-2.4.71.txt");
  const auto begun = page.find("ServerVersion: ") + 15;
  for (std::size_t size = begun; size < page.size(); ++size) {
    EXPECT_THAT(why_not(page.substr(0, size)), HasSubstr("is cut off")) << size;
  }
}

TEST(StatusPage, S27_SaysThatAnotherPageHasNoFieldOfModStatus) {
  const std::string why = why_not("Welcome: " + std::string(1000, 'x'));
  EXPECT_THAT(why, HasSubstr("no field of mod_status"));
  EXPECT_LT(why.size(), 300U);
}

TEST(StatusPage, RefusesALetterThatIsNoState) {
  EXPECT_THAT(why_not("IdleWorkers: 1\nScoreboard: _?_\n"), HasSubstr("0x3f at slot 1"));
  EXPECT_THAT(why_not("IdleWorkers: 1\nScoreboard: _ _\n"), HasSubstr("0x20 at slot 1"));
}

TEST(StatusPage, RefusesMoreSlotsThanAnyServerHas) {
  EXPECT_THAT(why_not("IdleWorkers: 1\nScoreboard: " + std::string((1 << 20) + 1, '_') + "\n"),
              HasSubstr("1048577 slots"));
}

TEST(StatusPage, TakesAScoreboardOfNoSlot) {
  EXPECT_EQ(letters(board_of("IdleWorkers: 0\nScoreboard:\n")), "");
  EXPECT_EQ(letters(board_of("IdleWorkers: 0\nScoreboard: \n")), "");
}

TEST(StatusPage, ReadsLinesThatEndInCrLf) {
  EXPECT_EQ(letters(board_of("ServerMPM: WinNT\r\nIdleWorkers: 2\r\nScoreboard: __\r\n")), "__");
}

TEST(StatusPage, NamesNoMpmThatItDoesNotKnow) {
  EXPECT_EQ(board_of(page_with("ServerMPM: WinNT")).mpm, Mpm::Winnt);
  EXPECT_FALSE(board_of(page_with("ServerMPM: motorz")).mpm);
}

}  // namespace
}  // namespace mpm
