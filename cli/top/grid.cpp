// SPDX-License-Identifier: Apache-2.0
#include "cli/top/grid.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "cli/text.h"

namespace mpm::top {
namespace {

constexpr int kLabel = 18;
constexpr std::size_t kGroup = 8;  // letters between two spaces

Tone tone_of(char letter) {
  const auto state = worker_state(letter);
  if (!state || *state == WorkerState::Dead || *state == WorkerState::Ready) return Tone::Faint;
  if (*state == WorkerState::Graceful || *state == WorkerState::IdleKill) return Tone::Caution;
  if (*state == WorkerState::Keepalive || *state == WorkerState::Starting) return Tone::Notice;
  return Tone::Strong;
}

// The letters of one line, those of one tone together.
void add_letters(std::string_view letters, Line& line) {
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const Tone tone = tone_of(letters[i]);
    if (line.size() < 2 || line.back().tone != tone) line.push_back({"", tone});
    line.back().text += letters[i];
    if ((i + 1) % kGroup == 0 && i + 1 < letters.size()) line.back().text += ' ';
  }
}

// As many letters as fit behind the label, whole groups of them.
std::size_t letters_of_line(int columns) {
  const int room = std::max(columns - kLabel, static_cast<int>(kGroup));
  return static_cast<std::size_t>(room + 1) / (kGroup + 1) * kGroup;
}

void add_group(const std::string& label, std::string_view letters, const std::string& remark,
               int columns, Screen& screen) {
  const std::size_t most = std::max(letters_of_line(columns), kGroup);
  std::size_t at = 0;
  do {
    Line line{{padded(at == 0 ? label : "", kLabel), Tone::Plain}};
    add_letters(letters.substr(at, most), line);
    at += most;
    if (at >= letters.size() && !remark.empty()) line.push_back({"  " + remark, Tone::Caution});
    screen.push_back(std::move(line));
  } while (at < letters.size());
}

std::string remark_on(const ProcessView& process, const ScoreboardView& board) {
  if (process.quiescing || process.generation != board.generation) return "ends";
  return process.not_accepting ? "accepts nothing" : "";
}

std::string_view used(std::string_view states) {
  return states.substr(0, states.find_last_not_of('.') + 1);
}

}  // namespace

Screen grid(const ScoreboardView& board, int columns) {
  Screen screen;
  const bool one_each = board.thread_limit == 1;
  std::string all;
  for (const ProcessView& process : board.processes) {
    if (one_each) {
      all += process.states;
      continue;
    }
    const std::string pid = process.pid > 0 ? fmt::format("{}", process.pid) : "";
    add_group(fmt::format("{:>8}  gen {}", pid, process.generation), used(process.states),
              remark_on(process, board), columns, screen);
  }
  if (one_each && !all.empty())
    add_group(fmt::format("{:>8}", fmt::format("{}", board.processes.size())) + " processes", all,
              "", columns, screen);
  return screen;
}

std::string legend() {
  return "_ ready  R reading  W answering  K keep-alive  C closing  L logging  G finishing";
}

}  // namespace mpm::top
