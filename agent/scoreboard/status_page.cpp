// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/status_page.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string>

namespace mpm {
namespace {

using Lines = std::map<std::string_view, std::string_view>;

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trim(std::string_view text) {
  const auto from = text.find_first_not_of(kBlanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlanks) - from + 1);
}

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos)
      lines.emplace(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string_view find(const Lines& lines, std::string_view key) {
  const auto found = lines.find(key);
  return found == lines.end() ? std::string_view() : found->second;
}

// A count that can be one: memory that another module overwrote has shown 9985310457595812052.
std::optional<std::int64_t> whole(const Lines& lines, std::string_view key) {
  constexpr std::int64_t kMost = std::int64_t{1} << 52;
  const std::string_view text = find(lines, key);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data() || value < 0 || value > kMost) return std::nullopt;
  return value;
}

std::optional<Mpm> mpm_named(std::string_view name) {
  constexpr std::array kNames =
      std::to_array<std::pair<std::string_view, Mpm>>({{"prefork", Mpm::Prefork},
                                                       {"worker", Mpm::Worker},
                                                       {"event", Mpm::Event},
                                                       {"winnt", Mpm::Winnt}});
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  for (const auto& [word, mpm] : kNames)
    if (word == lower) return mpm;
  return std::nullopt;
}

ProcessScore slots_of(std::string_view letters, std::int32_t generation) {
  ProcessScore all;
  all.generation = generation;
  for (const char letter : letters) {
    WorkerScore worker;
    worker.state = worker_state(letter).value_or(WorkerState::Dead);
    all.workers.push_back(worker);
  }
  return all;
}

Error malformed(std::string what) {
  return {Error::Kind::Malformed, std::move(what)};
}

// Why a text that has no workers in it is none of mod_status's.
Error unfit(std::string_view text, const Lines& lines) {
  const std::string_view begin = text.substr(0, 512);
  if (trim(text).empty())
    return malformed("the page is empty; ask for mod_status's page with ?auto");
  if (begin.find('<') != std::string_view::npos)
    return malformed(
        "the page is HTML, not mod_status's plain text; add ?auto to the URL, and check that "
        "mod_status serves it");
  if (lines.count("Total Accesses") + lines.count("ServerVersion") + lines.count("BusyWorkers") > 0)
    return malformed("mod_status's page is cut short: it has no Scoreboard line to its end");
  return malformed("the text is not mod_status's; give the URL of its page with ?auto");
}

}  // namespace

Result<StatusPage> parse_status_page(std::string_view text) {
  const Lines lines = split(text);
  const auto scoreboard = lines.find("Scoreboard");
  // The line must be whole: what it lacks would be taken for slots that are not there.
  const bool whole_line =
      scoreboard != lines.end() &&
      text.find('\n', static_cast<std::size_t>(scoreboard->first.data() - text.data())) !=
          std::string_view::npos;
  if (!whole_line) return fail(unfit(text, lines));

  StatusPage page;
  Scoreboard& board = page.board;
  board.source = SourceKind::ModStatus;
  board.mpm = mpm_named(find(lines, "ServerMPM"));
  board.generation =
      static_cast<std::int32_t>(whole(lines, "ParentServerMPMGeneration").value_or(0));
  board.accesses = static_cast<std::uint64_t>(whole(lines, "Total Accesses").value_or(0));
  board.bytes = static_cast<std::uint64_t>(whole(lines, "Total kBytes").value_or(0)) * 1024;
  board.page = PageTotals{std::string(find(lines, "ServerVersion")), whole(lines, "BusyWorkers"),
                          whole(lines, "IdleWorkers"), whole(lines, "GracefulWorkers")};
  board.processes.push_back(slots_of(scoreboard->second, board.generation));
  page.uptime_seconds = whole(lines, "ServerUptimeSeconds");
  if (!page.uptime_seconds) page.uptime_seconds = whole(lines, "Uptime");
  return page;
}

}  // namespace mpm
