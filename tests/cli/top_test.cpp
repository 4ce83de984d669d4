// SPDX-License-Identifier: Apache-2.0
//
// The screens of mpmctl top as they were once read and found good, and what each key makes of them,
// without a terminal.
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "cli/text.h"
#include "cli/top/draw.h"
#include "cli/top/grid.h"
#include "cli/top/help.h"
#include "cli/top/sheets.h"
#include "cli/top/state.h"
#include "tests/cli/values.h"
#include "tests/support/golden.h"

namespace mpm::top {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

WorkerView worker(std::int32_t thread, WorkerState state, double age, std::string client,
                  std::string request) {
  WorkerView view;
  view.slot = 1;
  view.thread = thread;
  view.pid = 4712;
  view.generation = 3;
  view.state = state;
  view.serving = state == WorkerState::Writing;
  view.age_seconds = age;
  if (!view.serving) view.last_seconds = 0.019;
  view.accesses = 214;
  view.bytes = 1048576;
  view.client = std::move(client);
  view.vhost = "shop.example.org:443";
  view.request = std::move(request);
  view.protocol = "http/1.1";
  return view;
}

Holder holder(std::string name, std::int64_t busy, double rate) {
  return {std::move(name), busy, rate, rate * 6500, 1.21};
}

ProcessUsage process(std::int32_t pid, std::int64_t pss, bool parent) {
  ProcessUsage usage;
  usage.pid = pid;
  usage.parent = parent;
  usage.generation = 3;
  usage.requests = parent ? 0 : 90210;
  usage.threads = parent ? 1 : 28;
  usage.pss = kMiB * pss;
  usage.unique = kMiB * (pss - 1);
  usage.rss = kMiB * (pss + 9);
  usage.peak = kMiB * (pss + 20);
  usage.cpu_seconds = 12.5;
  return usage;
}

// All pages of a server whose workers are all busy.
Picture saturated() {
  Picture picture;
  TopReport report;
  report.at = test::kNow;
  report.span_seconds = 1;
  report.status = test::saturated_server().targets.front();
  report.processes = {process(4711, 9, true), process(4712, 41, false), process(4713, 38, false)};
  report.vhosts = {3,
                   {holder("shop.example.org:443", 14, 61.8), holder("www.example.org:80", 1, 3)},
                   {"", 1, 0.5, 10, std::nullopt}};
  report.clients = {1, {holder("203.0.113.7", 16, 64.8)}, {}};
  picture.answers.workers = WorkerList{
      test::kNow,
      4711,
      SourceKind::SharedMemory,
      4,
      "",
      {worker(0, WorkerState::Writing, 1.9, "203.0.113.7", "GET /cart?step=2 HTTP/1.1"),
       worker(1, WorkerState::Writing, 95, "2001:db8::9",
              "POST /checkout/payment/confirm?order=20261123-7 HT"),
       worker(2, WorkerState::Keepalive, 0.4, "198.51.100.20", "GET /style.css HTTP/1.1"),
       worker(3, WorkerState::Reading, 0.01, "", "")}};
  report.oldest = {picture.answers.workers->workers[1]};
  picture.answers.report = report;
  ScoreboardView board;
  board.generation = 3;
  board.thread_limit = 64;
  board.processes = {{0, 4712, 3, false, false, "WWWWWWWWRKWWWWWWWWWWWWWWW......................"},
                     {1, 4713, 3, false, true, "WWW_____________________W......................."},
                     {2, 4600, 2, true, false, "G......................................"}};
  picture.answers.board = board;
  picture.answers.servers = test::two_servers();
  return picture;
}

Style rich() {
  Style style;
  style.utf8 = true;
  return style;
}

State on(Page page) {
  return first_state({page, "4711"});
}

std::string text(const State& state, const Picture& picture, Size size = {}, Style style = rich()) {
  return plain_text(drawn(state, picture, size, style));
}

Key key(std::string text) {
  return {Key::Kind::Text, std::move(text)};
}

State after(State state, const std::vector<Key>& keys) {
  for (const Key& each : keys)
    state = pressed(std::move(state), each, saturated().answers, {});
  return state;
}

// The words in a column of the page, as it is ordered and filtered.
std::vector<std::string> column(const State& state, std::size_t at) {
  std::vector<std::string> cells;
  for (const SheetRow& row : shown(state, saturated().answers).sheet.rows)
    cells.push_back(row.cells[at].text);
  return cells;
}

TEST(TopScreen, ShowsWhatItShowedWhenItWasRead) {
  const Picture picture = saturated();
  for (std::size_t page = 0; page < kPages.size(); ++page) {
    const State state = on(static_cast<Page>(page));
    const std::string name = "top/" + std::string(kPages[page]);
    EXPECT_TRUE(test::is_golden(name + ".80.txt", text(state, picture)));
  }
  EXPECT_TRUE(
      test::is_golden("top/Requests.120.txt", text(on(Page::Requests), picture, {120, 30})));
  EXPECT_TRUE(test::is_golden("top/Requests.ascii.txt", text(on(Page::Requests), picture, {}, {})));
  EXPECT_TRUE(test::is_golden("top/batch.txt", report_text(picture, rich())));
  State help = on(Page::Workers);
  help.help = true;
  EXPECT_TRUE(test::is_golden("top/help.80.txt", text(help, picture)));
}

TEST(TopScreen, FillsEverySizeAndNoMore) {
  for (const Size size : {Size{80, 24}, Size{40, 10}, Size{200, 60}, Size{10, 3}, Size{1, 1}})
    for (std::size_t page = 0; page < kPages.size(); ++page) {
      const Screen screen = drawn(on(static_cast<Page>(page)), saturated(), size, rich());
      EXPECT_EQ(screen.size(), static_cast<std::size_t>(size.rows));
      for (const Line& line : screen)
        EXPECT_LE(display_width(plain_text({line})) - 1, size.columns) << plain_text({line});
    }
}

TEST(TopScreen, FitsItsHelpInto80By24) {
  EXPECT_LE(help_lines().size(), 23U);
  for (const std::string& line : help_lines())
    EXPECT_LE(display_width(line), 80) << line;
}

TEST(TopScreen, SaysThatThereIsNoAnswerAndGoesOnShowingTheLast) {
  Picture picture = saturated();
  picture.trouble = "The agent hung up.";
  const std::string shown = text(on(Page::Requests), picture);
  EXPECT_THAT(shown, HasSubstr("no answer  The agent hung up."));
  EXPECT_THAT(shown, HasSubstr("GET /cart"));
}

TEST(TopScreen, WaitsWithoutSayingThatThereIsNothing) {
  EXPECT_THAT(text(on(Page::Requests), {}), HasSubstr("Waiting for the answer"));
  EXPECT_THAT(text(on(Page::Requests), {}), Not(HasSubstr("No worker")));
}

TEST(TopScreen, SaysWhyThereAreNoWords) {
  Picture picture = saturated();
  picture.answers.workers->missing = "ExtendedStatus is Off: mpmctl apply turns it on.";
  EXPECT_THAT(text(on(Page::Requests), picture), HasSubstr("ExtendedStatus is Off"));
}

TEST(TopScreen, SendsNoControlCharactersToTheTerminal) {
  Picture picture = saturated();
  picture.answers.workers->workers[0].request = "GET /\x1b[31m\xff";
  picture.answers.report->status.verdict = "a\nb\x07";
  for (std::size_t page = 0; page < kPages.size(); ++page)
    EXPECT_THAT(text(on(static_cast<Page>(page)), picture),
                Not(testing::ContainsRegex("[\x01-\x09\x0b-\x1f]")));
}

TEST(TopGrid, LeavesOutWhatAProcessDoesNotUseAndSaysWhichEnd) {
  const std::string lines = plain_text(grid(*saturated().answers.board, 80));
  EXPECT_THAT(lines, HasSubstr("4712  gen 3   WWWWWWWW RKWWWWWW WWWWWWWW W\n"));
  EXPECT_THAT(lines, HasSubstr("accepts nothing\n"));
  EXPECT_THAT(lines, HasSubstr("4600  gen 2   G  ends\n"));
}

TEST(TopGrid, PutsTheProcessesOfPreforkOneAfterAnother) {
  ScoreboardView board;
  board.thread_limit = 1;
  for (int i = 0; i < 100; ++i)
    board.processes.push_back({i, 5000 + i, 0, false, false, i % 2 == 0 ? "W" : "_"});
  const Screen lines = grid(board, 80);
  EXPECT_EQ(lines.size(), 2U);
  EXPECT_THAT(plain_text(lines), HasSubstr("100 processes"));
}

TEST(TopKeys, TurnPages) {
  EXPECT_EQ(after(on(Page::Workers), {key("2")}).asked.page, Page::Requests);
  EXPECT_EQ(after(on(Page::Workers), {key("6")}).asked.page, Page::Sockets);
  EXPECT_EQ(after(on(Page::Workers), {key("t")}).asked.page, Page::Workers)
      << "there is one server";
}

TEST(TopKeys, ChooseAServerWhereSeveralRun) {
  State state = first_state({Page::Servers, ""});
  state.may_choose = true;
  state = after(state, {{Key::Kind::Down}, {Key::Kind::Enter}});
  EXPECT_EQ(state.asked.page, Page::Workers);
  EXPECT_EQ(state.asked.target, std::to_string(test::two_servers().targets[1].target.pid));
  EXPECT_EQ(after(state, {key("t")}).asked.page, Page::Servers);
}

TEST(TopKeys, SortByAnyColumnEitherWay) {
  State state = on(Page::Requests);
  EXPECT_THAT(column(state, 2), ElementsAre("1 min 35 s", "1.9 s", "400 ms", "10 ms"));
  state = after(state, {key("r")});
  EXPECT_THAT(column(state, 2), ElementsAre("10 ms", "400 ms", "1.9 s", "1 min 35 s"));
  state = after(state, {key(">"), key(">"), key("r")});
  EXPECT_THAT(column(state, 4), ElementsAre("203.0.113.7", "2001:db8::9", "198.51.100.20", ""));
  EXPECT_EQ(after(on(Page::Requests), {key("<"), key("<"), key("<")}).view().order.column, 6U);
}

TEST(TopKeys, FilterWhileOneTypes) {
  State state = after(on(Page::Requests), {key("f"), key("C"), key("A"), key("R")});
  EXPECT_THAT(column(state, 6), ElementsAre("GET /cart?step=2 HTTP/1.1"));
  EXPECT_FALSE(state.over) << "letters are letters while one types";
  state = after(state, {{Key::Kind::Backspace}, {Key::Kind::Enter}});
  EXPECT_EQ(state.filter, "CA");
  EXPECT_EQ(after(state, {{Key::Kind::Escape}}).filter, "");
  EXPECT_EQ(after(on(Page::Requests), {key("f"), key("q"), {Key::Kind::Escape}}).filter, "");
}

TEST(TopKeys, SearchTheNextRowAndTheOneBefore) {
  State state =
      after(on(Page::Requests), {key("/"), key("g"), key("e"), key("t"), {Key::Kind::Enter}});
  EXPECT_EQ(shown(state, saturated().answers).chosen, 1U);
  state = after(state, {key("n")});
  EXPECT_EQ(shown(state, saturated().answers).chosen, 2U);
  state = after(state, {key("n")});
  EXPECT_EQ(shown(state, saturated().answers).chosen, 1U) << "and around";
  state = after(state, {key("N")});
  EXPECT_EQ(shown(state, saturated().answers).chosen, 2U);
}

TEST(TopKeys, StayOnTheRowThatWasChosen) {
  State state = after(on(Page::Requests), {{Key::Kind::Down}});
  const std::string name = shown(state, saturated().answers).sheet.rows[1].name;
  EXPECT_EQ(state.view().name, name);
  state = after(state, {key("r")});
  EXPECT_EQ(shown(state, saturated().answers).chosen, 2U) << "it is elsewhere now";
  EXPECT_EQ(shown(state, saturated().answers).sheet.rows[2].name, name);
  EXPECT_EQ(after(state, {{Key::Kind::End}}).view().at, 3U);
  EXPECT_EQ(after(state, {{Key::Kind::Home}, {Key::Kind::Up}}).view().at, 0U);
}

TEST(TopKeys, PauseHelpAndLeave) {
  EXPECT_TRUE(after(on(Page::Workers), {key("p")}).paused);
  EXPECT_TRUE(after(on(Page::Workers), {key("?")}).help);
  EXPECT_FALSE(after(on(Page::Workers), {key("?"), key("x")}).help);
  EXPECT_TRUE(after(on(Page::Workers), {key("q")}).over);
  EXPECT_TRUE(after(on(Page::Requests), {key("i")}).asked.idle_too);
}

}  // namespace
}  // namespace mpm::top
