// SPDX-License-Identifier: Apache-2.0
//
// What holds for every page: no bytes crash the parser, what it refuses it explains, and the
// order of the lines does not matter (but for a field that comes twice).
#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "agent/scoreboard/status_page.h"

namespace mpm {
namespace {

constexpr std::string_view kDate = "Mon, 23 Nov 2026 10:20:36 GMT";

std::string fixture(std::string_view name) {
  std::ifstream file(fmt::format("{}/fixtures/status/{}", MPM_TESTS, name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> lines_of(const std::string& page) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (auto end = page.find('\n'); end != std::string::npos; end = page.find('\n', begin)) {
    lines.push_back(page.substr(begin, end + 1 - begin));
    begin = end + 1;
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string page;
  for (const auto& line : lines)
    page += line;
  return page;
}

// Everything that a page fills, so that two boards can be compared and shown.
std::string shown(const Result<Scoreboard>& board) {
  if (!board) return "Error: " + board.error().what;
  const ProcessScore& all = board->processes.at(0);
  std::string text = fmt::format(
      "{} {} {} {} {} | {} {} {} {} {} | {} {} {} {} | ",
      board->mpm ? static_cast<int>(*board->mpm) : -1, board->generation,
      board->restarted.time_since_epoch().count(), board->accesses, board->bytes, all.connections,
      all.wait_io, all.write_completion, all.keep_alive, all.lingering_close,
      board->page->server_version, board->page->busy_workers.value_or(-1),
      board->page->idle_workers.value_or(-1), board->page->graceful_workers.value_or(-1));
  for (const auto& worker : all.workers)
    text += state_letter(worker.state);
  return text;
}

void expect_whole_or_explained(const std::string& page) {
  const auto board = parse_status_page(page, kDate);
  if (!board) {
    RC_ASSERT(board.error().kind == Error::Kind::Malformed);
    RC_ASSERT(board.error().what.size() > 20U);
    return;
  }
  RC_ASSERT(board->processes.size() == 1U);
  RC_ASSERT(board->page.has_value());
}

TEST(StatusPageProperty, EveryOrderOfTheLinesGivesTheSameScoreboard) {
  for (const char* name : {"event-2.4.71.txt", "worker-2.4.71.txt", "prefork-2.4.71.txt",
                           "event-2.4.71-tls-proxy.txt", "event-2.4.10.txt", "worker-2.2.txt"}) {
    const std::string page = fixture(name);
    const std::string expected = shown(parse_status_page(page, kDate));
    ASSERT_EQ(expected.find("Error"), std::string::npos) << name << expected;
    EXPECT_TRUE(rc::check(name, [&] {
      auto lines = lines_of(page);
      std::mt19937 order(*rc::gen::arbitrary<std::uint32_t>());
      std::shuffle(lines.begin(), lines.end(), order);
      RC_ASSERT(shown(parse_status_page(joined(lines), kDate)) == expected);
    }));
  }
}

TEST(StatusPageProperty, S28_RandomBytesAreRefusedAndExplained) {
  EXPECT_TRUE(rc::check("bytes", [](const std::string& page) { expect_whole_or_explained(page); }));
}

TEST(StatusPageProperty, S28_ARandomValueOfAnyFieldIsTakenOrExplained) {
  const auto lines = lines_of(fixture("event-2.4.71.txt"));
  EXPECT_TRUE(rc::check("value", [&](const std::string& value) {
    auto changed = lines;
    auto& line = changed[*rc::gen::inRange<std::size_t>(0, lines.size())];
    line = line.substr(0, line.find(": ")) + ": " + value + "\n";
    expect_whole_or_explained(joined(changed));
  }));
}

TEST(StatusPageProperty, APageWithALineLessIsTakenOrExplained) {
  const auto lines = lines_of(fixture("event-2.4.71.txt"));
  for (std::size_t gone = 0; gone < lines.size(); ++gone) {
    auto rest = lines;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(gone));
    const bool scoreboard_gone = lines[gone].starts_with("Scoreboard");
    EXPECT_EQ(parse_status_page(joined(rest), kDate).has_value(), !scoreboard_gone) << lines[gone];
  }
}

}  // namespace
}  // namespace mpm
